"""hfterm hub cache."""
