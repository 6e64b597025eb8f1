"""What is in weights and data files, from their headers alone: nothing is loaded, run or downloaded whole."""
