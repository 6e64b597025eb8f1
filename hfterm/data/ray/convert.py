"""Files written on a cluster: each shard by a task of its own, byte for byte as one machine writes it."""

import tempfile
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hfterm.data.ray.run import Join, Spread
from hfterm.data.rows import Rows
from hfterm.data.saving import Target
from hfterm.data.shards import Shard


class Writing:
    """How :func:`hfterm.data.convert.convert` writes with the help of a cluster."""

    def __init__(self, join: Join) -> None:
        self.join = join
        self._waiting: deque[tuple[Any, Path]] = deque()

    def single(self, rows: Rows) -> Spread:
        """Rows that go into one file."""
        return Spread(rows, self.join)

    def shard(self, kind: Callable[..., Shard], path: Path, target: Target, *, stream: bool) -> "Remote":
        """A shard that is written elsewhere."""
        return Remote(self, kind, path, target, stream=stream)

    def begin(self, shard: "Remote") -> None:
        """Have a shard written that has all its rows."""
        cluster = self.join()
        ref = cluster.ray.remote(encoded).remote(shard.kind, shard.target, shard.stream, *shard.parts)
        self._waiting.append((ref, shard.path))
        while len(self._waiting) > cluster.ahead:
            self._write()

    def finish(self) -> None:
        """Wait for all shards that were begun.

        Raises:
            HftermError: a task failed.
        """
        while self._waiting:
            self._write()

    def _write(self) -> None:
        ref, path = self._waiting.popleft()
        path.write_bytes(self.join().get(ref, f"writing {path.name}"))


class Remote(Shard):
    """A file whose rows are gathered here, and written by a task when all of them are there."""

    def __init__(
        self, writing: Writing, kind: Callable[..., Shard], path: Path, target: Target, *, stream: bool
    ) -> None:
        super().__init__(path, target, stream=stream)
        self.writing, self.kind, self.path = writing, kind, path
        self.parts: list[Any] = []

    def take(self, part: Any, rows: int | None, most: int | None) -> tuple[int, Any]:
        """As :meth:`hfterm.data.shards.Shard.take`, without ``most``: the file's size is known when it is written."""
        now, rest = _split(part, rows)
        self.parts.append(self.writing.join().ray.put(now))
        return (now.count(b"\n") if isinstance(now, bytes) else now.num_rows), rest

    def close(self) -> None:
        """As :meth:`hfterm.data.shards.Shard.close`."""
        super().close()
        self.writing.begin(self)
        self.parts = []


def _split(part: Any, rows: int | None) -> tuple[Any, Any]:
    """So many rows of lines of text or of a table, and the others (None: there are none)."""
    if not isinstance(part, bytes):
        return (part, None) if rows is None or rows >= part.num_rows else (part.slice(0, rows), part.slice(rows))
    if rows is None or part.count(b"\n") <= rows:
        return part, None
    cut = 0
    for _ in range(rows):
        cut = part.find(b"\n", cut) + 1
    return part[:cut], part[cut:]


def encoded(kind: Callable[..., Shard], target: Target, stream: bool, *parts: Any) -> bytes:
    """A shard's bytes."""
    with tempfile.TemporaryDirectory(prefix="hfterm-") as folder:
        path = Path(folder) / "shard"
        made = kind(path, target, stream=stream)
        for part in parts:
            rest = part
            while rest is not None:
                _, rest = made.take(rest, None, None)
        made.close()
        return path.read_bytes()
