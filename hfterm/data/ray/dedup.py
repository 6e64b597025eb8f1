"""Exact deduplication on a cluster: rows are dealt out by their keys' hash, the first of each key stays."""

import os
from collections.abc import Generator, Sequence
from contextlib import closing
from typing import Any

from hfterm.data.ray import tasks
from hfterm.data.ray.run import BYTES, ROWS, Join, save_tables, under_way
from hfterm.data.rows import Rows, is_empty, label
from hfterm.data.saving import batches, target_of, written
from hfterm.data.shape import NUMBER, known_columns, numbered
from hfterm.data.structure import ROW
from hfterm.data.table import Tables
from hfterm.errors import UsageError

_MOST_PARTS = 128


class Distinct:
    """The first of the rows that are equal in some columns (none named: in all).

    The rows lie in the cluster's memory (and on its disks, where that is full) until the last one is read; this
    process holds 8 bytes for each that stays.
    """

    def __init__(self, made: Rows, columns: Sequence[str], join: Join) -> None:
        self.made, self.columns, self.join = made, list(columns), join

    def lines(self) -> Generator[bytes]:
        """As :meth:`hfterm.data.shape.Shaped.lines`: a JSON record stays as it was written."""
        raw = all(source.format == "jsonl" for source in self.made.sources)
        with closing(self._rows(raw=raw, as_text=True)) as parts:
            for part in parts:
                if part:
                    yield part

    def save(self, path: str | os.PathLike[str]) -> None:
        """As :meth:`hfterm.data.rows.Rows.save`."""
        target = target_of(path)
        if target.suffix == ".jsonl":
            with written(path, target.packing) as stream, closing(self.lines()) as parts:
                for part in parts:
                    stream.write(part)
            return
        with closing(self._rows(raw=False, as_text=False)) as parts:
            save_tables(self.made, parts, path, target)

    def _rows(self, *, raw: bool, as_text: bool) -> Generator[Any]:
        import numpy as np

        made = self.made
        with Tables(made.con, all_text=made.all_text) as tables, tables.errors(made.sources, made.about):
            rows = tables.several(made.sources, row=raw)
            if is_empty(made.con, rows):
                if not as_text:
                    raise UsageError(f"{label(made.sources)} holds no rows and no columns: nothing to write")
                return
            made.con.execute("SET arrow_lossless_conversion = true")
            keys = known_columns(made.con, rows, self.columns, made.sources)
            refs, ends, kept = self._first(numbered(rows), keys)
        run = self.join().ray.remote(tasks.picked)
        where = f"some rows of {label(made.sources)}"
        row = ROW if raw else None

        def begun() -> Generator[tuple[Any, str, bool]]:
            start = 0
            for at, end in enumerate(ends):
                low, high = np.searchsorted(kept, start, "right"), np.searchsorted(kept, end, "right")
                ref, refs[at] = refs[at], None  # its memory is free once it is picked from
                yield run.remote(ref, kept[low:high], NUMBER, row, as_text), where, True
                start = end

        with closing(under_way(self.join, begun())) as answers:
            for out in answers:
                if out.failure is not None:
                    raise out.failure.error()
                yield out.made

    def _first(self, rows: str, keys: list[str]) -> tuple[list[Any], list[int], Any]:
        """The pieces, the number of the last row of each, and the numbers of all rows that stay, in their order."""
        import numpy as np

        cluster = self.join()
        ray, parts = cluster.ray, min(_MOST_PARTS, 2 * cluster.cpus)
        split = ray.remote(num_returns=parts)(tasks.parted)
        refs: list[Any] = []
        ends: list[int] = []
        dealt: list[list[Any]] = [[] for _ in range(parts)]
        busy: list[Any] = []
        for table in batches(self.made.con, rows, ROWS, BYTES):
            refs.append(ray.put(table))
            ends.append((ends[-1] if ends else 0) + table.num_rows)
            made = split.remote(refs[-1], keys, NUMBER, parts)
            for part, ref in zip(dealt, made, strict=True):
                part.append(ref)
            busy.append(made[0])
            if len(busy) > cluster.ahead:
                cluster.get(busy.pop(0), "dealing rows out")
        run = ray.remote(tasks.first)
        begun = [run.remote(keys, NUMBER, *part) for part in dealt]
        found = [cluster.get(ref, "finding the first rows") for ref in begun]
        return refs, ends, np.sort(np.concatenate(found))
