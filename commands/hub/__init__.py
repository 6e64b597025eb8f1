"""hfterm hub."""
