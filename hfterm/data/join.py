"""Rows of several sources as one: one behind the other, or mixed by weights."""

import contextlib
import os
import random
from bisect import bisect
from collections.abc import Generator, Iterator, Sequence
from itertools import accumulate
from typing import Any

from hfterm.data import emit, engine
from hfterm.data.lines import OnBad
from hfterm.data.rows import Rows, is_empty, label, whole
from hfterm.data.saving import save_query, saved_format
from hfterm.data.source import Source
from hfterm.data.structure import ROW
from hfterm.data.table import Tables
from hfterm.data.turn import Spooled
from hfterm.errors import UsageError

STOPS = ("first", "all", "repeat")
# So much is handed on at once.
_PART_BYTES = 1 << 18


class Joined(Rows):
    """Sources one behind the other, their columns put together by name.

    They must have the same columns, of kinds that go together, unless ``fill`` makes those that one lacks null.
    """

    def __init__(self, con: Any, sources: Sequence[Source], *, fill: bool = False, **how: Any) -> None:
        super().__init__(con, _each_file(sources), lambda rows: rows, **how)
        self.fill = fill

    def lines(self) -> Generator[bytes]:
        """As :meth:`hfterm.data.rows.Rows.lines`; JSON Lines with the same fields stay as they were read.

        Raises:
            UsageError: the columns differ.
        """
        as_read = all(source.format == "jsonl" for source in self.sources)
        with Tables(self.con, all_text=self.all_text) as tables, tables.errors(self.sources, self.about):
            queries, same = self._queries(tables, row=as_read)
            if as_read and same:
                for query in queries:
                    yield from emit.stream(self.con, f"SELECT {engine.identifier(ROW)} FROM ({query})")
            elif queries:
                yield from emit.stream(self.con, emit.as_json(self.con, _union(queries, as_read)))

    def save(self, path: str | os.PathLike[str]) -> None:
        """As :meth:`hfterm.data.rows.Rows.save`."""
        if saved_format(path) == ".jsonl":
            super().save(path)
            return
        with Tables(self.con, all_text=self.all_text) as tables, tables.errors(self.sources, self.about):
            queries, _ = self._queries(tables, row=False)
            if not queries:
                raise UsageError(f"{label(self.sources)} hold no rows and no columns: nothing to write")
            save_query(self.con, _union(queries, False), path)

    def _queries(self, tables: Tables, *, row: bool) -> tuple[list[str], bool]:
        """The queries of the sources that are not empty; whether all have the same columns."""
        queries: list[str] = []
        first: tuple[str, dict[str, str]] | None = None
        same = True
        for source in self.sources:
            query = tables.several([source], row=row)
            if is_empty(self.con, query):
                continue
            said = self.con.execute(f"DESCRIBE {query}").fetchall()
            kinds = {one[0]: one[1] for one in said if one[0] != ROW}
            queries.append(query)
            name = source.paths[0] if source.label != "standard input" else source.label
            if first is None:
                first = (name, kinds)
                continue
            same = same and kinds.keys() == first[1].keys()
            self._compare(first, (name, kinds))
        return queries, same

    def _compare(self, first: tuple[str, dict[str, str]], other: tuple[str, dict[str, str]]) -> None:
        for one, two in ((first, other), (other, first)):
            missing = [repr(name) for name in one[1] if name not in two[1]]
            if missing and not self.fill:
                raise UsageError(
                    f"{two[0]} has no column {', '.join(missing[:5])}, which {one[0]} has",
                    "add --fill: it is null there",
                )
        for name, kind in other[1].items():
            held = first[1].get(name)
            if held is not None and not _together(held, kind):
                raise UsageError(
                    f"column {name!r} is {held} in {first[0]} and {kind} in {other[0]}",
                    f"make them one kind first: hfterm data map FILE '{name}::VARCHAR AS {name}'",
                )


def _union(queries: Sequence[str], row: bool) -> str:
    picked = f"* EXCLUDE ({engine.identifier(ROW)})" if row else "*"
    return " UNION ALL BY NAME ".join(f"(SELECT {picked} FROM ({query}))" for query in queries)


def _together(one: str, other: str) -> bool:
    """Whether values of two SQL types can stand in one column without becoming something else."""

    def kind(name: str) -> str:
        if name.endswith("]"):
            return "list"
        head = name.split("(")[0].split(" ")[0]
        number = head in ("DOUBLE", "FLOAT", "DECIMAL", "INTEGER") or head.endswith("INT")
        return "number" if number else head

    empty = ('"NULL"', "JSON")  # of no value, or of several kinds
    return one in empty or other in empty or kind(one) == kind(other)


def _each_file(sources: Sequence[Source]) -> list[Source]:
    return [source._replace(paths=(path,)) for source in sources for path in source.paths]


def joined(con: Any, sources: Sequence[Source], *, fill: bool = False, **how: Any) -> Rows:
    """Sources one behind the other, their columns put together by name."""
    return Joined(con, sources, fill=fill, **how)


class Mixed(Spooled):
    """Rows drawn from sources with a chance by their weights, each source's in their order.

    Each step draws a source by ``random.Random(seed)``. ``stop``: ``first`` ends with the first draw from a source
    that has no more; ``all`` goes on with the others, so that every row comes once; ``repeat`` begins a source again
    until each has been through once.
    """

    def __init__(
        self, con: Any, sources: Sequence[Source], weights: Sequence[float], seed: int, stop: str, **how: Any
    ) -> None:
        super().__init__(con, sources, **how)
        if len(weights) != len(sources):
            raise UsageError(f"{len(weights)} weights for {len(sources)} sources", "give each source one")
        if any(weight <= 0 for weight in weights):
            raise UsageError("a weight is not above 0", "leave the source out instead")
        if len(sources) < 2:
            raise UsageError("two sources at least are mixed")
        if stop == "repeat" and any("-" in source.paths for source in sources):
            raise UsageError("standard input can be read once only", "save it to a file, or use --stop first")
        self.weights, self.seed, self.stop = list(weights), seed, stop

    def lines(self) -> Generator[bytes]:
        """The rows as JSON Lines, those of JSON Lines as they were read.

        Raises:
            HftermError: a row cannot be read.
        """
        with contextlib.ExitStack() as stack:
            parts, held = list[bytes](), 0
            opened = [stack.enter_context(contextlib.ExitStack()) for _ in self.sources]
            for line in self._draws(opened):
                parts.append(line)
                held += len(line)
                if held >= _PART_BYTES:
                    yield b"".join(parts)
                    parts, held = [], 0
            if parts:
                yield b"".join(parts)

    def _draws(self, opened: Sequence[contextlib.ExitStack]) -> Iterator[bytes]:
        streams = [
            stack.enter_context(self._opened(source)) for stack, source in zip(opened, self.sources, strict=True)
        ]
        draw = random.Random(self.seed).random
        weights, through = list(self.weights), set[int]()
        sums = list(accumulate(weights))
        while sums[-1] > 0:
            at = min(bisect(sums, draw() * sums[-1]), len(sums) - 1)
            line = next(streams[at], None)
            if line is None:
                through.add(at)
                if self.stop == "first" or (self.stop == "repeat" and len(through) == len(streams)):
                    return
                if self.stop == "repeat":
                    opened[at].close()
                    streams[at] = opened[at].enter_context(self._opened(self.sources[at]))
                    line = next(streams[at], None)
                if line is None:  # it holds nothing (more)
                    weights[at] = 0
                    sums = list(accumulate(weights))
                    continue
            yield line

    @contextlib.contextmanager
    def _opened(self, source: Source) -> Iterator[Iterator[bytes]]:
        """A source's lines; each has its own connection, as they are read by turns."""
        con = self.con.cursor()
        rows = whole(con, [source], all_text=self.all_text, on_bad=self.on_bad)
        try:
            with contextlib.closing(rows.lines()) as parts:
                yield (line for part in parts for line in _lines(part))
        finally:
            con.close()


def _lines(part: bytes) -> Iterator[bytes]:
    return (line + b"\n" for line in part.split(b"\n") if line)


def mixed(
    con: Any,
    sources: Sequence[Source],
    weights: Sequence[float] = (),
    *,
    seed: int = 0,
    stop: str = "first",
    on_bad: OnBad | None = None,
    all_text: bool = False,
) -> Rows:
    """Rows drawn from sources by weights (none: each as likely), see :class:`Mixed`.

    Raises:
        UsageError: weights that do not fit the sources.
    """
    weights = weights or [1.0] * len(sources)
    return Mixed(con, sources, weights, seed, stop, on_bad=on_bad, all_text=all_text)
