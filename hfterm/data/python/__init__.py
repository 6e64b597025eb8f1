"""Rows through any Python function: one at a time or in batches, in worker processes, in order."""
