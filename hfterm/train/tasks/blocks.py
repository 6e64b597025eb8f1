"""Plain text as examples for language models: one stream of tokens cut into blocks, or a piece for every text."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hfterm.errors import HftermError
from hfterm.train.places import Place
from hfterm.train.tasks.reading import text
from hfterm.train.tasks.table import Table

# Of a text file, that many characters are tokenized at once.
CHARACTERS = 1 << 20


class Blocks:
    """A stream of tokens, cut into blocks of ``length``; documents run on from one block into the next."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.table = Table(("input_ids",))
        self.documents = self.tokens = self.largest = 0
        self._open = array("q")
        self._began = Place("", 0)

    def add(self, place: Place, ids: Iterable[int]) -> None:
        """Take a document in, made of the record at ``place``."""
        values = array("q", ids)
        self.documents += 1
        self.tokens += len(values)
        self.largest = max(self.largest, max(values, default=0))
        if not self._open:
            self._began = place
        self._open.extend(values)
        at = 0
        while len(self._open) - at >= self.length:
            self.table.add(self._began, {"input_ids": self._open[at : at + self.length]})
            at += self.length
            self._began = place
        self._open = self._open[at:]

    def finish(self, *, keep: bool) -> int:
        """The last block, shorter than the others, where it can be padded (``keep``); how many tokens are left out."""
        left, self._open = self._open, array("q")
        if keep and len(left) > 1:
            self.table.add(self._began, {"input_ids": left})
            return 0
        return len(left)

    def keep(self, chosen: Callable[[Iterator[int]], Iterator[int]]) -> None:
        """Keep the blocks whose places ``chosen`` gives back of all."""
        whole, self.table = self.table, Table(("input_ids",))
        for at in chosen(iter(range(len(whole)))):
            self.table.add(whole.places[at], {"input_ids": whole.columns["input_ids"][at]})
        self.tokens = sum(len(ids) for ids in self.table.columns["input_ids"])


def documents(row: Mapping[str, Any]) -> Any:
    """A record's text, or the token ids that it has already.

    Raises:
        HftermError: it has neither.
    """
    for name in ("input_ids", "tokens"):
        value = row.get(name)
        if isinstance(value, list) and all(type(one) is int and one >= 0 for one in value):
            return value
    for name in ("text", "content", "document"):
        if row.get(name) is not None:
            return text(row[name], f"field {name!r}")
    fields = ", ".join(map(repr, list(row)[:8])) or "no fields"
    raise HftermError(f"no text in it: the record has {fields}", "name the column 'text'")


def whole_text(path: Path, name: str = "") -> Iterator[str]:
    """A text file as it is, its line ends too, in long pieces that end with a line.

    Raises:
        HftermError: it is not UTF-8.
    """
    kept: list[str] = []
    size = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for line in stream:
                kept.append(line)
                size += len(line)
                if size >= CHARACTERS:
                    yield "".join(kept)
                    kept, size = [], 0
    except UnicodeDecodeError as exc:
        raise HftermError(f"cannot read {name or path}: it is not UTF-8 ({exc.reason} at byte {exc.start})") from exc
    if kept:
        yield "".join(kept)
