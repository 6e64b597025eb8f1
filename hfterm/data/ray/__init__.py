"""Rows on a Ray cluster: the verbs of this machine, with the same result."""
