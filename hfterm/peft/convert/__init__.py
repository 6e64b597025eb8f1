"""Adapters in the formats of other programs: GGUF, kohya, diffusers, and those of the ``adapters`` library."""
