"""Show the devices through the program's one output: once, or watched."""

from collections.abc import Iterator
from typing import Any

from hfterm.errors import UsageError
from hfterm.live import LivePicture, can_paint
from hfterm.live import wants_table as wants_table
from hfterm.live import write as write
from hfterm.monitor import view
from hfterm.monitor.devices import Survey
from hfterm.monitor.survey import survey
from hfterm.monitor.watch import rounds, timed
from hfterm.output import Output


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
    elif can_paint(out):
        live = LivePicture(out, _table)
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
    write(out, console, _table(console, found))


def _table(console: Any, found: Survey) -> Any:
    return view.table(found.devices, width=console.width, ascii_only=console.options.ascii_only)
