"""One module for each format that metrics are logged in; all read live, in slices, and never raise for torn data."""
