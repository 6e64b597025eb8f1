"""hfterm peft: adapters."""
