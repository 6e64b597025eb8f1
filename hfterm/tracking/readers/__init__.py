"""One module for each format that metrics are logged in."""
