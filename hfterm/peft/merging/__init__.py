"""Merging tensor by tensor: the base model is never in memory as a whole."""
