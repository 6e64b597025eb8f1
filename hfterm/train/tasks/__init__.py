"""What the tasks of Transformers' Trainer share: examples, labels, models with heads, scores."""
