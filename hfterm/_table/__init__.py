"""Generated from the click tree."""
