"""hfterm train: fine-tune and follow runs."""
