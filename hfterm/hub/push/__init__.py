"""Files and folders to the Hub: what is there is skipped, and a killed upload goes on where it was."""
