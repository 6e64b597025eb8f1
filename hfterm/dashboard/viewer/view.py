"""Open the viewer on this terminal; rows may come in by standard input, keys come from the terminal then."""

import dataclasses
import io
import os
import sys
from collections.abc import Sequence

from hfterm.dashboard import terminal
from hfterm.dashboard.launch import SWITCH_SECONDS
from hfterm.data import engine
from hfterm.data.source import Source
from hfterm.errors import HftermError, UsageError

HINT = "use hfterm data head, or hfterm data cat"


def check(from_stdin: bool) -> terminal.Terminal:
    """The terminal, found fit; where rows come in by standard input, the keys are taken from the terminal itself.

    Raises:
        UsageError: there is none; the plain commands are named.
    """
    if not (sys.stdout and sys.stdout.isatty()):
        raise UsageError("data view needs a terminal: stdout is none", HINT)
    if from_stdin and sys.stdin is not None and not sys.stdin.closed and not sys.stdin.isatty():
        _keys_from_terminal()
    found = terminal.probe(os.environ, sys.__stdin__, sys.stdout)
    if not found.usable:
        raise UsageError(f"data view needs a terminal: {found.why_not}", HINT)
    return found


def _keys_from_terminal() -> None:
    """Put the terminal in the place of standard input, as the driver reads its keys there; rows keep the pipe."""
    try:
        keys = os.open("/dev/tty", os.O_RDWR)
    except OSError as exc:
        raise UsageError("rows come by standard input, and there is no terminal for the keys", HINT) from exc
    rows = os.dup(0)
    os.dup2(keys, 0)
    os.close(keys)
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(rows)), encoding="utf-8")


def show(found: terminal.Terminal, sources: Sequence[Source], *, theme: str = "auto") -> int:
    """Show rows until the user quits; the exit code.

    Raises:
        HftermError: there are none, because they cannot be read.
    """
    from hfterm.data.pages import Pages

    if theme == "auto" and found.background is None and not found.multiplexed and found.colors != "none":
        found = dataclasses.replace(found, background=terminal.ask_background(0, sys.stdout.fileno()))
    no_color = os.environ.get("NO_COLOR")
    pages = Pages(engine.connect(), sources)
    pages.start()  # while the rest is imported
    try:
        terminal.apply(found)
        from hfterm.dashboard.viewer.view_app import ViewerApp

        terminal.unapply()
        title = sources[0].label if len(sources) == 1 else f"{len(sources)} sources"
        app = ViewerApp(pages, title, found, theme=theme)
        if no_color is not None:
            os.environ["NO_COLOR"] = no_color  # Textual takes it out
        sys.setswitchinterval(SWITCH_SECONDS)
        code = app.run()
        if pages.problem and not pages.rows:
            raise HftermError(pages.problem)
        return code if code is not None else app.return_code or 0
    finally:
        pages.close()
