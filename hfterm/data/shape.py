"""Verbs that need all rows: put in order, mixed up, drawn, rid of repetitions; a JSON record stays as written."""

import contextlib
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any

from hfterm.data import csv_files, emit, engine, expression, picked
from hfterm.data.blocks import blocks
from hfterm.data.csv_files import LINED
from hfterm.data.lines import ROWS, OnBad, Pipeline, Plan, as_they_are
from hfterm.data.rows import Rows, is_empty, label, ready_for
from hfterm.data.source import Source
from hfterm.data.structure import ROW
from hfterm.data.table import Tables

NUMBER = '"#n"'


class Shaped(Rows):
    """All rows through one query, which picks and orders but makes nothing.

    ``shape`` gets a query with the columns and ``#n`` (the row's number, from 1) and returns one with the same.
    ``reads``: the columns that it looks at, where they are few (None: all).
    """

    def __init__(
        self,
        con: Any,
        sources: Sequence[Source],
        shape: Callable[[str], str],
        *,
        reads: Sequence[str] | None = None,
        **how: Any,
    ) -> None:
        super().__init__(con, sources, self._shaped, None, **how)
        self.shape, self.reads = shape, reads

    def _shaped(self, rows: str) -> str:
        return f"SELECT * EXCLUDE ({NUMBER}) FROM ({self.shape(numbered(rows))})"

    def lines(self) -> Generator[bytes]:
        """As :meth:`hfterm.data.rows.Rows.lines`; JSON Lines are written as they were read."""
        if any(source.format != "jsonl" for source in self.sources):
            yield from super().lines()
            return
        with Tables(self.con, all_text=self.all_text) as tables, tables.errors(self.sources, self.about):
            try:
                yield from self._records(tables, self.reads)
            except engine.library().InvalidInputException as exc:
                if self.reads != () or "maximum_object_size" not in str(exc):
                    raise
                yield from self._records(tables, None)  # where room is made for them; nothing has come out yet

    def _records(self, tables: Tables, reads: Sequence[str] | None) -> Iterator[bytes]:
        rows = tables.several(self.sources, row=True, reads=reads)
        if reads != () and is_empty(self.con, rows):
            return
        query = self.shape(numbered(rows))
        yield from emit.stream(self.con, f"SELECT {engine.identifier(ROW)} FROM ({query})")


def numbered(rows: str) -> str:
    """The same rows with their numbers."""
    return f"SELECT *, row_number() OVER () AS {NUMBER} FROM ({rows})"


def ordered(con: Any, sources: Sequence[Source], text: str, **how: Any) -> Rows:
    """The rows in the order of expressions (each perhaps followed by DESC); equal ones stay as they come, nulls last.

    Raises:
        UsageError: they are no expressions.
    """
    names = expression.order(con, text)

    def shape(rows: str) -> str:
        rows = ready_for(con, rows, text)
        known_columns(con, rows, names, sources)
        return f"SELECT * FROM ({rows}) ORDER BY {text}\n, {NUMBER}"

    return Shaped(con, sources, shape, reads=few(names), about=f"order {text!r}", **how)


def few(names: Sequence[str]) -> Sequence[str] | None:
    """The columns that are read, each by itself, where that is faster than to take all of a record at once."""
    return names if 0 < len(names) <= 3 else None


def known_columns(con: Any, rows: str, names: Sequence[str], sources: Sequence[Source]) -> list[str]:
    """The columns meant by names, as they are written in the data.

    Raises:
        UsageError: one is not there.
    """
    known = [row[0] for row in con.execute(f"DESCRIBE {rows}").fetchall() if row[0] not in ("#n", ROW)]
    found = []
    for name in names:
        column = expression.match(name, known)
        if column is None:
            raise expression.unknown(name, known, label(sources))
        found.append(column)
    return found or known


def shuffled(con: Any, sources: Sequence[Source], seed: int, **how: Any) -> Rows:
    """The rows in an order that the seed alone decides."""
    return Shaped(
        con, sources, lambda rows: f"SELECT * FROM ({rows}) ORDER BY {_draw(seed)}, {NUMBER}", reads=(), **how
    )


def sampled(con: Any, sources: Sequence[Source], count: int, seed: int, **how: Any) -> Rows:
    """So many rows, each as likely, in their order; the seed decides which."""
    if picked.can_pick(sources, count):
        drawn = f"ORDER BY {_draw(seed)}, {NUMBER} LIMIT {count}"
        return picked.Picked(con, sources, lambda total: f"SELECT {NUMBER} FROM {_numbers(total)} {drawn}", **how)

    def shape(rows: str) -> str:
        return (
            f"SELECT * FROM (SELECT * FROM ({rows}) ORDER BY {_draw(seed)}, {NUMBER} LIMIT {count}) ORDER BY {NUMBER}"
        )

    return Shaped(con, sources, shape, reads=(), **how)


def last(con: Any, sources: Sequence[Source], count: int, **how: Any) -> Rows:
    """So many of the last rows."""
    if picked.can_pick(sources, count):
        return picked.Picked(
            con,
            sources,
            lambda total: f"SELECT {NUMBER} FROM {_numbers(total)} WHERE {NUMBER} > {total - count}",
            **how,
        )

    def shape(rows: str) -> str:
        return f"SELECT * FROM (SELECT * FROM ({rows}) ORDER BY {NUMBER} DESC LIMIT {count}) ORDER BY {NUMBER}"

    return Shaped(con, sources, shape, reads=(), **how)


def _numbers(total: int) -> str:
    return f"range(1, {total + 1}) AS t({NUMBER})"


def _draw(seed: int) -> str:
    """A number for each row: its number's MD5 with the seed, the same on every machine and in every version."""
    return f"md5({seed} || ':' || {NUMBER})"


def distinct(con: Any, sources: Sequence[Source], columns: Sequence[str] = (), **how: Any) -> Rows:
    """The first of the rows that are equal, in all columns or in some.

    Raises:
        UsageError: the query that is made: there is no such column.
    """

    def shape(rows: str) -> str:
        keys = ", ".join(map(engine.identifier, known_columns(con, rows, columns, sources)))
        first = f"SELECT min({NUMBER}) FROM ({rows}) GROUP BY {keys}"
        return f"SELECT * FROM ({rows}) WHERE {NUMBER} IN ({first}) ORDER BY {NUMBER}"

    return Shaped(con, sources, shape, reads=few(columns), **how)


def asked(con: Any, sources: Sequence[Source], query: str, **how: Any) -> Rows:
    """What a whole query answers; the sources together are its table ``data``.

    Raises:
        UsageError: it is no query.
    """
    expression.whole_query(con, query)

    def asks(rows: str) -> str:
        return f"WITH data AS ({ready_for(con, rows, query)}) {query}"

    return Rows(con, sources, asks, about="the query", **how)


@contextlib.contextmanager
def cleaned(con: Any, sources: Sequence[Source], on_bad: OnBad | None) -> Iterator[list[Source]]:
    """The sources without their bad rows, each told of: JSON Lines, CSV, TSV and text are copied without them.

    Raises:
        HftermError: a source cannot be read.
    """
    from hfterm.data.media.skipping import skip_bad

    if on_bad is not None:
        skip_bad(con, on_bad)
    if on_bad is None or not any(source.format in ("jsonl", *LINED) for source in sources):
        yield list(sources)
        return
    plan = as_they_are(label(sources))
    with contextlib.ExitStack() as stack:
        clean = []
        for source in sources:
            if source.format not in ("jsonl", *LINED):
                clean.append(source)
                continue
            paths = []
            for path in source.paths:
                spool = stack.enter_context(tempfile.NamedTemporaryFile(prefix="hfterm-", suffix=f".{source.format}"))
                if source.format == "jsonl":
                    for part in Pipeline(con, lambda known: plan, on_bad=on_bad).run(blocks(path)):
                        spool.write(part)
                else:
                    csv_files.clean(path, source.format, on_bad, spool)
                spool.flush()
                paths.append(spool.name)
            clean.append(source._replace(paths=tuple(paths)))
        yield clean


def counted(con: Any, source: Source, **how: Any) -> int:
    """How many rows a source has.

    Raises:
        HftermError: a row cannot be read.
    """
    if source.format == "jsonl":
        plan = Plan(source.label, f"SELECT count(*)::VARCHAR FROM {ROWS}")
        on_bad = how.get("on_bad")
        total = 0
        for path in source.paths:
            for part in Pipeline(con, lambda known: plan, on_bad=on_bad).run(blocks(path)):
                total += sum(map(int, part.split()))
        return total
    with Tables(con, all_text=True) as tables, tables.errors([source], source.label):
        return int(con.execute(f"SELECT count(*) FROM ({tables.query(source)})").fetchall()[0][0])


def columns(con: Any, sources: Sequence[Source], *, all_text: bool = False) -> list[dict[str, Any]]:
    """The columns: name, SQL type, how many values are null, all of them looked at."""
    with Tables(con, all_text=all_text) as tables, tables.errors(sources, label(sources)):
        rows = tables.several(list(sources))
        said = [row for row in con.execute(f"DESCRIBE {rows}").fetchall() if row[0] != ROW]
        counts = ", ".join(f"count(*) - count({engine.identifier(row[0])})" for row in said)
        nulls = con.execute(f"SELECT {counts} FROM ({rows})").fetchall()[0] if said else ()
        kinds = {row[0]: row[1] for row in said}
        if any("BLOB" in kind for kind in kinds.values()):
            from hfterm.data.media import tables as media

            kinds = media.kinds(con, rows, kinds)
    return [{"column": name, "type": kind, "nulls": n} for (name, kind), n in zip(kinds.items(), nulls, strict=True)]
