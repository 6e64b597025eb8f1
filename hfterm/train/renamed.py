"""Checkpoints whose weights have other names than the model's own: the Trainer silently resumes without them.

transformers (5.23) writes the weights of some architectures (ViT, mixtures of experts) under the names that they had
in older versions. ``from_pretrained`` knows them; the Trainer's resume takes names as they are, only warns, and goes
on with the weights that it began with. Such a checkpoint must be read by ``from_pretrained`` before the Trainer is.
"""

import json
from pathlib import Path
from typing import Any


def differ(model: Any, checkpoint: Path) -> bool:
    """Whether the model has no weights of the names that a checkpoint has."""
    known = set(model.state_dict())
    return any(name not in known for file in sorted(checkpoint.glob("model*.safetensors")) for name in names(file))


def names(file: Path) -> list[str]:
    """The names of the tensors in a safetensors file."""
    with file.open("rb") as stream:
        header = json.loads(stream.read(int.from_bytes(stream.read(8), "little")))
    return [name for name in header if name != "__metadata__"]
