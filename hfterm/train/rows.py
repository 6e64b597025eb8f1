"""The records of a run's data, as every method reads them: one after the other, mapped, checked, in bounded memory."""

import contextlib
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar, cast

from hfterm import records
from hfterm.data.source import Source
from hfterm.errors import CheckFailedError, HftermError
from hfterm.progress import Task
from hfterm.records import BadRecord, Record
from hfterm.train.columns import Mapper
from hfterm.train.data import DataFile
from hfterm.train.recipe import Recipe

_CHECKED = ("sft",)
# So many rows of a table are made into Python objects at once.
_BATCH = 500
_ZSTD = b"\x28\xb5\x2f\xfd"
T = TypeVar("T")
OnBad = Callable[[str, int, str], None]


class BadRow(CheckFailedError):
    """One record cannot be used; ``number`` counts from 1 in its ``source``."""

    def __init__(self, source: str, number: int, why: str, hint: str | None = None) -> None:
        super().__init__(f"{source}: record {number}: {why}", hint)
        self.source, self.number = source, number


class Row(dict[str, Any]):
    """A record that knows its place: its ``source`` and its ``number`` there, from 1."""

    __slots__ = ("number", "source")

    def __init__(self, values: Mapping[str, Any], source: str, number: int) -> None:
        super().__init__(values)
        self.source, self.number = source, number


@dataclass(frozen=True)
class Found:
    """A record as it is read."""

    value: Record
    source: str
    number: int


def read(data: DataFile, recipe: Recipe, task: Task, bad: list[BadRecord]) -> Iterator[Record]:
    """The records of ``data`` in order, counted on ``task``; with ``recipe.skip_bad`` bad ones go to ``bad``.

    Columns are mapped as the recipe says, and each record is checked as 'hfterm data validate' does for the method.
    Of data with a part only the records of that part are given, of the first ``recipe.max_samples`` in all.

    Raises:
        BadRow: a record cannot be read or used. CheckFailedError: there is none. UsageError: no such column.
        HftermError: a file cannot be read.
    """
    mapper, check = Mapper(recipe.columns), _check(recipe)
    given = unusable = 0

    def leave_out(source: str, number: int, why: str) -> None:
        nonlocal unusable
        unusable += 1
        bad.append(BadRecord(source, number, why))

    found = islice(raw(data, leave_out if recipe.skip_bad else None), recipe.max_samples)
    share = recipe.held_out
    for one in found if data.part is None or share is None else part_of(found, data.part, share, recipe.seed):
        task.advance()
        try:
            value = mapper(one.value, one.source, first=not given)
            check(value)
        except HftermError as exc:
            if isinstance(exc, BadRow) or exc.exit_code == 2:
                raise
            if not recipe.skip_bad:
                raise BadRow(one.source, one.number, exc.message, exc.hint) from exc
            leave_out(one.source, one.number, exc.message)
            continue
        given += 1
        yield Row(value, one.source, one.number)
    if not given:
        raise _nothing(data, recipe, unusable)


def look_through(data: DataFile, recipe: Recipe, task: Task) -> None:
    """Read all records once, for what is wrong with them.

    What is made of records takes far longer than to look at them, so a bad one near the end is told of in time.

    Raises:
        As :func:`read`.
    """
    for _ in read(data, recipe, task, []):
        pass


def _nothing(data: DataFile, recipe: Recipe, unusable: int) -> CheckFailedError:
    if unusable:
        return CheckFailedError(f"{data.empty}: no record of it can be used")
    if data.part is None:
        return CheckFailedError(f"{data.empty}: it holds no records")
    what = "held out of" if data.part == "eval" else "left to train on in"
    return CheckFailedError(
        f"nothing is {what} {data.name} by --eval-split {recipe.eval_split}: it holds too few records",
        "choose another share, or name a file: --eval-data",
    )


def first(data: DataFile, recipe: Recipe) -> Record:
    """The first record, with its columns mapped; empty if there is none.

    Raises:
        As :func:`read`.
    """
    if data.is_pack:
        return {"input_ids": []}
    mapper = Mapper(recipe.columns)
    with contextlib.closing(cast(Any, raw(data, lambda *_: None))) as found:
        return next((mapper(one.value, one.source, first=True) for one in found), {})


def part_of(found: Iterator[T], part: str, share: float, seed: int) -> Iterator[T]:
    """The records (or other things) that are (not) held out.

    One of each stretch of ``1 / share`` of them is, drawn by the seed alone: so each part comes in one pass over data
    of any length, and the held-out ones are spread over all of it.
    """
    draw = random.Random(f"held out {seed}")
    end = 0
    chosen, stretch = -1, 0
    for at, one in enumerate(found):
        while at >= end:
            start, stretch = end, stretch + 1
            end = max(start + 1, -int(-stretch / share // 1))
            chosen = draw.randrange(start, end)
        if (at == chosen) == (part == "eval"):
            yield one


def _check(recipe: Recipe) -> Callable[[Record], None]:
    """What finds fault with a record, as 'hfterm data validate' does; other methods than these look themselves."""
    from hfterm.data import checks

    if recipe.METHOD not in _CHECKED or not getattr(recipe, "assistant_only_loss", True):
        return lambda value: None
    return checks.KINDS[recipe.METHOD]()


def raw(data: DataFile, on_bad: OnBad | None = None) -> Iterator[Found]:
    """The records as they are in the files; with ``on_bad`` those that cannot be read are told of and left out.

    Images and sounds are ``{"bytes", "path"}``, as ``datasets`` has them before they are decoded.

    Raises:
        CheckFailedError: a record cannot be read. HftermError: a file cannot.
    """
    for source, shown in data.sources():
        plain = source.format in records.FORMATS and not any(map(_is_zstd, source.paths))
        for at, path in enumerate(source.paths if plain else ()):
            yield from _of_lines(path, source.format, shown[at], on_bad)
        if not plain:
            yield from _of_table(source, on_bad)


def _is_zstd(path: str) -> bool:
    with open(path, "rb") as stream:
        return stream.read(4) == _ZSTD


def _of_lines(path: str, kind: str, shown: str, on_bad: OnBad | None) -> Iterator[Found]:
    def told(exc: BadRecord) -> None:
        assert on_bad is not None
        on_bad(shown, exc.number, exc.message)

    try:
        rows = records.read(path, format=kind, skip_bad=on_bad is not None, on_bad=told)
        for number, row in enumerate(rows, 1):
            # Blank lines part the texts of a file; nothing is learned from them.
            if kind != "text" or row["text"].strip():
                yield Found(row, shown, number)
    except HftermError as exc:
        # The file may be a copy with another name: say the user's.
        exc.message = exc.message.replace(path, shown)
        if isinstance(exc, BadRecord):
            raise CheckFailedError(exc.message, exc.hint) from exc
        raise


def _of_table(source: Source, on_bad: OnBad | None) -> Iterator[Found]:
    from hfterm.data import engine
    from hfterm.data.media import files, functions, skipping
    from hfterm.data.rows import is_empty
    from hfterm.data.table import Tables

    con = engine.connect()
    if on_bad is not None:
        tell = on_bad
        skipping.skip_bad(con, lambda name, number, why, _: tell(name, number, why))
    number = 0
    with Tables(con, all_text=True, once=True) as tables, tables.errors([source], source.label):
        query = tables.several([source])
        if is_empty(con, query):
            return
        media = functions.columns(con, query)
        for batch in engine.relation(con, query).to_arrow_reader(_BATCH if not media else 1):
            for row in batch.to_pylist():
                number += 1
                for name in media:
                    row[name] = _loaded(row[name], files.content)
                yield Found(row, source.label, number)


def _loaded(value: Any, content: Callable[[dict[str, Any]], bytes]) -> Any:
    """A value, or a list of them, with its bytes."""
    if isinstance(value, list):
        return [_loaded(one, content) for one in value]
    return value and {**value, "bytes": content(value)}
