"""hfterm.completion."""
