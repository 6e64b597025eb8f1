"""A chunk of rows through a function: what comes out, what was left out, what failed."""

import itertools
import json
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

from hfterm.data.blocks import Block
from hfterm.data.lines import unreadable
from hfterm.data.python import named as naming
from hfterm.data.python import results
from hfterm.errors import HftermError

Kind = Literal["map", "filter"]


class Job(NamedTuple):
    """What is done with each row.

    ``batched``: the function takes ``batch_size`` rows as a dict of lists. ``replace``: rows hold what it returns
    and nothing else. ``skip``: rows that fail are left out. ``unit``: what the rows' numbers count.
    """

    function: naming.Named
    kind: Kind
    batched: bool = False
    batch_size: int = 1000
    replace: bool = False
    skip: bool = False


class Place(NamedTuple):
    """Rows one behind the other in one source: ``unit`` (line or row) ``first`` and so on, ``rows`` in all."""

    source: str
    unit: str
    first: int
    rows: int


class Chunk(NamedTuple):
    """Records, a line each, none of them blank; where they come from. ``more``: others can be had without waiting."""

    lines: list[bytes]
    places: list[Place]
    more: bool = True

    @property
    def label(self) -> str:
        """Where its rows are, in words: ``lines 1 to 20 of rows.jsonl``."""
        return span([(p.source, p.unit, p.first, p.first + p.rows - 1) for p in self.places])


class Failure(NamedTuple):
    """Why it does not go on: the parts of the error, and the traceback in the user's code if there is one."""

    message: str
    hint: str | None
    exit_code: int
    trace: str = ""

    def error(self) -> HftermError:
        """The error to raise; the traceback is its cause."""
        made = HftermError(self.message, self.hint)
        made.exit_code = self.exit_code
        if self.trace:
            made.__cause__ = Trace(self.trace)
        return made


class Trace(Exception):
    """The traceback of another process."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


class Answer(NamedTuple):
    """What came out of a chunk: whole lines; the places in the chunk of those kept (of a filter); rows left out.

    ``bad``: source, number, why, line of each. ``seconds`` it took.
    """

    data: bytes
    kept: list[int]
    bad: list[tuple[str, int, str, bytes]]
    failure: Failure | None
    seconds: float


class _Row(NamedTuple):
    at: int
    source: str
    unit: str
    number: int
    line: bytes


def span(parts: Sequence[tuple[str, str, int, int]]) -> str:
    """Rows in words; each part is a source, a unit, the first and the last number."""
    source, unit, first, last = parts[0]
    if len(parts) > 1:
        return f"{unit} {first} of {source} to {parts[-1][1]} {parts[-1][3]} of {parts[-1][0]}"
    return f"{unit} {first} of {source}" if first == last else f"{unit}s {first} to {last} of {source}"


class Caller:
    """A function and what it is for."""

    def __init__(self, job: Job, function: Callable[[Any], Any]) -> None:
        self.job, self.function = job, function

    def __call__(self, chunk: Chunk) -> Answer:
        """Take the rows of a chunk through the function, in their order."""
        started = time.monotonic()
        self.out: list[bytes] = []
        self.kept: list[int] = []
        self.bad: list[tuple[str, int, str, bytes]] = []
        failure = None
        try:
            rows = self._rows(chunk)
            size = self.job.batch_size if self.job.batched else 1
            while batch := list(itertools.islice(rows, size)):
                self._several([row for row in batch if row is not None])
        except _Stop as exc:
            failure = exc.failure
        data = b"\n".join(self.out) + b"\n" if self.out else b""
        return Answer(data, self.kept, self.bad, failure, time.monotonic() - started)

    def _rows(self, chunk: Chunk) -> Iterator[tuple[_Row, dict[str, Any]] | None]:
        """The rows and the records in them; None for one that cannot be read."""
        lines = enumerate(chunk.lines)
        for place in chunk.places:
            for number, (at, line) in zip(range(place.first, place.first + place.rows), lines, strict=False):
                row = _Row(at, place.source, place.unit, number, line)
                yield self._read(row)

    def _read(self, row: _Row) -> tuple[_Row, dict[str, Any]] | None:
        try:
            value = json.loads(row.line)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict) or b"\\ud" in row.line.lower():
            why = unreadable(Block(row.source, row.line, row.number, False)).get(0)
            if why is not None:
                if not self.job.skip:
                    hint = "skip such lines with --skip-bad"
                    raise _Stop(Failure(f"cannot read {row.source}: {row.unit} {row.number} {why}", hint, 1))
                self.bad.append((row.source, row.number, why, row.line))
                return None
        return row, value or {}

    def _several(self, rows: list[tuple[_Row, dict[str, Any]]]) -> None:
        if not rows:
            return
        try:
            if self.job.batched:
                self._batch(rows)
            else:
                self._one(*rows[0])
        except (Exception, SystemExit) as exc:
            self._failed(rows, exc)

    def _failed(self, rows: list[tuple[_Row, dict[str, Any]]], exc: BaseException) -> None:
        """Go on without the rows that fail (those of a batch are tried one by one), or stop."""
        job = self.job
        if job.skip and len(rows) > 1 and not isinstance(exc, MemoryError):
            for one in rows:
                # Read anew: the function may have changed the record.
                self._several([(one[0], json.loads(one[0].line))])
            return
        if isinstance(exc, results.WrongResult):
            said, hint = f"{job.function.label}: {exc.message}", exc.hint
        else:
            said, hint = naming.where(exc, job.function), None
        first, last = rows[0][0], rows[-1][0]
        no_memory = isinstance(exc, MemoryError) or "OutOfMemory" in type(exc).__name__
        if job.skip and not no_memory:
            self.bad.append((first.source, first.number, f"makes {job.function.name} fail ({said})", first.line))
            return
        same = first.source == last.source
        parts = [(first.source, first.unit, first.number, last.number if same else first.number)]
        if not same:
            parts.append((last.source, last.unit, last.number, last.number))
        trace = "" if isinstance(exc, results.WrongResult) else "".join(traceback.format_exception(exc))
        hint = "lower --num-proc or --batch-size" if no_memory else hint or "leave such rows out with --skip-bad"
        raise _Stop(Failure(f"{said} (at {span(parts)})", hint, 8 if no_memory else 1, trace))

    def _one(self, row: _Row, value: dict[str, Any]) -> None:
        names = frozenset(value)
        result = self.function(value)
        if self.job.kind == "filter":
            if result:
                self._keep(row)
            return
        made = results.rows_of(result)
        if made is None:
            self.out.append(row.line)
        else:
            self.out += [results.merged(row.line, names, one, self.job.replace) for one in made]

    def _batch(self, rows: list[tuple[_Row, dict[str, Any]]]) -> None:
        columns = list(dict.fromkeys(name for _, value in rows for name in value))
        names = [frozenset(value) for _, value in rows]
        result = self.function({name: [value.get(name) for _, value in rows] for name in columns})
        if self.job.kind == "filter":
            for (row, _), keep in zip(rows, results.truths(result, len(rows)), strict=True):
                if keep:
                    self._keep(row)
            return
        made = results.batch_rows(result, len(rows), columns, self.job.replace)
        if made is None:
            self.out += [row.line for row, _ in rows]
        elif len(made) != len(rows):
            self.out += [results.dumps(dict(one)) for one in made]
        else:
            self.out += [
                results.merged(row.line, known, one, self.job.replace)
                for (row, _), known, one in zip(rows, names, made, strict=True)
            ]

    def _keep(self, row: _Row) -> None:
        self.out.append(row.line)
        self.kept.append(row.at)


class _Stop(Exception):
    """It does not go on."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure
