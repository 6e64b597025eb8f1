"""What is in a model or adapter folder, looked at without torch: whole, half-written, pickled, or none of these.

Format of the weights: https://huggingface.co/docs/safetensors (8 bytes of header length, little-endian;
the header, JSON; the tensors).
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hfterm.errors import AccessError, HftermError, NotFoundError

PICKLED = ("*.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt", "*.h5", "*.msgpack")
NO_PICKLE = "convert them to safetensors where you trust the source"


@dataclass(frozen=True)
class ModelFolder:
    """A checked folder. ``config`` is config.json's or adapter_config.json's object."""

    path: Path
    config: dict[str, Any]
    weights: tuple[Path, ...]
    is_adapter: bool

    @property
    def base(self) -> str | None:
        """What an adapter sits on, as its file names it."""
        name = self.config.get("base_model_name_or_path") if self.is_adapter else None
        return name if isinstance(name, str) and name else None

    @property
    def has_tokenizer(self) -> bool:
        """Whether a tokenizer lies in the folder too."""
        return (self.path / "tokenizer.json").is_file() or (self.path / "tokenizer_config.json").is_file()


def inspect(path: Path) -> ModelFolder:
    """Check a model or adapter folder, reading no more than headers.

    Raises:
        NotFoundError: it is no such folder.
        HftermError: a file of it is missing, torn or unreadable.
        AccessError: it has pickled weights only; they could run code when loaded.
    """
    if not path.is_dir():
        what = "a file, not a model folder" if path.exists() else "not there"
        raise NotFoundError(f"cannot load {str(path)!r}: it is {what}")
    is_adapter = (path / "adapter_config.json").is_file()
    name = "adapter_config.json" if is_adapter else "config.json"
    if not (path / name).is_file():
        raise NotFoundError(f"{str(path)!r} is not a model folder: it has no config.json and no adapter_config.json")
    config = read_json(path / name)
    weights = _weights(path, "adapter_model" if is_adapter else "model")
    for file in weights:
        check_safetensors(file)
    return ModelFolder(path, config, weights, is_adapter)


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file of a model folder.

    Raises:
        HftermError: it is torn, or no object.
    """
    try:
        value = json.loads(path.read_text("utf-8"))
    except ValueError as exc:
        where = f"line {exc.lineno}: {exc.msg}" if isinstance(exc, json.JSONDecodeError) else "it is not UTF-8"
        raise HftermError(
            f"cannot read {str(path)!r}: damaged or half-written ({where})", "get the model again"
        ) from exc
    if not isinstance(value, dict):
        raise HftermError(f"cannot read {str(path)!r}: not a JSON object", "get the model again")
    return value


def _weights(path: Path, stem: str) -> tuple[Path, ...]:
    index = path / f"{stem}.safetensors.index.json"
    if index.is_file():
        names = read_json(index).get("weight_map")
        if not isinstance(names, dict) or not names:
            raise HftermError(f"cannot read {str(index)!r}: no weight_map in it", "get the model again")
        shards = sorted({str(n) for n in names.values()})
        # A shard's name comes from the file: it must not lead out of the folder.
        gone = [n for n in shards if Path(n).name != n or not (path / n).is_file()]
        if gone:
            raise HftermError(
                f"{str(path)!r} is half-written: {len(gone)} of {len(shards)} weight files missing, first {gone[0]!r}",
                "get the model again",
            )
        return tuple(path / n for n in shards)
    if (path / f"{stem}.safetensors").is_file():
        return (path / f"{stem}.safetensors",)
    for pattern in PICKLED:
        for file in sorted(path.glob(pattern)):
            if file.name != "training_args.bin":
                raise AccessError(
                    f"{str(path)!r} has only pickled weights ({file.name}), which can run code when loaded", NO_PICKLE
                )
    raise HftermError(f"{str(path)!r} has no weights: {stem}.safetensors is missing", "get the model again")


def check_safetensors(path: Path) -> None:
    """Check that a safetensors file has the length that its header says.

    Raises:
        HftermError: it is damaged or half-written.
    """
    size = path.stat().st_size
    try:
        with path.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            if not 2 <= length <= size - 8:
                raise ValueError("header")
            header = json.loads(stream.read(length))
        ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
        expected = 8 + length + max(ends, default=0)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as exc:
        raise HftermError(
            f"cannot read {str(path)!r}: no safetensors header; it is damaged or half-written", "get the model again"
        ) from exc
    if size != expected:
        raise HftermError(
            f"cannot read {str(path)!r}: half-written, {size} of {expected} bytes are there", "get the model again"
        )
