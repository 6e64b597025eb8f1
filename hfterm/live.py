"""Results that a person watches: a picture that changes in place on a terminal."""

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Iterable
from typing import Any

from hfterm.output import Output, is_terminal

# How often a waiting picture looks for a new size of the terminal.
SIZE_CHECK_SECONDS = 0.2


def wants_table(out: Output) -> bool:
    """Whether the results are to be read by a person."""
    return out.format == "table" or (out.format is None and is_terminal(out.stdout))


def can_paint(out: Output) -> bool:
    """Whether the results go to a terminal on which a cursor can be moved."""
    return is_terminal(out.stdout) and os.environ.get("TERM", "dumb") != "dumb"


def write(out: Output, console: Any, *renderables: Any) -> None:
    """Write what a rich console makes of the renderables, without the blanks it fills lines with."""
    with console.capture() as captured:
        for renderable in renderables:
            console.print(renderable)
    text = "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())
    encoding: str = getattr(out.stdout, "encoding", None) or "utf-8"
    out.stdout.write(text.encode(encoding, "replace").decode(encoding))
    out.stdout.flush()


class LivePicture:
    """Paints a picture over its last state, in one write a round, and leaves the last state standing.

    ``draw`` makes a rich renderable of a state for a rich console, whose width and height are the room there is.
    Between rounds the cursor waits on the picture's first line: when the terminal changes its size, that line is
    where it still is, whatever became of the lines below.
    """

    def __init__(self, out: Output, draw: Callable[[Any, Any], Any]) -> None:
        self.out = out
        self.draw = draw
        self.lines: list[str] = []
        self.size = shutil.get_terminal_size()
        self._last: Any = None

    def show(self, states: Iterable[Any]) -> None:
        """Paint every state. Ends with the states, or by the exception that Ctrl-C raises."""
        stream = self.out.stdout
        stream.write("\x1b[?25l")
        try:
            for state in states:
                self._last = state
                self.paint()
        finally:
            with contextlib.suppress(OSError, ValueError):
                # Down over the last state, so that the shell goes on below it. The terminal may have put ^C there.
                end = "".join(f"\r{line}\x1b[K\n" for line in self.lines)
                stream.write(f"{end}\x1b[J\x1b[?25h")
                stream.flush()

    def pause(self, seconds: float) -> None:
        """Wait, and paint anew as soon as the terminal's size changes."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, SIZE_CHECK_SECONDS))
            if shutil.get_terminal_size() != self.size:
                self.paint()

    def paint(self) -> None:
        """Write the picture where the cursor is and go back to its first line."""
        self.size = shutil.get_terminal_size()
        console = self.out.console(self.out.stdout)
        console.width = max(1, self.size.columns - 1)  # erasing behind a full line would take its last character
        room = console.height = max(1, self.size.lines - 1)
        with console.capture() as captured:
            console.print(self.draw(console, self._last), no_wrap=True, crop=True)
        lines = captured.get().rstrip("\n").split("\n")
        if len(lines) > room:
            lines = [
                *lines[: room - 1],
                f"... {len(lines) - room + 1} more lines: make the window taller"[: self.size.columns],
            ]
        self.lines = lines
        body = "\n".join(f"\r{line}\x1b[K" for line in lines)
        up = f"\x1b[{len(lines) - 1}A" if len(lines) > 1 else ""
        # Erasing below comes last: nothing is blank for a moment.
        self.out.stdout.write(f"{body}\x1b[J{up}\r")
        self.out.stdout.flush()
