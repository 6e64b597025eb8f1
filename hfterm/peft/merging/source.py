"""The tensors of a model's folder, read one at a time, under the names that transformers gives them in memory.

A checkpoint's names and those of the model's parameters differ for many architectures: by a prefix, by renamed
parts, or because several tensors on disk (one an expert) make one in memory. transformers' own tables tell.
"""

import json
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hfterm.errors import HftermError
from hfterm.inference.folder import ModelFolder

DTYPES = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U8": "uint8",
    "BOOL": "bool",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2",
    "C64": "complex64",
}
CODES = {name: code for code, name in DTYPES.items()}
FLOATS = ("F64", "F32", "F16", "BF16")


@dataclass(frozen=True)
class Stored:
    """One tensor of a safetensors file: ``begin`` is its first byte there."""

    key: str
    file: Path
    dtype: str
    shape: tuple[int, ...]
    begin: int
    bytes: int


@dataclass
class Group:
    """Tensors on disk that become the parameters ``names`` together, by one of transformers' converters."""

    pattern: str
    keys: list[tuple[str, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


class Source:
    """The tensors of the safetensors ``files``, by their name on disk, in the order of the files."""

    def __init__(self, files: Iterable[Path]) -> None:
        self.tensors: dict[str, Stored] = {}
        for path in files:
            with path.open("rb") as stream:
                length = int.from_bytes(stream.read(8), "little")
                header = json.loads(stream.read(length))
            found = []
            for key, entry in header.items():
                if key != "__metadata__":
                    begin, end = entry["data_offsets"]
                    shape = tuple(entry["shape"])
                    found.append(Stored(key, path, entry["dtype"], shape, 8 + length + begin, end - begin))
            self.tensors.update((one.key, one) for one in sorted(found, key=lambda one: one.begin))

    @classmethod
    def of(cls, found: ModelFolder) -> "Source":
        """Of a checked folder."""
        return cls(found.weights)

    @property
    def parameters(self) -> int:
        """Numbers in all tensors."""
        return sum(size(one.shape) for one in self.tensors.values())

    def dtype(self) -> str:
        """The dtype of most bytes."""
        counts: dict[str, int] = {}
        for one in self.tensors.values():
            counts[one.dtype] = counts.get(one.dtype, 0) + one.bytes
        most = max(counts, key=lambda code: counts[code], default="F32")
        return DTYPES.get(most, "float32")

    def tensor(self, key: str) -> Any:
        """A tensor as it is on disk, in memory of its own (not mapped: pages of a mapped file count as memory used).

        Raises:
            HftermError: its dtype is unknown.
        """
        import torch

        one = self.tensors[key]
        if one.dtype not in DTYPES:
            raise HftermError(f"cannot read {key!r} of {str(one.file)!r}: dtype {one.dtype}")
        dtype = getattr(torch, DTYPES[one.dtype])
        if not one.bytes:
            return torch.empty(one.shape, dtype=dtype)
        buffer = bytearray(one.bytes)
        with one.file.open("rb") as stream:
            stream.seek(one.begin)
            if stream.readinto(buffer) != one.bytes:
                raise HftermError(f"cannot read {str(one.file)!r}: it became shorter", "get the model again")
        return torch.frombuffer(buffer, dtype=dtype).view(one.shape)


def size(shape: tuple[int, ...]) -> int:
    """Numbers in a tensor of this shape."""
    count = 1
    for length in shape:
        count *= length
    return count


def _tied(model: Any) -> list[list[str]]:
    """The names of parameters that are one tensor in the model."""
    names: dict[int, list[str]] = {}
    for name, parameter in model.named_parameters(remove_duplicate=False):
        names.setdefault(id(parameter), []).append(name)
    return [group for group in names.values() if len(group) > 1]


class Names:
    """How the tensors of ``source`` become the parameters of ``model``.

    ``direct`` maps a parameter to the one tensor that it is; ``groups`` a parameter to the group that makes it;
    ``unused`` are tensors that the model does not have; ``tied`` groups of parameters that are one tensor in it.
    """

    def __init__(self, source: Source, model: Any) -> None:
        from transformers.conversion_mapping import get_model_conversion_mapping
        from transformers.core_model_loading import (
            WeightConverter,
            WeightRenaming,
            dot_natural_key,
            rename_source_key,
        )

        self.source, self.model = source, model
        conversions = get_model_conversion_mapping(model)
        renamings = [one for one in conversions if isinstance(one, WeightRenaming)]
        converters = [one for one in conversions if isinstance(one, WeightConverter)]
        self._by_pattern = {pattern: one for one in converters for pattern in one.source_patterns}
        state = model.state_dict()
        self.shapes = {name: tuple(tensor.shape) for name, tensor in state.items()}
        self.tied = _tied(model)
        self.direct: dict[str, str] = {}
        self.groups: dict[str, Group] = {}
        self.unused: list[str] = []
        groups: dict[str, Group] = {}
        used = set()
        for key in sorted(source.tensors, key=dot_natural_key):
            name, pattern = rename_source_key(key, renamings, converters, model.base_model_prefix, state)
            if name not in state and key in state:
                name, pattern = rename_source_key(key, [], [], model.base_model_prefix, state)
            if name not in state:
                self.unused.append(key)
            elif pattern is None:
                self.direct[name] = key
            else:
                groups.setdefault(name, Group(pattern)).keys.append((key, pattern))
                used.add(id(self._by_pattern[pattern]))
        for first, group in groups.items():
            group.names = list(self._convert(first, group, on_meta=True))
            for name in group.names:
                self.groups[name] = group
        # Names on disk of all tensors that a converter takes.
        self.grouped = {key for group in groups.values() for key, _ in group.keys}
        # What a converter did is undone on saving; with this mark as after from_pretrained.
        model._weight_conversions = [one for one in conversions if isinstance(one, WeightRenaming) or id(one) in used]

    def __contains__(self, name: str) -> bool:
        return name in self.direct or name in self.groups

    def missing(self) -> list[str]:
        """Parameters and buffers of the model that are not on disk, nor tied to one that is."""
        others = {name: group for group in self.tied for name in group}
        return [name for name in self.shapes if not any(other in self for other in (name, *others.get(name, ())))]

    def misshapen(self) -> list[str]:
        """Parameters whose shape on disk is another than the model's."""
        return [n for n, key in self.direct.items() if self.source.tensors[key].shape != self.shapes[n]]

    def read(self, name: str) -> Any:
        """The parameter ``name``, or the one that it is tied to, in the dtype that it has on disk."""
        if name not in self:
            name = next((other for group in self.tied if name in group for other in group if other in self), name)
        if name in self.direct:
            return self.source.tensor(self.direct[name])
        group = self.groups[name]
        return self._convert(group.names[0], group, on_meta=False)[name]

    def keys(self, name: str) -> list[str]:
        """The tensors on disk that the parameter ``name`` is made of, with those made together with it."""
        if name in self.direct:
            return [self.direct[name]]
        return [key for key, _ in self.groups[name].keys] if name in self.groups else []

    def new_key(self, name: str) -> str:
        """The name on disk of a parameter that the checkpoint does not have."""
        import torch

        return str(next(iter(self._reverted({name: torch.empty(0, device="meta")}))))

    def on_disk(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """Parameters under the names, and in the parts, that they have on disk."""
        return self._reverted(parameters)

    def _reverted(self, parameters: dict[str, Any]) -> dict[str, Any]:
        from transformers.core_model_loading import revert_weight_conversion

        found: dict[str, Any] = revert_weight_conversion(self.model, parameters)
        return found

    def _convert(self, first: str, group: Group, *, on_meta: bool) -> dict[str, Any]:
        import torch

        converter = deepcopy(self._by_pattern[group.pattern])
        for key, pattern in group.keys:
            one = self.source.tensors[key]
            dtype = getattr(torch, DTYPES[one.dtype])
            tensor = torch.empty(one.shape, dtype=dtype, device="meta") if on_meta else self.source.tensor(key)
            converter.add_tensor(first, key, pattern, tensor)
        made = converter.convert(first, model=self.model, config=self.model.config)
        return {name: one[0] if isinstance(one, list) else one for name, one in made.items()}
