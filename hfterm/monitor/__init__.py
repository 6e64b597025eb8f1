"""What this machine is and how busy it is: GPUs, their processes, waiting for a free one, the doctor's checks."""
