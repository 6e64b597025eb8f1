"""Rows picked and made on a Ray cluster, in the order and the words of a run on this machine."""

import os
import tempfile
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from itertools import chain
from typing import Any

from hfterm.data import engine
from hfterm.data.blocks import Block, blocks
from hfterm.data.lines import Pipeline
from hfterm.data.python.calls import Answer, Chunk, Job
from hfterm.data.ray import tasks
from hfterm.data.ray.cluster import Cluster
from hfterm.data.rows import Rows, is_empty, label
from hfterm.data.saving import Target, batches, save_query, target_of, written
from hfterm.data.structure import Structure, merged
from hfterm.data.table import Tables
from hfterm.errors import UsageError

# A task gets so many rows of a table, or fewer when they are large.
ROWS = 50_000
BYTES = 16 << 20

# Gives the cluster, joined at the first call.
Join = Callable[[], Cluster]


def under_way(join: Join, begun: Iterable[tuple[Any, str, bool]]) -> Generator[Any]:
    """What tasks return, in their order, a bounded number of them at once.

    Each comes as its reference, what it is at, and whether more can be begun without waiting.

    Raises:
        As :meth:`Cluster.get`.
    """
    waiting: deque[tuple[Any, str]] = deque()
    try:
        for ref, what, more in begun:
            waiting.append((ref, what))
            while waiting and (not more or len(waiting) > join().ahead):
                yield join().get(*waiting.popleft())
        while waiting:
            yield join().get(*waiting.popleft())
    finally:
        for ref, _ in waiting:
            join().ray.cancel(ref)


class Spread:
    """Rows made row by row, on a cluster; as :class:`hfterm.data.rows.Rows`, which says what they are.

    ``text`` is the user's expression.
    """

    def __init__(self, made: Rows, join: Join, text: str = "") -> None:
        self.made, self.join, self.text = made, join, text
        self._note: str | None = None

    @property
    def cluster(self) -> Cluster:
        """The cluster, joined when the first task is at hand: most mistakes are found before."""
        return self.join()

    def lines(self) -> Generator[bytes]:
        """As :meth:`hfterm.data.rows.Rows.lines`."""
        found = self._of_lines() if self.made.streamed else self._of_tables(as_text=True)
        with closing(found) as parts:
            for part in parts:
                if part:
                    yield part

    def save(self, path: str | os.PathLike[str]) -> None:
        """As :meth:`hfterm.data.rows.Rows.save`."""
        self.write(path, target_of(path))

    def write(self, path: str | os.PathLike[str], target: Target) -> None:
        """As :meth:`hfterm.data.rows.Rows.write`."""
        if target.suffix == ".jsonl":
            with written(path, target.packing) as stream, closing(self.lines()) as parts:
                for part in parts:
                    stream.write(part)
            return
        with closing(self._of_tables(as_text=False)) as parts:
            none = next(parts)
            target = target._replace(note=target.note or self._note)
            save_tables(self.made, chain([none], parts), path, target)

    def _of_lines(self) -> Generator[bytes]:
        """JSON Lines, as they are read: each block is a task."""
        made = self.made
        assert made.planner is not None
        pipeline = Pipeline(made.con, made.planner, workers=1, on_bad=made.on_bad)
        shared: list[Any] = []
        run: Any = None

        def begun() -> Iterator[tuple[Any, str, bool]]:
            nonlocal run
            paths = [path for source in made.sources for path in source.paths]
            for path, block in chain.from_iterable(((p, b) for b in blocks(p)) for p in paths):
                if run is None:
                    if not pipeline.begin(block):
                        continue
                    run = self.cluster.ray.remote(tasks.lines)
                    shared.extend(map(self.cluster.ray.put, (pipeline.plan, pipeline.kinds)))
                ref = run.remote(*shared, made.on_bad is not None, _piece(path, block))
                yield ref, f"a part of {block.source}", block.more

        def widen(kinds: Structure) -> None:
            # As on one machine: blocks that begin later take the column for what it turned out to be.
            pipeline.kinds = merged(pipeline.kinds, kinds)
            shared[1] = self.cluster.ray.put(pipeline.kinds)

        try:
            yield from self._told(begun(), widen)
        finally:
            pipeline.close()

    def _of_tables(self, *, as_text: bool) -> Generator[Any]:
        """Tables: this machine reads them, each piece is a task. The first that comes has no rows, but the columns."""
        made = self.made
        with Tables(made.con, all_text=made.all_text) as tables, tables.errors(made.sources, made.about):
            rows = tables.several(made.sources)
            if is_empty(made.con, rows):
                if not as_text:
                    raise UsageError(f"{label(made.sources)} holds no rows and no columns: nothing to write")
                return
            made.query(rows)  # what is wrong is told in the words of this machine
            run = self.cluster.ray.remote(tasks.rows)
            made.con.execute("SET arrow_lossless_conversion = true")
            none = engine.relation(made.con, f"SELECT * FROM ({rows}) LIMIT 0").to_arrow_table()
            made.con.register(tasks.BATCH, none)
            query = made.query(f"SELECT * FROM {tasks.BATCH}")
            if not as_text:
                from hfterm.data.media import saving as media

                self._note = media.source_note(made.con, made.sources, query)
                yield tasks.arrow(made.con, query)

            def begun() -> Iterator[tuple[Any, str, bool]]:
                for table in batches(made.con, rows, ROWS, BYTES):
                    ref = run.remote(query, self.text, made.about, as_text, self.cluster.ray.put(table))
                    yield ref, f"some rows of {label(made.sources)}", True

            yield from self._told(begun())

    def _told(
        self, begun: Iterator[tuple[Any, str, bool]], widen: Callable[[Structure], None] | None = None
    ) -> Generator[Any]:
        """What tasks made; the rows that they left out are told of."""
        with closing(under_way(self.join, begun)) as answers:
            for out in answers:
                for bad in out.bad:
                    assert self.made.on_bad is not None
                    self.made.on_bad(*bad)
                if out.failure is not None:
                    raise out.failure.error()
                if out.kinds is not None and widen is not None:
                    widen(out.kinds)
                yield out.made


def _piece(path: str, block: Block) -> tasks.Piece:
    """A block as it goes to another process: files stay where they are."""
    place = block.place
    if path != "-" and place is not None:
        return tasks.Piece(block.source, None, 0, os.path.abspath(path), *place)
    return tasks.Piece(block.source, block.data, block.first)


def save_tables(made: Rows, parts: Iterator[Any], path: str | os.PathLike[str], target: Target) -> None:
    """Write Arrow tables, the first of which may be empty, to a file in the format of its name.

    Raises:
        As :func:`hfterm.data.saving.save_query`.
    """
    import pyarrow as pa

    with tempfile.NamedTemporaryFile(prefix="hfterm-", suffix=".arrow") as spool:
        writer = None
        for table in parts:
            writer = writer or pa.ipc.new_file(spool, table.schema)
            writer.write_table(table)
        assert writer is not None
        writer.close()
        spool.flush()
        with pa.memory_map(spool.name) as mapped:
            made.con.register("hfterm_made", pa.ipc.open_file(mapped).read_all())
            try:
                with engine.errors(made.about):
                    save_query(made.con, "SELECT * FROM hfterm_made", path, target)
            finally:
                made.con.unregister("hfterm_made")


class Callers:
    """Tasks that take chunks through a Python function; as :class:`hfterm.data.python.pool.Workers`."""

    def __init__(self, join: Join, job: Job, count: int | None = None) -> None:
        cluster = self.cluster = join()
        self.job = job
        self.count = min(count, cluster.cpus) if count else cluster.cpus
        self._code = None
        if job.function.file is not None:
            with open(job.function.file, encoding="utf-8", errors="replace") as stream:
                self._code = stream.read()
        self._run = cluster.ray.remote(max_retries=0)(tasks.call)
        self._refs: dict[Any, None] = {}

    def submit(self, chunk: Chunk) -> "_Pending":
        """As :meth:`hfterm.data.python.pool.Workers.submit`."""
        ref = self._run.remote(self.job, self._code, chunk)
        self._refs[ref] = None
        return _Pending(self, ref, chunk.label)

    def close(self, *, now: bool) -> None:
        """End what is under way."""
        for ref in self._refs:
            self.cluster.ray.cancel(ref, force=now)
        self._refs.clear()

    def forget(self, ref: Any) -> None:
        """One has come to its end."""
        self._refs.pop(ref, None)


class _Pending:
    """The answer of a task."""

    def __init__(self, pool: Callers, ref: Any, what: str) -> None:
        self.pool, self.ref, self.what = pool, ref, what

    def result(self) -> Answer:
        """Wait for it.

        Raises:
            HftermError: it died.
        """
        answer: Answer = self.pool.cluster.get(self.ref, self.what)
        self.pool.forget(self.ref)
        return answer

    def done(self) -> bool:
        """Whether it is there."""
        return bool(self.pool.cluster.ray.wait([self.ref], timeout=0)[0])
