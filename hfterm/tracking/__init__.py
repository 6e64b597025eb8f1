"""Training logs of any maker, read live: metrics as series, charts of them, log files by offset."""
