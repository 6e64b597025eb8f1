"""Arithmetic of adapters: combine, compare, extract, rescale, begin anew; on files, not on models."""
