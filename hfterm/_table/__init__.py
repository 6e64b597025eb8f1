"""Generated from the commands (generate.py beside this file): what is answered without importing click."""

GROUPS: frozenset[str] = frozenset(["config", "data", "gpu", "hub", "peft", "tok", "train"])
