"""Show the devices through the program's one output: once, or watched."""

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from typing import Any

from hfterm.errors import UsageError
from hfterm.monitor import view
from hfterm.monitor.devices import Device, Survey
from hfterm.monitor.survey import survey
from hfterm.monitor.watch import rounds, timed
from hfterm.output import Output, is_terminal

# How often a waiting live table looks for a new size of the terminal.
SIZE_CHECK_SECONDS = 0.2


def wants_table(out: Output) -> bool:
    """Whether the results are to be read by a person."""
    return out.format == "table" or (out.format is None and is_terminal(out.stdout))


def once(out: Output) -> None:
    """Write every device once.

    Raises:
        HftermError: the driver fails. AccessError: not permitted.
    """
    found = survey()
    _notes(out, found)
    if wants_table(out):
        _print_table(out, found)
    else:
        out.records(found.devices, key="device")


def watch(out: Output, interval: float, count: int | None = None) -> None:
    """Write every device every ``interval`` seconds, ``count`` times or until interrupted.

    A terminal gets one table that changes in place; a program gets records with ``time``.

    Raises:
        UsageError: the format has an end, the watch has none. HftermError: the driver fails.
    """
    if out.format == "json" and count is None:
        raise UsageError("-f json cannot be written while the watch goes on", "use -f jsonl, or add --count")
    if not wants_table(out):
        out.records(timed(_noted(out, rounds(interval, count))), key="device")
    elif is_terminal(out.stdout) and os.environ.get("TERM", "dumb") != "dumb":
        live = LiveTable(out)
        live.show(_noted(out, rounds(interval, count, sleep=live.pause)))
    else:
        for found in _noted(out, rounds(interval, count)):
            _print_table(out, found)


def _noted(out: Output, surveys: Iterator[Survey]) -> Iterator[Survey]:
    for found in surveys:
        _notes(out, found)
        yield found


def _notes(out: Output, found: Survey) -> None:
    for note in found.notes:
        out.warn_once(note)


def _print_table(out: Output, found: Survey) -> None:
    console = out.console(out.stdout)
    table = view.table(found.devices, width=console.width, ascii_only=console.options.ascii_only)
    write(out, console, table)


def write(out: Output, console: Any, *renderables: Any) -> None:
    """Write what a rich console makes of the renderables, without the blanks it fills lines with."""
    with console.capture() as captured:
        for renderable in renderables:
            console.print(renderable)
    text = "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())
    encoding: str = getattr(out.stdout, "encoding", None) or "utf-8"
    out.stdout.write(text.encode(encoding, "replace").decode(encoding))
    out.stdout.flush()


class LiveTable:
    """Paints a table over its last state, in one write a round, and leaves the last state standing.

    Between rounds the cursor waits on the table's first line: when the terminal changes its size, that
    line is where it still is, whatever became of the lines below.
    """

    def __init__(self, out: Output) -> None:
        self.out = out
        self.lines: list[str] = []
        self.size = shutil.get_terminal_size()
        self._last: list[Device] = []

    def show(self, surveys: Iterator[Survey]) -> None:
        """Paint every round. Ends with the rounds, or by the exception that Ctrl-C raises."""
        stream = self.out.stdout
        stream.write("\x1b[?25l")
        try:
            for found in surveys:
                self._last = found.devices
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
        """Write the table where the cursor is and go back to its first line."""
        self.size = shutil.get_terminal_size()
        console = self.out.console(self.out.stdout)
        console.width = max(1, self.size.columns - 1)  # erasing behind a full line would take its last character
        with console.capture() as captured:
            console.print(
                view.table(self._last, width=console.width, ascii_only=console.options.ascii_only),
                no_wrap=True,
                crop=True,
            )
        lines = captured.get().rstrip("\n").split("\n")
        room = max(1, self.size.lines - 1)
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
