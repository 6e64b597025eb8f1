"""hfterm.tok."""
