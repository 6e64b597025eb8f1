"""The end of a growing text file, and what comes after it: by offset, never the whole file in memory."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

BLOCK = 1 << 16


def last_lines(path: Path, count: int) -> tuple[list[bytes], int]:
    """The last ``count`` lines without their ends, and the offset behind them; none of a file that is not there.

    A line that is not finished yet counts, but is not among them: the offset is where it begins.
    """
    with contextlib.suppress(FileNotFoundError), path.open("rb") as stream:
        end = stream.seek(0, 2)
        start, blocks, breaks = end, [], 0
        # One break more than lines: that before the first of them.
        while start > 0 and breaks <= count:
            size = min(BLOCK, start)
            start -= size
            stream.seek(start)
            blocks.append(stream.read(size))
            breaks += blocks[-1].count(b"\n")
        lines = b"".join(reversed(blocks)).split(b"\n")
        unfinished = lines.pop()
        count -= bool(unfinished)
        return lines[-count:] if count > 0 else [], end - len(unfinished)
    return [], 0


def follow(
    path: Path,
    *,
    last: int | None = None,
    skip: int = 0,
    ended: Callable[[], bool] = lambda: True,
    poll: float = 0.25,
) -> Iterator[bytes]:
    """Lines of a file without their ends: the ``last`` ones (None: all but the first ``skip`` bytes), then those
    that are added until ``ended()``; it is asked every ``poll`` seconds. The file may not be there yet.
    """
    position, rest = skip, b""
    if last is not None:
        lines, position = last_lines(path, last)
        yield from lines
    while True:
        # This first: what was written before the end is then surely read.
        done = ended()
        with contextlib.suppress(FileNotFoundError), path.open("rb") as stream:
            stream.seek(position)
            while chunk := stream.read(1 << 20):
                position += len(chunk)
                *lines, rest = (rest + chunk).split(b"\n")
                yield from lines
        if done:
            if rest:
                yield rest
            return
        time.sleep(poll)
