"""hfterm.train."""
