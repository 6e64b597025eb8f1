"""hfterm.inference."""
