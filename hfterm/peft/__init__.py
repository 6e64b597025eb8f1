"""hfterm.peft."""
