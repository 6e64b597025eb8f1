"""Safetensors files written tensor by tensor, from names and shapes that are known before the numbers are.

Format: https://huggingface.co/docs/safetensors (8 bytes of header length, little-endian; the header, JSON, padded
with spaces to 8 bytes; the tensors without gaps, those of large numbers first so that each is aligned).
"""

import errno
import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hfterm import files
from hfterm.errors import HftermError, UsageError
from hfterm.peft.merging.source import CODES, size

WIDTHS = {"F64": 8, "I64": 8, "C64": 8, "F32": 4, "I32": 4, "F16": 2, "BF16": 2, "I16": 2}
PIECE = 1 << 24
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)(b?)", re.IGNORECASE)


def amount(text: str) -> int:
    """Bytes of ``5GB`` (10^9 bytes), ``5G`` or ``5GiB`` (2^30 bytes).

    Raises:
        UsageError: it is none of these, or nothing.
    """
    match = _AMOUNT.fullmatch(text.strip())
    if not match or not float(match[1]):
        raise UsageError(f"not a size of files: {text!r}", "write 5GB (10^9 bytes) or 5G (GiB)")
    base = 1000 if match[4] and not match[3] else 1024
    return max(1, round(float(match[1]) * float(base ** " kmgt".index(match[2].lower() or " "))))


@dataclass(frozen=True)
class Piece:
    """A tensor to write: its name on disk, its dtype as safetensors calls it, its shape.

    ``origin`` is the base's tensor that it comes from, if any.
    """

    key: str
    dtype: str
    shape: tuple[int, ...]
    origin: str | None = None

    @property
    def bytes(self) -> int:
        """Its size on disk."""
        return size(self.shape) * WIDTHS.get(self.dtype, 1)


def split(pieces: Iterable[Piece], most: int) -> list[list[Piece]]:
    """The pieces in files of ``most`` bytes; one that is larger has a file of its own."""
    shards: list[list[Piece]] = [[]]
    held = 0
    for piece in pieces:
        if shards[-1] and held + piece.bytes > most:
            shards.append([])
            held = 0
        shards[-1].append(piece)
        held += piece.bytes
    return shards


def write(folder: Path, shards: list[list[Piece]], put: Callable[[Piece, Any], None], *, stem: str = "model") -> None:
    """Write the shards, with an index where they are several; ``put`` writes a piece's bytes to a stream."""
    weight_map = {}
    for number, shard in enumerate(shards, 1):
        name = f"{stem}.safetensors" if len(shards) == 1 else f"{stem}-{number:05d}-of-{len(shards):05d}.safetensors"
        ordered = sorted(shard, key=lambda piece: -WIDTHS.get(piece.dtype, 1))
        entries: dict[str, Any] = {"__metadata__": {"format": "pt"}}
        at = 0
        for piece in ordered:
            entries[piece.key] = {
                "dtype": piece.dtype,
                "shape": list(piece.shape),
                "data_offsets": [at, at + piece.bytes],
            }
            at += piece.bytes
            weight_map[piece.key] = name
        header = json.dumps(entries, separators=(",", ":"), ensure_ascii=False).encode()
        header += b" " * (-len(header) % 8)
        try:
            _fill(folder / name, header, ordered, put)
        except OSError as exc:
            if exc.errno == errno.EFBIG:
                raise HftermError(
                    f"the disk takes no file so large: {name}", "choose a smaller --max-shard-size"
                ) from exc
            raise
    if len(shards) > 1:
        total = sum(piece.bytes for shard in shards for piece in shard)
        index = {"metadata": {"total_size": total}, "weight_map": dict(sorted(weight_map.items()))}
        files.write_text(folder / f"{stem}.safetensors.index.json", json.dumps(index, indent=2) + "\n")


def _fill(path: Path, header: bytes, pieces: list[Piece], put: Callable[[Piece, Any], None]) -> None:
    with path.open("wb") as stream:
        stream.write(len(header).to_bytes(8, "little") + header)
        for piece in pieces:
            begin = stream.tell()
            put(piece, stream)
            written = stream.tell() - begin
            assert written == piece.bytes, f"{piece.key}: {written} bytes, not {piece.bytes}"
        stream.flush()
        os.fsync(stream.fileno())


def put_tensor(tensor: Any, stream: Any) -> None:
    """Write a tensor's numbers."""
    import torch

    flat = tensor.detach().cpu().contiguous().reshape(-1)
    if flat.numel():
        stream.write(memoryview(flat.view(torch.uint8).numpy()))


def put_bytes(path: Path, begin: int, count: int, stream: Any) -> None:
    """Copy ``count`` bytes of a file."""
    with path.open("rb") as source:
        source.seek(begin)
        while count:
            block = source.read(min(PIECE, count))
            if not block:
                raise EOFError(f"{path} became shorter")
            stream.write(block)
            count -= len(block)


def code(dtype: str) -> str:
    """What safetensors calls a dtype of torch."""
    return CODES[dtype]
