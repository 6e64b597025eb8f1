"""Which files of a place are one set of weights: shards together, alternatives apart."""

import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from hfterm.hub.inspect import gguf, safetensors, torchfile
from hfterm.hub.inspect.source import Place
from hfterm.hub.inspect.tensors import Parsed
from hfterm.hub.inspect.window import Damaged, Window

# Headers that are read at once.
AT_ONCE = 8
_PARSERS = {"safetensors": safetensors.parse, "gguf": gguf.parse, "torch": torchfile.parse}
_SUFFIXES = {
    "safetensors": "safetensors", "gguf": "gguf", "bin": "torch", "pt": "torch", "pth": "torch", "ckpt": "torch",
    "pkl": "torch",
}  # fmt: skip
# Said clearly, for these hold weights too.
_OTHERS = {
    "h5": "Keras",
    "msgpack": "Flax",
    "onnx": "ONNX",
    "tflite": "TFLite",
    "mlmodel": "Core ML",
    "ot": "rust-bert",
}
# Files of torch.save that are no weights.
_NOT_WEIGHTS = re.compile(r"(training_args|optimizer|scheduler|scaler|rng_state.*|.*_states?)\.(bin|pt|pth|pkl)")
_SHARD = re.compile(r"(.*)-(\d{5,6})-of-(\d{5,6})(\.[a-z]+)")
_CANONICAL = ("model", "diffusion_pytorch_model", "adapter_model", "pytorch_model", "consolidated")


class Group(NamedTuple):
    """A set of weights: ``name`` is its file, or the shards' common name; ``missing`` are shards that are not there."""

    name: str
    format: str
    files: tuple[str, ...]
    bytes: int
    missing: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """The folder that it is in; empty at the top."""
        return self.name.rpartition("/")[0]

    def record(self) -> dict[str, Any]:
        """For printing."""
        return {"name": self.name, "format": self.format, "files": len(self.files), "bytes": self.bytes}


def format_of(window: Window, path: str) -> str | None:
    """The format of a weights file: by its first bytes, else by its name."""
    head = window.read(0, min(9, window.size))
    if head.startswith(gguf.MAGIC):
        return "gguf"
    if head[6:] == b"\0\0{":  # a header's length may begin as pickles do
        return "safetensors"
    if head.startswith(b"PK") or (head.startswith(b"\x80") and head[1:2] in b"\x02\x03\x04\x05"):
        return "torch"
    if head[:8].endswith(b"PAR1") or head.startswith(b"PAR1"):
        return "parquet"
    return _SUFFIXES.get(path.rpartition(".")[2].lower())


def groups(place: Place) -> list[Group]:
    """The sets of weights of a place: those that a library would load first come first."""
    sets: dict[str, list[str]] = {}
    shards: dict[str, str] = {}
    for path in place.files:
        name = path.rpartition("/")[2]
        if path.rpartition(".")[2].lower() not in _SUFFIXES or _NOT_WEIGHTS.fullmatch(name):
            continue
        if found := _SHARD.fullmatch(path):
            sets.setdefault(found[1] + found[4], []).append(path)
            shards[found[1] + found[4]] = found[3]
        else:
            sets.setdefault(path, []).append(path)
    made = [_group(place, name, sorted(paths), shards.get(name, "")) for name, paths in sets.items()]
    return sorted(made, key=_rank)


def _group(place: Place, name: str, paths: list[str], count: str) -> Group:
    there = {int(found[2]) for path in paths if (found := _SHARD.fullmatch(path))}
    stem, dot, suffix = name.rpartition(".")
    # A name may say 99999 shards: those that are missing are told, not listed without end.
    gone = (n for n in range(1, min(int(count or 0), 10_000) + 1) if n not in there)
    missing = tuple(f"{stem}-{n:05d}-of-{count}{dot}{suffix}" for n in gone)
    kind = _SUFFIXES[suffix.lower()]
    return Group(name, kind, tuple(paths), sum(place.files[path].size for path in paths), missing)


def _rank(group: Group) -> tuple[Any, ...]:
    stem = group.name.rpartition("/")[2].partition(".")[0]
    variant = group.name.rpartition("/")[2].count(".") > 1 and group.format != "gguf"
    order = ("safetensors", "gguf", "torch").index(group.format)
    return group.name.count("/"), order, stem not in _CANONICAL, variant, group.name


def others(paths: Iterable[str]) -> list[str]:
    """Formats of weights that cannot be read here, by the files' names."""
    return sorted({_OTHERS[s] for path in paths if (s := path.rpartition(".")[2].lower()) in _OTHERS})


def load(place: Place, group: Group) -> tuple[list[tuple[str, Parsed]], Mapping[str, Any]]:
    """The headers of a group's files, each with its path, and the facts of the first.

    Raises:
        Damaged: a header lies, a shard is missing, a tensor is in two of them, or the index names others.
    """
    if group.missing:
        more = f" and {len(group.missing) - 1} more" if len(group.missing) > 1 else ""
        raise Damaged(group.name, f"{group.missing[0]} is missing{more}")
    with ThreadPoolExecutor(AT_ONCE) as pool:  # a hundred shards are a hundred waits for a far server
        parsed = list(zip(group.files, pool.map(lambda path: _parse(place, path), group.files), strict=True))
    where: dict[str, str] = {}
    for path, found in parsed:
        for tensor in found.tensors:
            if where.setdefault(tensor.name, path) != path:
                raise Damaged(path, f"tensor {tensor.name[:200]!r} is in {where[tensor.name]} too")
    _check_index(place, group, where)
    return parsed, parsed[0][1].facts


def _parse(place: Place, path: str) -> Parsed:
    window = place.window(path)
    kind = format_of(window, path)
    if kind not in _PARSERS:
        raise window.damaged("its beginning is of no format of weights")
    return _PARSERS[kind](window)


def _check_index(place: Place, group: Group, where: Mapping[str, str]) -> None:
    """An index names every tensor of the shards, in the shard where it is."""
    name = f"{group.name}.index.json"
    told = place.json(name).get("weight_map")
    if name not in place.files:
        return
    if not isinstance(told, dict) or not told:
        raise Damaged(name, "it has no weight_map")
    folder = f"{group.folder}/" if group.folder else ""
    for tensor, shard in told.items():
        if where.get(tensor) != f"{folder}{shard}":
            there = where.get(tensor)
            raise Damaged(
                name, f"tensor {tensor[:200]!r} is {f'in {there}' if there else 'nowhere'}, not in {shard!s:.200}"
            )
