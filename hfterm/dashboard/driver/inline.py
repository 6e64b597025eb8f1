"""The cell driver for apps that run below the prompt instead of taking the whole screen (``App.run(inline=True)``).

Textual repaints all of an inline app for each change, and asks for the cursor's place each time. Here rows are counted
from the app's first one, moves are relative, and the place is asked for only when a mouse needs it and it may be new.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import constants, events
from textual.message import Message

from hfterm.dashboard.driver.driver import CellDriver, erases_in_colour
from hfterm.dashboard.driver.painter import Painter
from hfterm.dashboard.driver.surface import Surface

if TYPE_CHECKING:
    from textual.app import App
    from textual.driver import Driver

    _App = App[Any]
else:
    _App = object

_WHERE = "\x1b[6n"


class InlineCells(_App):
    """Mix into an app (before ``App``): inline it paints with :class:`InlineCellDriver`."""

    def _build_driver(self, headless: bool, inline: bool, mouse: bool, size: tuple[int, int] | None) -> Driver:
        if not inline or headless:
            return super()._build_driver(headless, inline, mouse, size)
        self._driver = driver = InlineCellDriver(self, debug=constants.DEBUG, mouse=mouse, size=size)
        return driver


class InlineCellDriver(CellDriver):
    """Paints changed cells of an app that lives between the prompt and the end of the screen."""

    _leaving = False

    def __init__(self, app: Any, **kwargs: Any) -> None:
        super().__init__(app, **kwargs)
        self._writer.surface.ask_place = self._mouse and self.input_tty

    def _painter(self) -> Painter:
        return Painter(bce=erases_in_colour(), relative=True)

    @property
    def is_inline(self) -> bool:
        """Yes."""
        return True

    def write(self, data: str) -> None:
        """Take a frame, which ends in a question for the cursor's place, or what Textual writes at the end."""
        if _WHERE in data:
            self._writer.frame(self._legible(data))
        elif self._leaving or data[:2] != "\x1b[" or data[-1:] not in "ABCD":
            super().write(data)
        else:
            self._leave_cells(data)
        if not data:  # Textual's last move, when there is nothing to move
            self._leave_cells("")

    def _leave_cells(self, move: str) -> None:
        """Paint no more: what follows is relative to the cursor, which has to be where Textual thinks it is."""
        self._leaving = True
        self._writer.painting = False
        self._writer.change(lambda surface: self._writer.control(surface.place() + move))

    def flush(self) -> None:
        """At the end Textual may print the last picture itself: everything of ours has to be out by then."""
        if self._leaving:
            self._writer.drain(1.0)

    def _tell_size(self, width: int, height: int, *, always: bool = False) -> None:
        if self._told not in (None, (width, height)):
            # Lines may have been wrapped anew: nobody knows where the cursor is, so start at the top.
            self._writer.control("\x1b[m\x1b[H\x1b[2J")
            self._writer.change(Surface.begin)
        super()._tell_size(width, height, always=always)

    def _enter(self, *, again: bool = False) -> None:
        modes = "\x1b[<u" * again + "\x1b[?25l\x1b[?7l\x1b[?1004h\x1b[?2004h\x1b[>1u"
        if self._mouse:
            modes += "\x1b[?1000h\x1b[?1002h\x1b[?1006h"
        self._leaving = False
        self._writer.change(Surface.begin)
        self._writer.control(modes + "\n" * self._app.INLINE_PADDING + "\r\x1b[m\x1b[J", ask=self.input_tty)
        self._writer.painting = True
        self._tell_size(*self._get_terminal_size(), always=True)

    def _leave(self) -> str:
        mouse = "\x1b[?1000l\x1b[?1002l\x1b[?1006l" if self._mouse else ""
        place = "" if self._leaving else self._writer.surface.place()
        return f"{mouse}\x1b[?2004l\x1b[?1004l\x1b[?7h\x1b[<u{place}\x1b[m\x1b[J\x1b[?25h"

    def process_message(self, message: Message) -> None:
        """Note where the app begins on the screen; the mouse is told from there."""
        if isinstance(message, events.CursorPosition):
            self.cursor_origin = (message.x, message.y)
        else:
            super().process_message(message)
