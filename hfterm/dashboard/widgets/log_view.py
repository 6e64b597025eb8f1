"""A log file of any size: its end, followed, or any place in it; only what is on the screen is read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import chop_cells
from rich.text import Text

from hfterm.dashboard import keys
from hfterm.dashboard.widgets.panel import Panel

if TYPE_CHECKING:
    from hfterm.tracking.tail import Line, LogTail

BAD = ("error", "traceback", "exception", "failed", "fatal", "nan")
WARN = ("warn",)
# How long one search may hold the screen; a longer one goes on with the next press.
SEARCH_SECONDS = 0.15


class LogView(Panel):
    """Shows a :class:`hfterm.tracking.tail.LogTail`; :meth:`look` reads what is new."""

    BINDINGS: ClassVar[Any] = keys.bindings("log")

    def __init__(self, title: str = "Log", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.title = title
        self.tail: LogTail | None = None
        self.filter = ""
        self.following, self.wrapped = True, False
        self._top = 0
        self._shown: list[Line] = []
        self._test: Any = None

    def set_tail(self, tail: "LogTail | None", title: str) -> None:
        """Show another file, at its end."""
        if tail is not self.tail:
            self.tail, self.following, self._top = tail, True, 0
        self.title = title
        self.look()

    def look(self) -> None:
        """Read what is new."""
        if self.tail is not None:
            self.tail.poll()
        self.repaint()

    def set_filter(self, text: str) -> None:
        """Mark the lines that match and go to the last of them."""
        from hfterm.tracking.select import matcher

        self._test = matcher(text) if text else None
        self.filter = text
        if text and self.tail is not None:
            self._search(self.tail.size, backwards=True, quiet=True)
        self.repaint()

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """The lines from the top one, or the last ones."""
        tail = self.tail
        if tail is None or tail.missing:
            self.border_title = Text(self.title)
            self.border_subtitle = Text("")
            return [Text("no log yet" if tail is None else "the file is gone", style=self.shade("dim"), end="")]
        self._shown = list(tail.last(height)) if self.following else list(tail.after(self._top, height))
        if self._shown:
            self._top = self._shown[0].offset
        self._border(tail)
        lines = [text for line in self._shown for text in self._texts(line, width)]
        return lines[-height:] if self.following else lines[:height]

    def _border(self, tail: "LogTail") -> None:
        words = ["following" if self.following else f"{100 * self._top / max(1, tail.size):.0f}%"]
        if self.filter:
            words.append(f"/{self.filter}")
        self.border_title = Text(self.title)
        self.border_subtitle = Text("  ".join(words))

    def _texts(self, line: "Line", width: int) -> list[Text]:
        lower = line.text[:200].lower()
        role = "bad" if any(w in lower for w in BAD) else "warn" if any(w in lower for w in WARN) else "plain"
        style: Any = self.shade(role) if role != "plain" else ""
        if self._test is not None and self._test(line.text):
            style = self.shade("accent")
        parts = chop_cells(line.text, width) if self.wrapped and line.text else [line.text]
        return [Text(part, style=style, no_wrap=True, end="") for part in parts]

    def to_copy(self) -> tuple[str, Any]:
        """The lines on the screen."""
        texts = [line.text for line in self._shown]
        return "\n".join(texts), texts

    # Moving.

    def _stay(self, top: int) -> None:
        self.following, self._top = False, max(0, top)
        self.repaint()

    def _back(self, lines: int) -> None:
        if self.tail is not None and (before := self.tail.before(self._top, lines)):
            self._stay(before[0].offset)

    def _forth(self, lines: int) -> None:
        if self.tail is None or self.following:
            return
        height = max(1, self.content_size.height)
        after = list(self.tail.after(self._top, lines + height))
        if len(after) <= height:
            self.action_last()
        else:
            self._stay(after[min(lines, len(after) - 1)].offset)

    def action_down(self) -> None:
        """One line down."""
        self._forth(1)

    def action_up(self) -> None:
        """One line up."""
        self._back(1)

    def action_page_down(self) -> None:
        """One page down."""
        self._forth(max(1, self.content_size.height - 1))

    def action_page_up(self) -> None:
        """One page up."""
        self._back(max(1, self.content_size.height - 1))

    def action_first(self) -> None:
        """To the beginning."""
        self._stay(0)

    def action_last(self) -> None:
        """To the end, and follow it."""
        self.following = True
        self.repaint()

    def action_follow(self) -> None:
        """Follow the end, or stay."""
        self.following = not self.following
        self.repaint()

    def action_wrap(self) -> None:
        """Wrap long lines or cut them."""
        self.wrapped = not self.wrapped
        self.repaint()

    def action_next_match(self) -> None:
        """Next line that matches."""
        if self._shown:
            self._search(self._shown[0].end, backwards=False)

    def action_previous_match(self) -> None:
        """Line before that matches."""
        self._search(self._top, backwards=True)

    def _search(self, offset: int, *, backwards: bool, quiet: bool = False) -> None:
        if self.tail is None or self._test is None:
            self.hfterm.say("set a filter first: /", "warn")
            return
        found = self.tail.find(self._test, offset, backwards=backwards, budget_seconds=SEARCH_SECONDS)
        if found.line is not None:
            self._stay(found.line.offset)
        elif found.offset is not None:
            self._stay(found.offset)
            self.hfterm.say("nothing up to here: press again to search on", "warn")
        elif not quiet:
            self.hfterm.say("no more matches", "warn")

    def action_open_pager(self) -> None:
        """Open the file in a pager, and come back."""
        if self.tail is not None:
            self.hfterm.open_file(self.tail.path)
