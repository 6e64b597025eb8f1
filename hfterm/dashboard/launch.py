"""Open the dashboard on this terminal, or say what to use instead."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from hfterm import config
from hfterm.dashboard import terminal
from hfterm.errors import UsageError


def check() -> terminal.Terminal:
    """The terminal, found fit.

    Raises:
        UsageError: there is none, or one that cannot show a dashboard; the plain commands are named.
    """
    found = terminal.probe(os.environ, sys.stdin, sys.stdout)
    if not found.usable:
        raise UsageError(f"the dashboard needs a terminal: {found.why_not}", terminal.plain_commands())
    return found


def open_dashboard(
    folders: Sequence[Path] = (),
    *,
    demo: bool = False,
    screen: str = "home",
    readonly: bool = False,
    mouse: bool | None = None,
    ascii_only: bool = False,
    theme: str | None = None,
    interval: float | None = None,
    model: str | None = None,
) -> int:
    """Show the dashboard until the user quits; return the exit code.

    Raises:
        UsageError: no usable terminal. NotFoundError: a folder is not there. ConfigError: a bad keymap.
    """
    import dataclasses

    from hfterm.errors import NotFoundError

    found = check()
    for folder in folders:
        if not folder.exists():
            raise NotFoundError(f"no such folder or file {str(folder)!r}")
    if ascii_only or config.value("ui.glyphs") == "ascii":
        found = dataclasses.replace(found, glyphs="ascii")
    elif config.value("ui.glyphs") != "auto":
        found = dataclasses.replace(found, glyphs=config.value("ui.glyphs"))
    no_color = os.environ.get("NO_COLOR")
    # Textual reads its settings from the environment when it is imported.
    terminal.apply(found)
    from hfterm.dashboard import sources
    from hfterm.dashboard.app import HftermApp, Options
    from hfterm.dashboard.driver.driver import CellDriver

    options = Options(
        screen=screen,
        theme=theme or config.value("ui.theme"),
        interval=interval or config.value("ui.interval"),
        readonly=readonly or config.value("ui.readonly"),
        keymap=config.value("ui.keymap") or "",
        model=model or config.value("model"),
    )
    read = sources.pretend() if demo else sources.real(folders, config.value("device"))
    app = HftermApp(read, options, found, driver_class=CellDriver)
    if no_color is not None:
        os.environ["NO_COLOR"] = no_color  # Textual takes it out; what we start must see it
    code = app.run(mouse=config.value("ui.mouse") if mouse is None else mouse)
    return app.return_code if code is None else code
