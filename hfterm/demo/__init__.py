"""hfterm.demo."""
