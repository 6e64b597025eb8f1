"""hfterm config: settings."""
