"""Runs the same work on this machine and on the cluster of RAY_ADDRESS: ``ray_runs.py FOLDER`` says what came out.

A process of its own: Ray's threads and handlers are nothing for that of the tests. One line of JSON for each work.
"""

import contextlib
import functools
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hfterm.data import engine, rows, shape, source
from hfterm.data.convert import convert
from hfterm.data.python import named
from hfterm.data.python.calls import Job
from hfterm.data.python.pool import Workers
from hfterm.data.python.run import Called
from hfterm.data.ray.cluster import cluster
from hfterm.data.ray.convert import Writing
from hfterm.data.ray.dedup import Distinct
from hfterm.data.ray.run import Callers, Spread
from hfterm.errors import HftermError

Join = Callable[[], Any]
Bad = list[tuple[Any, ...]]


def filtered(join: Join | None, file: str, text: str, bad: Bad | None = None) -> Any:
    how = {} if bad is None else {"on_bad": lambda *row: bad.append(row)}
    made = rows.filtered(engine.connect(), source.sources([file]), text, **how)
    return made if join is None else Spread(made, join, text)


def made(join: Join | None, file: str, text: str) -> Any:
    one = rows.made(engine.connect(), source.sources([file]), text, add=True)
    return one if join is None else Spread(one, join, text)


def distinct(join: Join | None, file: str, *columns: str) -> Any:
    one = shape.distinct(engine.connect(), source.sources([file]), columns)
    return one if join is None else Distinct(one, columns, join)


def called(join: Join | None, file: str, function: str, kind: Any, **how: Any) -> Any:
    job = Job(named.parse(function), kind, **how)
    pool: Callable[[], Any] = (lambda: Workers(job, 1)) if join is None else (lambda: Callers(join, job))
    return Called(engine.connect, source.sources([file]), job, pool)


def saved(join: Join | None, work: Callable[..., Any], *args: Any) -> list[str]:
    """What a work writes to Parquet: the columns, and the rows."""
    import pyarrow.parquet as parquet

    path = f"{'here' if join is None else 'there'}.parquet"
    work(join, *args).save(path)
    table = parquet.read_table(path)
    return [str([(field.name, str(field.type)) for field in table.schema]), *map(str, table.to_pylist())]


def converted(join: Join | None, file: str, kind: str, shards: int | None) -> list[str]:
    """What a conversion writes: names, and what is in the files."""
    import hashlib

    path = f"{'here' if join is None else 'there'}-{kind}{'' if shards else '.' + kind}"
    writing = None if join is None else Writing(join)
    rows_made = convert(engine.connect(), source.sources([file]), path, to=kind, shards=shards, writing=writing)
    names = [row["path"] for row in rows_made]
    sums = [hashlib.sha256(Path(name).read_bytes()).hexdigest() for name in names]
    return [name.replace("there-", "here-") for name in names] + sums


WORK: dict[str, Callable[[Join | None], Any]] = {
    "filter lines": lambda join: filtered(join, "rows.jsonl", "id % 3 = 1 AND x > 5"),
    "map lines": lambda join: made(join, "rows.jsonl", "x + 1 AS y, upper(text), row->>'late' AS l"),
    "map tables": lambda join: made(join, "rows.parquet", "key * 2 AS twice, day + 1, huge + 1 AS more"),
    "map csv": lambda join: made(join, "rows.csv", "x + 1 AS y"),
    "dedup lines": lambda join: distinct(join, "rows.jsonl", "key", "text"),
    "dedup lines by all": lambda join: distinct(join, "twice.jsonl"),
    "dedup tables": lambda join: distinct(join, "rows.parquet", "nested"),
    "filter by Python": lambda join: called(join, "rows.jsonl", "code.py:some", "filter", batched=True, batch_size=70),
    "map by Python": lambda join: called(join, "rows.parquet", "code.py:add", "map"),
    "empty": lambda join: made(join, "empty.jsonl", "1 AS one"),
    "unknown column": lambda join: filtered(join, "rows.parquet", "idd > 1"),
    "unreadable": lambda join: filtered(join, "bad.jsonl", "a > 0"),
    "division": lambda join: called(join, "rows.jsonl", "code.py:fail", "map"),
    "no function": lambda join: called(join, "rows.jsonl", "code.py:nothing", "map"),
    "cast": lambda join: filtered(join, "rows.jsonl", "CAST(text AS INT) > 1"),
    "convert to shards": lambda join: converted(join, "rows.parquet", "parquet", 3),
    "convert to shards of lines": lambda join: converted(join, "rows.jsonl", "jsonl", 2),
    "convert to CSV": lambda join: converted(join, "rows.parquet", "csv", None),
    "convert lines": lambda join: converted(join, "rows.jsonl", "jsonl", None),
    "cast in tables": lambda join: filtered(join, "rows.csv", "CAST(text AS INT) > 1"),
}
SAVED: dict[str, tuple[Any, ...]] = {
    "filter to Parquet": (filtered, "rows.parquet", "id % 2 = 0"),
    "map to Parquet": (made, "rows.jsonl", "x + 1 AS y"),
    "dedup to Parquet": (distinct, "rows.parquet", "key"),
    "nothing to Parquet": (filtered, "rows.parquet", "id < 0"),
}


def outcome(work: Callable[[], Any]) -> Any:
    """The lines that come out, and the error's words."""
    lines: list[str] = []
    try:
        found = work()
        if isinstance(found, list):
            return [found, ""]
        with contextlib.closing(found.lines()) as parts:
            for part in parts:
                lines += part.decode().splitlines()
    except HftermError as exc:
        return [lines, f"{exc.exit_code}: {exc}"]
    return [lines, ""]


def main() -> None:
    os.chdir(sys.argv[1])
    out = sys.stdout
    with contextlib.ExitStack() as stack:
        join = functools.cache(lambda: stack.enter_context(cluster()))
        for name, work in WORK.items():
            ways: list[Join | None] = [None, join]
            results = [outcome(functools.partial(work, way)) for way in ways]
            print(json.dumps([name, *results]), file=out, flush=True)
        for name, (work, *args) in SAVED.items():
            results = [outcome(functools.partial(saved, way, work, *args)) for way in (None, join)]
            print(json.dumps([name, *results]), file=out, flush=True)
        bad: tuple[Bad, Bad] = ([], [])
        results = [
            outcome(functools.partial(filtered, way, "bad.jsonl", "a > 0", told))
            for way, told in zip((None, join), bad, strict=True)
        ]
        for result, told in zip(results, bad, strict=True):
            result[0] += [str(row) for row in told]
        print(json.dumps(["left out", *results]), file=out, flush=True)


if __name__ == "__main__":
    main()
