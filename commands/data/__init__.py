"""hfterm data."""
