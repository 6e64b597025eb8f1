"""Metrics over predictions and references, by name and without a network; each library is imported only when named."""
