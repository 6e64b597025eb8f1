"""hfterm.monitor."""
