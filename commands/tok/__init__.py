"""hfterm tok: tokenizers."""
