"""What runs on the machines of a cluster. Everything here takes and returns plain values, errors among them."""

import contextlib
import functools
import os
import sys
import tempfile
from collections.abc import Callable
from typing import Any, NamedTuple

from hfterm.data import emit, engine
from hfterm.data.blocks import Block, Scratch, part
from hfterm.data.lines import Pipeline, Plan
from hfterm.data.python import named
from hfterm.data.python.calls import Answer, Caller, Chunk, Failure, Job
from hfterm.data.structure import Structure
from hfterm.errors import HftermError, translate

# The name that a piece of a table has in a task's engine.
BATCH = "hfterm_batch"


class Piece(NamedTuple):
    """Lines of JSON: themselves (with the number of the first one), or their place in a file."""

    source: str
    data: bytes | None
    first: int = 0
    path: str = ""
    at: int = 0
    length: int = 0

    def block(self) -> Block:
        """The lines, to be read.

        Raises:
            HftermError: this machine does not have the file.
        """
        if self.data is not None:
            return Block(self.source, self.data, self.first, True)
        try:
            return part(self.path, self.source, self.at, self.length)
        except (OSError, ValueError) as exc:
            raise HftermError(
                f"a machine of the cluster ({os.uname().nodename}) does not have the file {self.path}",
                "keep it where all of them see it, or pipe the rows in",
            ) from exc


class Out(NamedTuple):
    """What a task made: lines or a table; rows left out (source, number, why, line); or why it failed.

    ``kinds``: what it took the columns for in the end, where that is wider than what it was told.
    """

    made: Any
    bad: list[tuple[str, int, str, bytes]]
    failure: Failure | None = None
    kinds: Structure | None = None


@functools.cache
def connection() -> Any:
    """The engine of this process, for one task at a time."""
    con = engine.connect(threads=1)
    con.execute("SET arrow_lossless_conversion = true")
    return con


def told(do: Callable[..., Out]) -> Callable[..., Out]:
    """A function whose errors are values, as far as users can cause them."""

    @functools.wraps(do)
    def run(*args: Any) -> Out:
        try:
            return do(*args)
        except Exception as exc:
            known = translate(exc)
            if known is None:
                raise
            return Out(None, [], Failure(known.message, known.hint, known.exit_code))

    return run


@told
def lines(plan: Plan, kinds: Structure, skip: bool, piece: Piece) -> Out:
    """Lines of JSON through a plan, as :class:`hfterm.data.lines.Pipeline` takes them on one machine."""
    bad: list[tuple[str, int, str, bytes]] = []
    pipeline = Pipeline(connection(), lambda known: plan, on_bad=(lambda *row: bad.append(row)) if skip else None)
    pipeline.plan, pipeline.kinds = plan, dict(kinds)
    try:
        made = pipeline.one(piece.block())
        return Out(made, bad, kinds=pipeline.kinds if pipeline.kinds != kinds else None)
    finally:
        pipeline.close()


@told
def rows(query: str, text: str, about: str, as_text: bool, table: Any) -> Out:
    """A piece of a table through a query over ``BATCH``; ``as_text``: as lines of JSON.

    ``text`` is the user's own, whose functions the query names.
    """
    from hfterm.data.media import functions

    con = connection()
    engine.register(con, BATCH, table)
    try:
        with engine.errors(about):
            functions.prepared(con, f"SELECT * FROM {BATCH}", text)
            return Out(written(con, query) if as_text else arrow(con, query), [])
    finally:
        con.unregister(BATCH)


def written(con: Any, query: str) -> bytes:
    """The rows of a query as lines of JSON."""
    return plain(con, emit.as_json(con, query))


def plain(con: Any, query: str) -> bytes:
    """The one text column of a query, a row a line."""
    target = Scratch()
    try:
        con.execute(f"COPY ({query}) TO {engine.literal(target.path)} {emit.PLAIN}")
        return target.read()
    finally:
        target.close()


def arrow(con: Any, query: str) -> Any:
    """The rows of a query as an Arrow table."""
    return engine.relation(con, query).to_arrow_table()


def call(job: Job, code: str | None, chunk: Chunk) -> Answer:
    """Records through a Python function; ``code`` is that of its file, for machines that do not have it."""
    with contextlib.redirect_stdout(sys.stderr):
        try:
            caller = _caller(job, code)
        except HftermError as exc:
            return Answer(b"", [], [], Failure(exc.message, exc.hint, exc.exit_code), 0.0)
        return caller(chunk)


@functools.cache
def _caller(job: Job, code: str | None) -> Caller:
    place = job.function
    if place.file is not None and not os.path.exists(place.file) and code is not None:
        folder = tempfile.mkdtemp(prefix="hfterm-")
        file = os.path.join(folder, os.path.basename(place.file))
        with open(file, "w", encoding="utf-8") as stream:
            stream.write(code)
        job = job._replace(function=place._replace(file=file))
    return Caller(job, named.load(job.function))


def parted(table: Any, keys: list[str], number: str, parts: int) -> list[Any]:
    """The keys and numbers of a table's rows, in so many tables; equal keys are in the same one."""
    con = connection()
    engine.register(con, BATCH, table)
    try:
        names = ", ".join(map(engine.identifier, keys))
        query = f"SELECT {names}, {number}, hash({names}) % {parts} AS {engine.identifier('#part')} FROM {BATCH}"
        whole = arrow(con, query)
    finally:
        con.unregister(BATCH)
    import pyarrow.compute as pc

    at = whole.column("#part")
    slim = whole.drop_columns(["#part"])
    return [slim.filter(pc.equal(at, part)) for part in range(parts)]


def first(keys: list[str], number: str, *tables: Any) -> Any:
    """The numbers of the first row of each key in tables, in their order (an array of ``numpy``)."""
    import pyarrow as pa

    con = connection()
    engine.register(con, BATCH, pa.concat_tables(tables))
    try:
        names = ", ".join(map(engine.identifier, keys))
        query = f"SELECT min({number}) AS n FROM {BATCH} GROUP BY {names} ORDER BY n"
        return arrow(con, query).column("n").to_numpy()
    finally:
        con.unregister(BATCH)


@told
def picked(table: Any, kept: Any, number: str, row: str | None, as_text: bool) -> Out:
    """The rows with these numbers, without the numbers: their own texts (column ``row``), JSON, or a table."""
    import pyarrow as pa
    import pyarrow.compute as pc

    name = number.strip('"')
    left = table.filter(pc.is_in(table.column(name), pa.array(kept)))
    con = connection()
    engine.register(con, BATCH, left)
    try:
        if row is not None:
            return Out(plain(con, f"SELECT {engine.identifier(row)} FROM {BATCH}"), [])
        query = f"SELECT * EXCLUDE ({number}) FROM {BATCH}"
        return Out(written(con, query) if as_text else arrow(con, query), [])
    finally:
        con.unregister(BATCH)
