"""Rows made or picked by a Python function: one answer for every source and every format of the result."""

import os
import tempfile
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import Any

from hfterm.data.lines import OnBad
from hfterm.data.python import typed
from hfterm.data.python.calls import Answer, Chunk, Job
from hfterm.data.python.chunks import Pace, Part, chunks, of_sources
from hfterm.data.python.pool import Pending, Pool
from hfterm.data.source import Source

# So many chunks are under way for each worker.
_AHEAD = 2


class Called:
    """Rows through a function that can be had as lines of JSON, or saved; once.

    ``con`` gives the engine, which JSON Lines that stay so do without. ``pool`` makes the workers.
    """

    def __init__(
        self,
        con: Callable[[], Any],
        sources: Sequence[Source],
        job: Job,
        pool: Callable[[], Pool],
        *,
        all_text: bool = False,
        on_bad: OnBad | None = None,
    ) -> None:
        self.con, self.sources, self.job, self.pool = con, list(sources), job, pool
        self.all_text, self.on_bad = all_text, on_bad

    def lines(self) -> Generator[bytes]:
        """The rows as JSON, whole lines in blocks, as they come.

        Raises:
            HftermError: the function or a source fails, or a worker dies. BadRecord. UsageError. NotFoundError.
        """
        with (
            closing(of_sources(self.con, self.sources, all_text=self.all_text)) as parts,
            closing(self._answers(parts)) as answers,
        ):
            for _, answer in answers:
                if answer.data:
                    yield answer.data

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the rows to a file, in the format of its name; it appears whole or not at all.

        Columns of tables keep their types: those kept by a filter all of them, those that a function returned where
        its values are of that type.

        Raises:
            As :meth:`lines`, and UsageError: a name of no known format.
        """
        from hfterm.data.rows import whole
        from hfterm.data.saving import target_of, written

        target = target_of(path)
        if target.suffix == ".jsonl":
            with written(path, target.packing) as stream, closing(self.lines()) as parts:
                for part in parts:
                    stream.write(part)
            return
        if all(source.format == "jsonl" for source in self.sources) or self.job.kind == "map":
            with tempfile.NamedTemporaryFile(prefix="hfterm-", suffix=".jsonl") as spool:
                with closing(self.lines()) as parts:
                    for part in parts:
                        spool.write(part)
                spool.flush()
                made = Source("what the function returns", "jsonl", (spool.name,))
                known = typed.columns(self.con(), self.sources, all_text=self.all_text)
                if known:
                    typed.save(self.con(), made, known, path)
                else:
                    whole(self.con(), [made]).save(path)
            return
        typed.save_kept(self.con(), self.sources, self._kept, path, all_text=self.all_text)

    def _kept(self, parts: Iterator[Part]) -> Generator[list[int]]:
        """The numbers (from 1) of the rows that a filter keeps."""
        before = 1
        with closing(self._answers(parts)) as answers:
            for chunk, answer in answers:
                yield [before + at for at in answer.kept]
                before += len(chunk.lines)

    def _answers(self, parts: Iterator[Part]) -> Generator[tuple[Chunk, Answer]]:
        """Chunks and what came out of them, in their order."""
        pace, pool = Pace(), self.pool()
        waiting: deque[tuple[Chunk, Pending]] = deque()
        well = False
        try:
            for chunk in chunks(parts, pace, self.job.batch_size if self.job.batched else 1):
                if chunk is not None:
                    waiting.append((chunk, pool.submit(chunk)))
                while waiting and (
                    chunk is None or not chunk.more or len(waiting) > _AHEAD * pool.count or waiting[0][1].done()
                ):
                    yield from self._told(*waiting.popleft(), pace)
            while waiting:
                yield from self._told(*waiting.popleft(), pace)
            well = True
        finally:
            pool.close(now=not well)

    def _told(self, chunk: Chunk, pending: Pending, pace: Pace) -> Iterator[tuple[Chunk, Answer]]:
        """An answer, then the error in it: what came out before is not lost."""
        answer = pending.result()
        pace.learn(len(chunk.lines), answer.seconds)
        if self.on_bad is not None:
            for bad in answer.bad:
                self.on_bad(*bad)
        yield chunk, answer
        if answer.failure is not None:
            raise answer.failure.error()
