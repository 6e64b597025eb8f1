"""JSON Lines through an expression, block by block: exact, in order, in bounded memory, at the engine's speed.

A record that is kept is written as it was read, byte for byte; only what an expression makes is made anew.
"""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

from hfterm.data import engine, expression
from hfterm.data.blocks import Block, Scratch
from hfterm.data.emit import PLAIN, added, json_object, json_value
from hfterm.data.structure import ROW, WHOLE, Structure, misfits, structure_of, typed, wider
from hfterm.errors import HftermError, UsageError, one_line
from hfterm.records import BadRecord, parse_json

T = TypeVar("T")

# So many rows of the first block tell what the fields are.
SAMPLE_ROWS = 1000
# Stands for the rows in a plan's query; nothing that a user can type.
ROWS = "\0rows\0"
MOST_WORKERS = 4


class Plan(NamedTuple):
    """What is done with each row: SQL over typed columns and ``#row``.

    ``query`` is everything around the rows, with ``ROWS`` in their place; its one column is the JSON text to
    write. ``columns`` are those that it names; ``raw`` those whose JSON text it wants as ``#raw NAME``.
    ``same``: what comes out is what goes in.
    """

    about: str
    query: str
    columns: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()
    same: bool = False


# Makes a plan out of the fields of the first rows.
Planner = Callable[[Structure], Plan]
# Is told of a row that is left out: source, line (from 1), why, the line.
OnBad = Callable[[str, int, str, bytes], None]


class Pipeline:
    """Blocks of JSON Lines in, lines of JSON out."""

    def __init__(self, con: Any, planner: Planner, *, workers: int | None = None, on_bad: OnBad | None = None) -> None:
        self.con, self.planner, self.on_bad = con, planner, on_bad
        self.workers = workers or min(engine.cores(), MOST_WORKERS)
        self.kinds: Structure = {}
        self.plan: Plan | None = None
        self._lock = threading.Lock()
        self._spare: list[tuple[Any, Scratch, Scratch]] = []
        self._all: list[tuple[Any, Scratch, Scratch]] = []

    def run(self, blocks: Iterator[Block]) -> Iterator[bytes]:
        """The lines that come out, in the order of those that went in.

        Raises:
            BadRecord: a row cannot be read. UsageError: the expression is wrong. HftermError.
        """
        waiting: deque[Future[bytes]] = deque()
        pool = ThreadPoolExecutor(self.workers, thread_name_prefix="hfterm-data")
        ((threads,),) = self.con.execute("SELECT current_setting('threads')").fetchall()
        # The workers are the threads: more of the engine's own only wait for a share of so small a block.
        self.con.execute("SET threads = 1")
        try:
            for block in blocks:
                if self.plan is None and not self.begin(block):
                    continue
                waiting.append(pool.submit(self.one, block))
                while waiting and (not block.more or len(waiting) > self.workers):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
            for con, _, _ in list(self._all):
                con.interrupt()
            pool.shutdown(wait=True)
            self.close()
            self.con.execute(f"SET threads = {threads}")

    def close(self) -> None:
        """Give back what the work on blocks took."""
        for con, source, target in self._all:
            con.close()
            source.close()
            target.close()

    def begin(self, block: Block) -> bool:
        """Learn the fields from the first rows and make the plan; False: the block has no rows.

        Raises:
            As :meth:`run`.
        """
        head = b"\n".join(block.data.split(b"\n", SAMPLE_ROWS)[:SAMPLE_ROWS])
        if not head.strip():
            return False
        self.kinds = self._fields(block.with_data(head))
        try:
            self.plan = self.planner(self.kinds)
        except UsageError:
            if len(head) + 1 >= len(block):
                raise
            self.kinds = self._fields(block)  # a field that the first rows lack
            self.plan = self.planner(self.kinds)
        return True

    def _fields(self, block: Block) -> Structure:
        """What the fields of these rows are; bad ones are told of when they are worked on."""
        on_bad, self.on_bad = self.on_bad, self.on_bad and (lambda *row: None)
        try:
            found: Structure = self._retried(block, lambda con, rows, *_: structure_of(con, rows)) or {}
            return found
        finally:
            self.on_bad = on_bad

    # --- one block --------------------------------------------------------------------------

    def one(self, block: Block) -> bytes:
        """What comes out of one block, once there is a plan.

        Raises:
            As :meth:`run`.
        """
        return self._retried(block, self._execute) or b""

    def _execute(self, con: Any, rows: str, target: Scratch, block: Block) -> bytes:
        assert self.plan is not None
        with self._lock:
            kinds = {name: self.kinds[name] for name in self.plan.columns}
        query = self.plan.query.replace(ROWS, f"({typed(rows, kinds, self.plan.raw)})")
        if self.plan.same:
            # Rows are read without the white space around them: so many bytes in all say that there is none.
            row = engine.identifier(ROW)
            ((size,),) = con.execute(f"SELECT sum(strlen({row}) + 1) FROM ({query})").fetchall()
            data = block.data if block.data.endswith(b"\n") else block.data + b"\n"
            if size == len(data):
                return data
        con.execute(f"COPY ({query}) TO {engine.literal(target.path)} {PLAIN}")
        return target.read()

    def _retried(self, block: Block, do: Callable[[Any, str, Scratch, Block], T]) -> T | None:
        """Do something with a block; when rows are bad leave them out, when a column is too narrow widen it.

        None: no row is left.
        """
        duckdb = engine.library()
        con, source, target = self._take()
        try:
            while True:
                block.into(source)
                target.write(b"")
                with self._lock:
                    kinds = dict(self.kinds)
                rows = _rows(source.path, len(block))
                try:
                    return do(con, rows, target, block)
                except duckdb.InterruptException:
                    raise
                except duckdb.Error as exc:
                    block = self._answer(exc, block, con, rows, kinds)
                    if not block.data.strip():
                        return None
        finally:
            self._spare.append((con, source, target))

    def _take(self) -> tuple[Any, Scratch, Scratch]:
        with self._lock:
            if self._spare:
                return self._spare.pop()
            made = (self.con.cursor(), Scratch(), Scratch())
            self._all.append(made)
            return made

    def _answer(self, exc: Exception, block: Block, con: Any, rows: str, kinds: Structure) -> Block:
        """The block to try again with; raises when there is no way on. ``kinds`` are those that it was tried with."""
        duckdb = engine.library()
        bad = unreadable(block)
        if bad:
            return self._without(block, bad)
        if self.plan is not None and isinstance(
            exc, duckdb.ConversionException | duckdb.InvalidInputException | duckdb.OutOfRangeException
        ):
            wrong = self._widen(block, con, rows)
            if wrong is not None:
                return self._without(block, wrong)
            with self._lock:
                if self.kinds != kinds:  # another block has widened the column meanwhile
                    return block
        if isinstance(exc, duckdb.InvalidInputException) and "alformed JSON" in str(exc):
            raise HftermError(
                f"cannot read {block.source}: near line {block.first}: {one_line(str(exc).rpartition(':')[2])}"
            )
        with engine.errors(self.plan.about if self.plan else block.source):
            raise exc
        raise AssertionError

    def _without(self, block: Block, bad: dict[int, str]) -> Block:
        """The block without its bad rows (index of the line to why), each told of.

        Line numbers of later errors stay right, because an empty line takes each one's place.
        """
        lines = block.data.split(b"\n")
        for at, why in sorted(bad.items()):
            if self.on_bad is None:
                raise BadRecord(block.source, block.first + at, why)
            self.on_bad(block.source, block.first + at, why, lines[at])
            lines[at] = b""
        return block.with_data(b"\n".join(lines))

    def _widen(self, block: Block, con: Any, rows: str) -> dict[int, str] | None:
        """Widen the columns that a value did not fit; the rows with values that none holds, None: nothing was found."""
        assert self.plan is not None
        found, bad = False, dict[int, str]()
        places: list[int] = []
        for name in self.plan.columns:
            with self._lock:
                kind = self.kinds[name]
            if kind not in (*WHOLE, "DOUBLE", "BOOLEAN"):
                continue
            for number, text in con.execute(misfits(rows, name, kind)).fetchall():
                found = True
                better = _kind_of(text)
                if kind == "BOOLEAN" or better is None:
                    places = places or [at for at, line in enumerate(block.data.split(b"\n")) if line.strip()]
                    what = "true or false" if kind == "BOOLEAN" else "numbers"
                    value = text if len(text) <= 40 else f"{text[:40]}..."
                    bad[places[number - 1]] = f"has {one_line(value)} in column {name!r}, which held {what} before"
                else:
                    with self._lock:
                        self.kinds[name] = wider(self.kinds[name], better)
        return bad if found else None


def _rows(path: str, length: int) -> str:
    return (
        f"SELECT json FROM read_ndjson_objects({engine.literal(path)}, format = 'newline_delimited', "
        f"maximum_object_size = {length + 16})"
    )


def _kind_of(text: str) -> str | None:
    """The kind of a number's text; None: it is no number."""
    try:
        value = int(text)
    except ValueError:
        try:
            float(text)
        except ValueError:
            return None
        return "DOUBLE"
    return "BIGINT" if -(2**63) <= value < 2**63 else "HUGEINT" if -(2**127) <= value < 2**127 else "DOUBLE"


def unreadable(block: Block) -> dict[int, str]:
    """Which lines are no JSON object, and why (index of the line to why)."""
    bad: dict[int, str] = {}
    for at, line in enumerate(block.data.split(b"\n")):
        if not line.strip():
            continue
        try:
            row = parse_json(line.decode("utf-8"))
        except UnicodeDecodeError as exc:
            bad[at] = f"is not UTF-8 (byte 0x{line[exc.start]:02x} at column {exc.start + 1})"
        except ValueError as exc:
            bad[at] = f"is not JSON ({exc})"
        else:
            if not isinstance(row, dict):
                bad[at] = "is not a JSON object"
            elif b"\\u" in line and _torn(row):
                bad[at] = "holds half of a surrogate pair"
    return bad


def _torn(row: object) -> bool:
    """Whether a text in it cannot be written as UTF-8."""
    try:
        json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


# --- plans ----------------------------------------------------------------------------------


def keeping(con: Any, text: str, label: str) -> Planner:
    """Keep the rows that a condition is true of, as they are.

    Raises:
        UsageError: it is no condition; the planner: it names a column that is not there.
    """
    found = expression.condition(con, text)

    def plan(known: Structure) -> Plan:
        names, row = _named(found.columns, known, label)
        about = f"condition {text!r}"
        rows = _with_row() if row else ROWS
        return Plan(about, f"SELECT {engine.identifier(ROW)} FROM {rows} WHERE ({text}\n)", names)

    return plan


def making(con: Any, text: str, label: str, *, add: bool) -> Planner:
    """Make columns by expressions: only these, or (``add``) these beside the others of each record.

    Raises:
        UsageError: as :func:`keeping`, or a star, which in records stands for nothing known.
    """
    found = expression.parse(con, text)

    def plan(known: Structure) -> Plan:
        if any(item.star for item in found.items):
            raise UsageError(
                f"expression {text!r}: in JSON records * stands for nothing known",
                "hfterm data map keeps the other fields; select --drop leaves some out",
            )
        names, row = _named(found.columns, known, label)
        outputs = _outputs(con, text, found, known, names)
        raw = {at: expression.match(item.plain, known) for at, item in enumerate(found.items) if item.plain}
        plain = tuple(name for name in raw.values() if name is not None)
        letters = [f"o{at}" for at in range(len(found.items))]
        keep = [ROW, *(f"#raw {name}" for name in dict.fromkeys(plain))]
        inner = _with_row() if row else ROWS
        kept = ", ".join(f"{engine.identifier(name)} AS k{at}" for at, name in enumerate(keep))
        made = f"SELECT {kept}, {text}\nFROM {inner}"
        aliases = ", ".join([*(f"k{at}" for at in range(len(keep))), *letters])
        values = [
            f"k{keep.index(f'#raw {raw[at]}')}" if raw.get(at) is not None else json_value(letter, outputs[at][1])
            for at, letter in enumerate(letters)
        ]
        names_made = [name for name, _ in outputs]
        body = added("k0::VARCHAR", names_made, values) if add else json_object(names_made, values)
        return Plan(f"expression {text!r}", f"SELECT {body} FROM ({made}) AS t({aliases})", names, plain)

    return plan


def as_they_are(label: str) -> Plan:
    """Every row, as it was read."""
    return Plan(label, f"SELECT {engine.identifier(ROW)} FROM {ROWS}", same=True)


def _with_row() -> str:
    """The rows with the whole record as their column ``row``."""
    return f'(SELECT *, {engine.identifier(ROW)}::JSON AS "row" FROM {ROWS})'


def _named(columns: tuple[str, ...], known: Structure, label: str) -> tuple[tuple[str, ...], bool]:
    """The fields that an expression names, as they are written in the data; and whether it names the whole ``row``."""
    names: list[str] = []
    row = False
    for column in columns:
        found = expression.match(column, known)
        if found is not None:
            names.append(found)
        elif column == "row":
            row = True
        else:
            raise expression.unknown(column, known, f"the first rows of {label}", f"row->>'{column}' reads any field")
    return tuple(dict.fromkeys(names)), row


def _outputs(
    con: Any, text: str, found: expression.Expressions, known: Structure, names: tuple[str, ...]
) -> list[tuple[str, str]]:
    """The name and SQL type of each value made; an unnamed expression of one column takes that column's name."""
    query = typed("SELECT NULL::JSON AS json WHERE false", {name: known[name] for name in names})
    rows = f'SELECT *, {engine.identifier(ROW)}::JSON AS "row" FROM ({query})'
    with engine.errors(f"expression {text!r}"):
        said = con.execute(f"DESCRIBE SELECT {text}\nFROM ({rows})").fetchall()
    return list(zip(expression.names(found, [row[0] for row in said], known), [row[1] for row in said], strict=True))
