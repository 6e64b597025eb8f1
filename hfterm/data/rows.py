"""Rows picked and made by expressions: one answer for JSON Lines (block by block) and for tables."""

import contextlib
import os
from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import chain
from typing import Any

from hfterm.data import emit, engine, expression
from hfterm.data.blocks import Block, blocks
from hfterm.data.lines import OnBad, Pipeline, Planner, as_they_are, keeping, making
from hfterm.data.saving import Target, save_query, target_of, written
from hfterm.data.source import Source
from hfterm.data.structure import ROW
from hfterm.data.table import Tables
from hfterm.errors import UsageError


class Rows:
    """Rows that can be had as lines of JSON, or saved; once.

    ``query`` makes a query for them out of tables; ``planner`` a plan for blocks, where all sources are JSON Lines.
    """

    def __init__(
        self,
        con: Any,
        sources: Sequence[Source],
        query: Callable[[str], str],
        planner: Planner | None = None,
        *,
        about: str = "",
        all_text: bool = False,
        on_bad: OnBad | None = None,
    ) -> None:
        self.con, self.sources, self.query, self.planner = con, list(sources), query, planner
        self.about, self.all_text, self.on_bad = about or label(sources), all_text, on_bad

    once = False
    most: int | None = None  # so many of the sources' first rows are all that is needed

    @property
    def streamed(self) -> bool:
        """Whether the rows go through block by block."""
        return self.planner is not None and all(source.format == "jsonl" for source in self.sources)

    def lines(self) -> Generator[bytes]:
        """The rows as JSON, whole lines in blocks, as they come.

        Raises:
            UsageError, NotFoundError, HftermError.
        """
        if self.streamed:
            assert self.planner is not None
            yield from Pipeline(self.con, self.planner, on_bad=self.on_bad).run(self._blocks())
            return
        with self.tables() as tables, tables.errors(self.sources, self.about):
            rows = tables.several(self.sources)
            if not is_empty(self.con, rows):
                yield from emit.stream(self.con, emit.as_json(self.con, self.query(rows)))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the rows to a file, in the format of its name; it appears whole or not at all.

        Raises:
            UsageError: a name of no known format. As :meth:`lines`.
        """
        self.write(path, target_of(path))

    def write(self, path: str | os.PathLike[str], target: Target) -> None:
        """As :meth:`save`, in a format of choice."""
        if target.suffix == ".jsonl":
            with written(path, target.packing) as stream:
                for part in self.lines():
                    stream.write(part)
            return
        with self.tables() as tables, tables.errors(self.sources, self.about):
            rows = tables.several(self.sources)
            if is_empty(self.con, rows):
                raise UsageError(f"{label(self.sources)} holds no rows and no columns: nothing to write")
            query = self.query(rows)
            if target.note is None and target.suffix in (".parquet", ".arrow"):
                from hfterm.data.media import saving as media

                target = target._replace(note=media.source_note(self.con, self.sources, query))
            save_query(self.con, query, path, target)

    def tables(self) -> Tables:
        """Where the sources become tables that :attr:`query` is made for."""
        return Tables(self.con, all_text=self.all_text, most=self.most, once=self.once)

    def _blocks(self) -> Iterator[Block]:
        return chain.from_iterable(blocks(path) for source in self.sources for path in source.paths)


def ready_for(con: Any, rows: str, text: str) -> str:
    """The query ``rows``, made ready for an expression of the user's: functions of images and sounds are known."""
    from hfterm.data.media import functions

    return functions.prepared(con, rows, text)


class Once(Rows):
    """Rows whose query reads each source a single time, from its beginning."""

    once = True


def label(sources: Sequence[Source]) -> str:
    """The sources in a few words."""
    return sources[0].label if len(sources) == 1 else f"{len(sources)} sources"


def _checked(con: Any, rows: str, found: expression.Expressions, sources: Sequence[Source]) -> list[str]:
    """The columns of a table, after a look whether those that are named are among them."""
    known = [row[0] for row in con.execute(f"DESCRIBE {rows}").fetchall()]
    for name in found.columns:
        if expression.match(name, known) is None:
            raise expression.unknown(name, known, label(sources))
    return known


def is_empty(con: Any, rows: str) -> bool:
    """Whether a query is for the rows of sources that hold nothing, not even columns."""
    return [row[0] for row in con.execute(f"DESCRIBE {rows}").fetchall()] == [ROW]


def filtered(con: Any, sources: Sequence[Source], text: str, **how: Any) -> Rows:
    """The rows that a condition is true of.

    Raises:
        UsageError: it is no condition.
    """
    found = expression.condition(con, text)
    planner = keeping(con, text, label(sources))

    def query(rows: str) -> str:
        rows = ready_for(con, rows, text)
        _checked(con, rows, found, sources)
        return f"SELECT * FROM ({rows}) WHERE ({text}\n)"

    return Once(con, sources, query, planner, about=f"condition {text!r}", **how)


def made(con: Any, sources: Sequence[Source], text: str, *, add: bool, **how: Any) -> Rows:
    """Columns by expressions: only these, or (``add``) these beside the others.

    Raises:
        UsageError: they are no expressions.
    """
    found = expression.parse(con, text)
    about = f"expression {text!r}"

    def query(rows: str) -> str:
        rows = ready_for(con, rows, text)
        known = _checked(con, rows, found, sources)
        if any(item.star for item in found.items):
            if add:
                raise UsageError(f"{about}: * adds nothing", "name what is to be made: len(text) AS length")
            return f"SELECT {text}\nFROM ({rows})"
        said = con.execute(f"DESCRIBE SELECT {text}\nFROM ({rows})").fetchall()
        names = expression.names(found, [row[0] for row in said], known)
        letters = [f"o{at}" for at in range(len(names))]
        if not add:
            picked = ", ".join(f"{o} AS {engine.identifier(n)}" for o, n in zip(letters, names, strict=True))
            return f"SELECT {picked} FROM (SELECT {text}\nFROM ({rows})) AS t({', '.join(letters)})"
        held = [f"k{at}" for at in range(len(known))]
        by_name = dict(zip(names, letters, strict=True))
        kept = [f"{by_name.pop(name, old)} AS {engine.identifier(name)}" for name, old in zip(known, held, strict=True)]
        new = [f"{letter} AS {engine.identifier(name)}" for name, letter in by_name.items()]
        inner = f"SELECT *, {text}\nFROM ({rows})"
        return f"SELECT {', '.join(kept + new)} FROM ({inner}) AS t({', '.join(held + letters)})"

    return Once(con, sources, query, making(con, text, label(sources), add=add), about=about, **how)


def whole(con: Any, sources: Sequence[Source], **how: Any) -> Rows:
    """All rows, as they are."""
    plan = as_they_are(label(sources))
    return Once(con, sources, lambda rows: rows, lambda known: plan, **how)


class First(Once):
    """The first rows; no more is read than they need."""

    def __init__(self, con: Any, sources: Sequence[Source], count: int, **how: Any) -> None:
        plan = as_they_are(label(sources))
        super().__init__(con, sources, lambda rows: f"SELECT * FROM ({rows}) LIMIT {count}", lambda known: plan, **how)
        self.count = self.most = count

    def lines(self) -> Generator[bytes]:
        """As :meth:`Rows.lines`."""
        left = self.count
        with contextlib.closing(super().lines()) as parts:
            while left > 0 and (part := next(parts, None)) is not None:
                found = part.splitlines(keepends=True)[:left]
                left -= len(found)
                yield b"".join(found)


def first(con: Any, sources: Sequence[Source], count: int, **how: Any) -> Rows:
    """So many of the first rows."""
    return First(con, sources, count, **how)
