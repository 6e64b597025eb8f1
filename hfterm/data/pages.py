"""The rows of any sources by their number, at once and from anywhere, and a search through them."""

import contextlib
import json
import os
import re
import select
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from hfterm.data import engine, expression
from hfterm.data.blocks import Scratch, open_bytes
from hfterm.data.expression import is_utf8
from hfterm.data.page_lines import Found, LinePages, raw_pattern
from hfterm.data.page_tables import ArrowPages, ParquetPages
from hfterm.data.rows import whole
from hfterm.data.source import Source
from hfterm.errors import HftermError, one_line, translate
from hfterm.text import to_json

_LINED = ("jsonl", "csv", "tsv", "text")
_CHUNK_ROWS = 64
_CHUNKS = 64
# So many rows are looked through at once by a search.
_WINDOW_ROWS = 4096
_SAMPLE_ROWS = 200
_COPY_BYTES = 1 << 20
_WAIT_SECONDS = 0.1
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")


class _Part(Protocol):
    rows: int
    done: bool
    textual: bool

    def index(self, stop: Callable[[], bool]) -> None: ...
    def read(self, start: int, count: int) -> list[Found]: ...
    def lines(self, start: int, count: int) -> bytes | None: ...
    def around(self, start: int, count: int) -> bytes | None: ...


class Pages:
    """Rows in the order of their sources, numbered from 0. An index is made in a thread, from :meth:`start` on.

    ``rows`` are those known so far, ``done`` says that there are no more, ``problem`` why the index ended too early.
    """

    def __init__(self, con: Any, sources: Sequence[Source]) -> None:
        self.con, self.sources = con, list(sources)
        self.done, self.problem = False, ""
        self._parts: list[_Part] = []
        self._spools = contextlib.ExitStack()
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._cache: OrderedDict[int, list[Found]] = OrderedDict()
        self._thread = threading.Thread(target=self._work, name="hfterm-pages", daemon=True)

    def start(self) -> None:
        """Begin to look for rows."""
        self._thread.start()

    def close(self) -> None:
        """Stop looking, and take copies away."""
        self._stopped.set()
        if self._thread.ident is not None:
            self.con.interrupt()
            self._thread.join(2)
        self._spools.close()

    @property
    def rows(self) -> int:
        """How many rows are known so far."""
        return sum(max(0, part.rows) for part in list(self._parts))

    # The index.

    def _work(self) -> None:
        try:
            for source in self.sources:
                for path in source.paths:
                    if self._stopped.is_set():
                        return
                    self._add(source, path)
        except Exception as exc:
            known = translate(exc)
            self.problem = str(known) if known else f"{type(exc).__name__}: {one_line(exc)}"
        finally:
            self.done = True

    def _add(self, source: Source, path: str) -> None:
        here = path != "-" and os.path.isfile(path) and is_utf8(path)
        if here and source.format == "parquet":
            self._parts.append(ParquetPages(path))
        elif here and source.format == "arrow":
            self._parts.append(ArrowPages(path))
        elif source.format not in _LINED:
            self._spool("jsonl", self._as_lines(source._replace(paths=(path,))))
        elif here and not _is_packed(path):
            part = LinePages(path, source.format)
            self._parts.append(part)
            part.index(self._stopped.is_set)
        else:
            self._spool(source.format, _bytes_of(path, self._stopped))

    def _spool(self, format: str, blocks: Iterator[bytes]) -> None:
        """Rows that cannot be read again from where they come: a copy of them, which grows."""
        try:
            copy = self._spools.enter_context(
                tempfile.NamedTemporaryFile(prefix="hfterm-", suffix=f".{format}")  # noqa: SIM115
            )
            part = LinePages(copy.name, format)
            self._parts.append(part)
            held = b""
            for block in blocks:
                if self._stopped.is_set():
                    return
                copy.write(block)
                copy.flush()
                held = held + block if not part.read_bytes else block
                if part.read_bytes or b"\n" in held:  # a header is read when it is whole
                    part.feed(held)
                    held = b""
            if held and not part.read_bytes:
                part.feed(held)
            part.finish()
        except OSError as exc:
            raise HftermError(f"cannot keep the rows: {exc.strerror}", "point TMPDIR at a larger disk") from exc

    def _as_lines(self, source: Source) -> Iterator[bytes]:
        return whole(self.con, [source]).lines()

    # Reading.

    def row(self, number: int) -> Found | None:
        """A row; None: it is not known (yet).

        Raises:
            HftermError: the file cannot be read.
        """
        at = number // _CHUNK_ROWS
        with self._lock:
            chunk = self._cache.get(at)
            if chunk is None or len(chunk) <= number % _CHUNK_ROWS:
                chunk = self._read(at * _CHUNK_ROWS, _CHUNK_ROWS)
                self._cache[at] = chunk
                while len(self._cache) > _CHUNKS:
                    self._cache.popitem(last=False)
            self._cache.move_to_end(at)
        return chunk[number % _CHUNK_ROWS] if number % _CHUNK_ROWS < len(chunk) else None

    def columns(self) -> list[str]:
        """The columns of the first rows, in the order in which they come."""
        names: dict[str, None] = {}
        for number in range(min(self.rows, _SAMPLE_ROWS)):
            found = self.row(number)
            names |= dict.fromkeys(found.value if found else ())
        return list(names)

    def _read(self, start: int, count: int) -> list[Found]:
        found: list[Found] = []
        for part, first, most in self._spans(start, count):
            found += part.read(first, most)
        return found

    def _spans(self, start: int, count: int) -> Iterator[tuple[_Part, int, int]]:
        """The parts that hold some of these rows: each with the first of them in it, and how many."""
        before = 0
        for part in list(self._parts):
            rows = max(0, part.rows)
            first = max(0, start - before)
            most = min(rows - first, start + count - before - first)
            if most > 0:
                yield part, first, most
            before += rows

    # Searching.

    def condition(self, text: str) -> None:
        """Look whether a text is a condition over the columns.

        Raises:
            UsageError: it is none, or names a column that is not there.
        """
        known = self.columns()
        for name in expression.condition(self.con, text).columns:
            if expression.match(name, known) is None:
                raise expression.unknown(name, known, "these rows")

    def find(
        self,
        start: int,
        *,
        text: str = "",
        condition: str = "",
        backwards: bool = False,
        stop: Callable[[], bool] = lambda: False,
        tell: Callable[[int], None] = lambda number: None,
    ) -> int | None:
        """The next row, from ``start`` on, that holds a text (in a value, in any case) or that a condition is true of.

        ``tell`` gets how far the search is, as a row's number.

        Raises:
            UsageError: the condition cannot be used on these rows.
        """
        con = self.con.cursor() if condition else None
        scratch = Scratch() if condition else None
        try:
            at = start
            while not stop():
                while not backwards and at >= self.rows and not self.done:
                    if stop() or self._stopped.wait(_WAIT_SECONDS):
                        return None
                known = self.rows
                if at < 0 or at >= known:
                    return None
                low, high = (
                    (max(0, at - _WINDOW_ROWS + 1), at + 1) if backwards else (at, min(at + _WINDOW_ROWS, known))
                )
                spans = list(self._spans(low, high - low))
                for part, first, most in reversed(spans) if backwards else spans:
                    if con is not None and scratch is not None:
                        hits = self._true_of(con, scratch, part, first, most, condition)
                    else:
                        hits = _holding(part, first, most, text)
                    if hits:
                        return self._before(part) + (hits[-1] if backwards else hits[0])
                at = low - 1 if backwards else high
                tell(at)
            return None
        finally:
            if con is not None and scratch is not None:
                con.close()
                scratch.close()

    def _before(self, part: _Part) -> int:
        parts = list(self._parts)
        return sum(max(0, one.rows) for one in parts[: parts.index(part)])

    def _true_of(self, con: Any, scratch: Scratch, part: _Part, first: int, most: int, condition: str) -> list[int]:
        """Those of some rows that a condition is true of."""
        lines = part.lines(first, most)
        if lines is not None and not lines.startswith(b"\n") and b"\n\n" not in lines:
            with contextlib.suppress(engine.library().Error):  # a line that is no JSON object
                scratch.write(lines)
                return [first + n for n in _true_lines(con, scratch.path, condition)]
        rows = part.read(first, most)
        values = [_numbers(row.value) if part.textual else row.value for row in rows]
        scratch.write("".join(to_json(value or {"#": None}) + "\n" for value in values).encode())
        with engine.errors(f"condition {condition!r}"):
            return [first + n for n in _true_lines(con, scratch.path, condition)]


def _true_lines(con: Any, path: str, condition: str) -> list[int]:
    """Which lines of JSON a condition is true of.

    Raises:
        duckdb.Error: as the engine raises it.
    """
    reader = (
        f"read_ndjson({engine.literal(path)}, sample_size = -1, maximum_object_size = {64 << 20}, records = true, "
        "map_inference_threshold = -1, convert_strings_to_integers = false, dateformat = 'hfterm', "
        "timestampformat = 'hfterm')"
    )
    there = [row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {reader}").fetchall()]
    wanted = expression.condition(con, condition).columns
    nulls = "".join(f", NULL AS {engine.identifier(name)}" for name in wanted if expression.match(name, there) is None)
    rows = f'SELECT row_number() OVER () - 1 AS "#n", *{nulls} FROM {reader}'
    query = f'SELECT "#n" FROM ({rows}) WHERE ({condition}\n) ORDER BY 1'
    return [int(row[0]) for row in con.execute(query).fetchall()]


def _numbers(value: dict[str, Any]) -> dict[str, Any]:
    """The values of a CSV row, those that are numbers as numbers."""
    return {name: json.loads(text) if text and _NUMBER.fullmatch(text) else text for name, text in value.items()}


def _holding(part: _Part, first: int, most: int, text: str) -> list[int]:
    """Those of some rows that hold a text in a value."""
    pattern = raw_pattern(text)
    if pattern is not None and (held := part.around(first, most)) is not None and not pattern.search(held):
        return []
    wanted = text.casefold()
    return [first + n for n, row in enumerate(part.read(first, most)) if wanted in _words(row).casefold()]


def _words(row: Found) -> str:
    if row.why:
        return row.text
    return "\n".join(value if isinstance(value, str) else to_json(value) for value in row.value.values())


def _is_packed(path: str) -> bool:
    with open(path, "rb") as stream:
        head = stream.read(4)
    return head[:2] == b"\x1f\x8b" or head == b"\x28\xb5\x2f\xfd"


def _bytes_of(path: str, stop: threading.Event) -> Iterator[bytes]:
    """What a file holds, unpacked; of a pipe as much as there is, and waiting for more can be stopped."""
    stream = open_bytes(path)
    try:
        take = getattr(stream, "read1", stream.read)
        while block := take(_COPY_BYTES):
            yield block
            while path == "-" and not stop.is_set() and not _ready(stream):
                pass
            if stop.is_set():
                return
    finally:
        if path != "-":
            stream.close()


def _ready(stream: Any) -> bool:
    """Whether reading need not wait, after a short time."""
    try:
        return bool(select.select([stream], [], [], _WAIT_SECONDS)[0])
    except (OSError, ValueError):
        return True
