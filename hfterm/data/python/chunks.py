"""Rows of any source, a line of JSON each, in chunks that workers take."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import Any, NamedTuple

from hfterm.data.blocks import blocks
from hfterm.data.python.calls import Chunk, Place
from hfterm.data.source import Source

# A chunk is to take so long, so that slow functions give rows soon and fast ones cost little.
GOAL_SECONDS = 0.1
MOST_ROWS = 2000
MOST_BYTES = 1 << 20


class Part(NamedTuple):
    """Lines as they were read, none of them blank; ``first`` is the number of the first one."""

    source: str
    unit: str
    first: int
    lines: list[bytes]
    more: bool

    def split(self, count: int) -> tuple["Part", "Part"]:
        """So many lines, and the others."""
        rest = self._replace(first=self.first + count, lines=self.lines[count:])
        return self._replace(lines=self.lines[:count]), rest


class Pace:
    """How many rows a chunk has: few at first, then as many as take some tenths of a second."""

    def __init__(self) -> None:
        self.rows = 1

    def learn(self, rows: int, seconds: float) -> None:
        """Take into account how long a chunk took."""
        fitting = rows * GOAL_SECONDS / seconds if seconds > 0 else MOST_ROWS
        self.rows = max(1, min(MOST_ROWS, int(fitting), 2 * max(rows, self.rows)))


def of_sources(con: Callable[[], Any], sources: Sequence[Source], *, all_text: bool = False) -> Generator[Part]:
    """The rows of sources: JSON Lines as they are written, others as the JSON that is made of them.

    ``con`` gives the engine, which JSON Lines do without.

    Raises:
        NotFoundError, UsageError, HftermError: a source cannot be read.
    """
    from hfterm.data import rows

    for source in sources:
        if source.format == "jsonl":
            for path in source.paths:
                label = "standard input" if path == "-" else path
                for block in blocks(path):
                    yield from _parts(label, "line", block.first, block.data, block.more)
        else:
            with closing(rows.whole(con(), [source], all_text=all_text).lines()) as found:
                yield from of_lines(source.label, found)


def of_lines(source: str, found: Iterator[bytes]) -> Iterator[Part]:
    """Blocks of whole lines, one a row of a table."""
    number = 1
    for data in found:
        for part in _parts(source, "row", number, data, True):
            number = part.first + len(part.lines)
            yield part


def _parts(source: str, unit: str, first: int, data: bytes, more: bool) -> Iterator[Part]:
    """The lines of a block, parted where blank ones stand between them."""
    lines = data.split(b"\n")
    start, parts = 0, list[Part]()
    for at in [at for at, line in enumerate(lines) if not line or line.isspace()] + [len(lines)]:
        if at > start:
            parts.append(Part(source, unit, first + start, lines[start:at], True))
        start = at + 1
    if parts:
        parts[-1] = parts[-1]._replace(more=more)
    elif not more:
        parts.append(Part(source, unit, first, [], False))
    yield from parts


def chunks(parts: Iterator[Part], pace: Pace, whole: int = 1) -> Iterator[Chunk | None]:
    """Chunks of whole batches of ``whole`` rows (but the last); None: what is under way is waited for now.

    Raises:
        As ``parts`` does.
    """
    held: list[Part] = []
    count = 0
    for part in parts:
        if part.lines:
            held.append(part)
            count += len(part.lines)
            large = sum(map(len, part.lines)) // len(part.lines) + 1
            while count >= whole:
                rows = min(pace.rows, MOST_BYTES // large)
                take = max(whole, min(rows, count) // whole * whole)
                count -= take
                chunk, held = _cut(held, take)
                yield chunk._replace(more=part.more or count > 0)
        if not part.more:
            yield None
    if count:
        yield _cut(held, count)[0]._replace(more=False)


def _cut(held: list[Part], count: int) -> tuple[Chunk, list[Part]]:
    """The first ``count`` rows, and the parts with the others."""
    lines: list[bytes] = []
    places: list[Place] = []
    for at, part in enumerate(held):
        left = count - len(lines)
        if len(part.lines) > left:
            taken, rest = part.split(left)
            held = [rest, *held[at + 1 :]]
        else:
            taken, rest = part, None
        if taken.lines:
            lines += taken.lines
            places.append(Place(taken.source, taken.unit, taken.first, len(taken.lines)))
        if rest is not None:
            return Chunk(lines, places), held
    return Chunk(lines, places), []
