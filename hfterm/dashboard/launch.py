"""Open the dashboard on this terminal, or say what to use instead."""

import dataclasses
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from hfterm import config
from hfterm.dashboard import terminal
from hfterm.errors import UsageError

SWITCH_SECONDS = 0.0005


def check() -> terminal.Terminal:
    """The terminal, found fit.

    Where another driver of Textual's was chosen (``TEXTUAL_DRIVER``, as textual-serve does for a browser), that one
    shows the dashboard, and what stands at our streams does not matter.

    Raises:
        UsageError: there is none, or one that cannot show a dashboard; the plain commands are named.
    """
    found = terminal.probe(os.environ, sys.stdin, sys.stdout)
    if not found.usable and os.environ.get("TEXTUAL_DRIVER"):
        return dataclasses.replace(found, usable=True, why_not="", colors="truecolor", glyphs="braille")
    if not found.usable:
        raise UsageError(f"the dashboard needs a terminal: {found.why_not}", terminal.plain_commands())
    return found


def open_dashboard(
    folders: Sequence[Path] = (),
    *,
    demo: bool = False,
    screen: str = "home",
    readonly: bool = False,
    mouse: bool = True,
    glyphs: str = "auto",
    theme: str = "auto",
    interval: float = 1.0,
    keymap: str = "",
    model: str | None = None,
) -> int:
    """Show the dashboard until the user quits; return the exit code.

    Raises:
        UsageError: no usable terminal. NotFoundError: a folder is not there. ConfigError: a bad keymap.
    """
    from hfterm.errors import NotFoundError

    found = check()
    for folder in folders:
        if not folder.exists():
            raise NotFoundError(f"no such folder or file {str(folder)!r}")
    if glyphs != "auto":
        found = dataclasses.replace(found, glyphs=glyphs)
    if theme == "auto" and found.background is None and not found.multiplexed:
        out = sys.stdout if sys.stdout.isatty() else sys.stderr
        found = dataclasses.replace(found, background=terminal.ask_background(sys.stdin.fileno(), out.fileno()))
    no_color = os.environ.get("NO_COLOR")
    # Textual reads its settings from the environment when it is imported.
    terminal.apply(found)
    from hfterm.dashboard import sources
    from hfterm.dashboard.app import HftermApp, Options

    terminal.unapply()
    options = Options(
        screen=screen,
        theme=theme,
        interval=interval,
        readonly=readonly,
        keymap=keymap,
        model=model or config.value("model"),
    )
    read = sources.pretend() if demo else sources.real(folders, config.value("device"))
    # The driver is that of the environment: ours, unless somebody chose another.
    app = HftermApp(read, options, found)
    if no_color is not None:
        os.environ["NO_COLOR"] = no_color  # Textual takes it out; what we start must see it
    # Threads that read long files give the screen its turn ten times as often as by default.
    sys.setswitchinterval(SWITCH_SECONDS)
    code = app.run(mouse=mouse)
    return code if code is not None else app.return_code or 0
