"""Start a training script, or a run of ours, as several processes on one machine or many."""
