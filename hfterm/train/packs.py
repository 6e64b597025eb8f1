"""Packs of token ids, as 'hfterm tok pack' writes them, memory-mapped: rows of ids for a causal language model.

The format is described in :mod:`hfterm.tok.pack`.
"""

import json
import os
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

from hfterm.errors import HftermError, NotFoundError
from hfterm.train.places import Place

INDEX = "index.json"
KIND = "hfterm-pack-1"
_WIDTHS = {"uint16": 2, "uint32": 4}
_NPY = b"\x93NUMPY"
# The longest header that a .npy file of one array has.
_MOST_HEADER = 4096
_AGAIN = "pack it again: hfterm tok pack"
# Tokens that are looked at at once.
_CHUNK = 1 << 24


@dataclass(frozen=True)
class Pack:
    """What an index says; ``shown`` is what the user calls the pack, ``tokens`` those of each of ``files``.

    ``padding`` of them, at the end, only fill the last row. ``length`` is that of a row; None: it is one stream.
    """

    shown: str
    dtype: str
    length: int | None
    documents: int
    padding: int
    files: tuple[Path, ...]
    tokens: tuple[int, ...]
    tokenizer: dict[str, Any]

    @property
    def total(self) -> int:
        """Tokens to learn from."""
        return sum(self.tokens) - self.padding


def find(text: str) -> list[Path] | None:
    """The files of the pack that a text names, its index first: a folder, its index, or one of its files of tokens.

    None: it is no pack of ``.npy`` or ``.bin`` files.

    Raises:
        HftermError: it is one, and not whole.
    """
    path = Path(os.path.abspath(text))
    folder, only = (path, None) if path.is_dir() else (path.parent, path.name)
    if only is not None and only != INDEX and not _is_tokens(only):
        return None
    if not path.exists() or not _is_pack(folder):
        return None
    read_whole = read(folder / INDEX, text)
    files = [file for file in read_whole.files if only in (None, INDEX, file.name)]
    if not files:
        raise HftermError(f"{text!r} is not in the index of its pack", _AGAIN)
    return [folder / INDEX, *files]


def _is_tokens(name: str) -> bool:
    return name.startswith("tokens-") and name.endswith((".npy", ".bin"))


def _is_pack(folder: Path) -> bool:
    if any((folder / f"tokens-00000.{ending}").is_file() for ending in ("npy", "bin")):
        return True
    try:
        found = json.loads((folder / INDEX).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and found.get("format") == KIND and found.get("files") in ("npy", "bin")


def read(index: Path, shown: str, only: Iterable[str] | None = None) -> Pack:
    """The pack of an index, seen to be whole; ``only``: its files of these names alone.

    Raises:
        NotFoundError: index or a file is gone. HftermError: one is damaged, or of an unknown kind.
    """
    try:
        found = json.loads(index.read_text("utf-8"))
        if found["format"] != KIND or found["dtype"] not in _WIDTHS:
            raise HftermError(f"the pack {shown!r} is of a kind that this hfterm does not know", _AGAIN)
        length, padding = found["length"], found["padding"]
        shards = [(str(shard["tokens_file"]), int(shard["tokens"])) for shard in found["shards"]]
        if sum(tokens for _, tokens in shards) != found["written"] or not (length is None or length > 0):
            raise ValueError("its numbers do not add up")
        names = None if only is None else set(only)
        kept = [(name, tokens) for name, tokens in shards if names is None or name in names]
        if kept[-1:] != shards[-1:]:  # the padding is in the last one
            padding = 0
        pack = Pack(
            shown, found["dtype"], length, int(found["documents"]), int(padding),
            tuple(index.parent / name for name, _ in kept), tuple(tokens for _, tokens in kept), found["tokenizer"],
        )  # fmt: skip
    except FileNotFoundError as exc:
        raise NotFoundError(f"the pack {shown!r} has no {INDEX}", _AGAIN) from exc
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise HftermError(f"the pack {shown!r} has a damaged {INDEX}", _AGAIN) from exc
    for file, tokens in zip(pack.files, pack.tokens, strict=True):
        _check_size(file, tokens * _WIDTHS[pack.dtype], shown)
    return pack


def _check_size(file: Path, wanted: int, shown: str) -> None:
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            head = stream.read(len(_NPY))
    except FileNotFoundError as exc:
        raise NotFoundError(f"the pack {shown!r} is not whole: {file.name} is gone", _AGAIN) from exc
    if file.suffix == ".npy":
        fits = head == _NPY and wanted < size <= wanted + _MOST_HEADER
    else:
        fits = size == wanted
    if not fits:
        raise HftermError(f"the pack {shown!r} is torn: {file.name} has {size} bytes for {wanted} of tokens", _AGAIN)


class PackTable:
    """Blocks of ``length`` tokens of packs, each read from its file when it is asked for.

    ``keep``: the last one of a pack may be shorter.
    """

    def __init__(self, packs: Sequence[Pack], length: int, *, keep: bool) -> None:
        self.packs, self.length = packs, length
        self._maps = [[_mapped(file, pack) for file in pack.files] for pack in packs]
        self._ends = [_sums(pack.tokens) for pack in packs]
        self.left = 0
        blocks = []
        for pack in packs:
            count, over = divmod(pack.total, length)
            last = over > 1 and keep
            blocks.append(count + last)
            self.left += 0 if last else over
        self._before = _sums(blocks)
        self._kept: array[int] | None = None

    def __len__(self) -> int:
        return len(self._kept) if self._kept is not None else self._before[-1]

    def __getitem__(self, at: int) -> dict[str, list[int]]:
        pack, start, end = self._span(at)
        ids: list[int] = []
        while start < end:
            shard = bisect_right(self._ends[pack], start)
            before = self._ends[pack][shard - 1] if shard else 0
            upto = min(end, self._ends[pack][shard])
            ids += self._maps[pack][shard][start - before : upto - before].tolist()
            start = upto
        return {"input_ids": ids}

    def _span(self, at: int) -> tuple[int, int, int]:
        """The pack of a block, and its tokens there."""
        if not 0 <= at < len(self):
            raise IndexError(at)
        block = self._kept[at] if self._kept is not None else at
        pack = bisect_right(self._before, block)
        start = (block - (self._before[pack - 1] if pack else 0)) * self.length
        return pack, start, min(start + self.length, self.packs[pack].total)

    @property
    def tokens(self) -> int:
        """Tokens of all blocks."""
        if self._kept is None:
            return sum(pack.total for pack in self.packs) - self.left
        return sum(end - start for _, start, end in map(self._span, range(len(self))))

    @property
    def largest(self) -> int:
        """The largest id; every file is read once."""
        return max((int(one[at : at + _CHUNK].max()) for found in self._maps for one in found
                    for at in range(0, len(one), _CHUNK)), default=0)  # fmt: skip

    @property
    def places(self) -> "BlockPlaces":
        """Where each block comes from: its pack, and its number there."""
        return BlockPlaces(self)

    def keep(self, places: Iterable[int]) -> None:
        """Keep the blocks at these places."""
        self._kept = array("q", places)

    def place(self, at: int) -> Place:
        """The place of a block."""
        pack, start, _ = self._span(at)
        return Place(self.packs[pack].shown, start // self.length + 1)


class BlockPlaces(Sequence[Place]):
    """The places of a table's blocks, made when they are asked for."""

    def __init__(self, table: PackTable) -> None:
        self.table = table

    def __len__(self) -> int:
        return len(self.table)

    @overload
    def __getitem__(self, at: int) -> Place: ...
    @overload
    def __getitem__(self, at: slice) -> list[Place]: ...
    def __getitem__(self, at: int | slice) -> "Place | list[Place]":
        if isinstance(at, slice):
            return [self.table.place(one) for one in range(*at.indices(len(self)))]
        return self.table.place(at)


def _mapped(file: Path, pack: Pack) -> Any:
    """The tokens of a file, flat."""
    import numpy

    wanted = numpy.dtype(pack.dtype).newbyteorder("<")
    try:
        if file.suffix == ".bin":
            return numpy.memmap(file, wanted, "r")
        found = numpy.load(file, mmap_mode="r", allow_pickle=False).reshape(-1)
    except Exception as exc:  # a damaged header makes the library raise anything
        raise HftermError(f"the pack {pack.shown!r} is damaged: {file.name} cannot be read", _AGAIN) from exc
    if found.dtype != wanted or len(found) != dict(zip(pack.files, pack.tokens, strict=True))[file]:
        raise HftermError(f"the pack {pack.shown!r} is damaged: {file.name} is not what {INDEX} says", _AGAIN)
    return found


def _sums(values: Iterable[int]) -> list[int]:
    found, total = [], 0
    for value in values:
        total += value
        found.append(total)
    return found
