"""A log file of any size: its end, followed, or any place in it; only what is on the screen is read."""

import contextlib
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual import events
from textual.message import Message

from hfterm.dashboard import keys
from hfterm.dashboard.errands import Errands
from hfterm.dashboard.widgets.log_reader import Seen, What, Wish, look, search
from hfterm.dashboard.widgets.log_window import Glass, Place, Window
from hfterm.dashboard.widgets.panel import Panel
from hfterm.text import human_bytes

if TYPE_CHECKING:
    from hfterm.tracking.tail import LogTail

BAD = re.compile(r"(?i)error\b|traceback|exception\b|\bfail(ed|ure)\b|\bfatal\b|\bnan\b|out of memory|\bkilled\b")
WARN = re.compile(r"(?i)warn(ing)?\b")
# What of a line is looked at for its colour.
TELLING = 400
# A file that has not been read for so long is said to hang.
HANGING_SECONDS = 3.0
# How far the view moves sideways.
SIDEWAYS = 16


class LogView(Panel):
    """Shows a :class:`hfterm.tracking.tail.LogTail`; :meth:`look` reads what is new, in a thread of its own."""

    BINDINGS: ClassVar[Any] = keys.bindings("log")

    class Read(Message):
        """The thread has read something."""

        bubble = False

        def __init__(self, seen: Seen) -> None:
            super().__init__()
            self.seen = seen

    def __init__(self, title: str = "Log", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.title = title
        self.tail: LogTail | None = None
        self.filter = ""
        self.following, self.wrapped = True, False
        self._test: Callable[[str], bool] | None = None
        # What is searched for: a plain text is found faster than by a test.
        self._what: What = ""
        self._quiet = False
        self._place = Place()
        # Rows that keys have moved so far, and what of it the window shows: a key may come before the last one's
        # rows are read.
        self._moved = self._seen = 0
        # Jumps, new files and new sizes: what was read for an older one is dropped.
        self._turn = 0
        self._window: Window | None = None
        self._state: tuple[int, bool, str] = (0, True, "")  # size, missing, problem
        self._generation: int | None = None
        self._left = 0
        self._searching = ""
        self._found: int | None = None
        self._errands = Errands("log")

    # What others call.

    def set_tail(self, tail: "LogTail | None", title: str) -> None:
        """Show another file, at its end."""
        if tail is not self.tail:
            self.tail, self.following, self._window = tail, True, None
            self._left, self._found, self._generation = 0, None, None
            self._state = (0, True, "")
            self._jump()
            self.repaint()
        if title != self.title:
            self.title = title
            self.repaint()
        self.look()

    def look(self) -> None:
        """Read what is new, unless it is being read already."""
        if self._errands.waited > HANGING_SECONDS and not self._searching:
            self.repaint()
        if not self._errands.busy:
            self._ask()

    def set_filter(self, text: str) -> None:
        """Mark the lines that match and go to the last of them.

        Raises:
            UsageError: a bad regular expression.
        """
        from hfterm.tracking.select import matcher

        self._test = matcher(text) if text else None
        self._what = text if self._test is None or not set(text) & set(" !/*?[") else self._test
        self.filter = text
        self._found = None
        if self._test is None:
            self._jump()
            self._ask()
        else:
            self._search(None, backwards=True, quiet=True)
        self.repaint()

    def to_copy(self) -> tuple[str, Any]:
        """The lines on the screen."""
        rows = self._window.rows if self._window else ()
        texts = list({row.line.offset: row.line.text for row in rows}.values())
        return "\n".join(texts), texts

    # Reading, in the thread.

    def on_resize(self) -> None:
        """Other rows fit."""
        self._turn += 1
        self._ask()

    def on_unmount(self) -> None:
        """Read no more."""
        self._errands.end()

    def _jump(self, place: Place | None = None) -> None:
        """Forget what keys have moved: what comes next starts from ``place``."""
        self._turn += 1
        self._moved = self._seen = 0
        if self._searching:
            self._searching = ""
            self.repaint()
        if place is not None:
            self._place, self.following = place, False

    def _wish(self) -> Wish | None:
        size = self.content_size
        if self.tail is None or not size.width or not size.height:
            return None
        glass = Glass(self.tail, size.width, size.height, self.wrapped)
        place = None if self.following else self._place
        return Wish(self._turn, glass, place, self._moved, self._moved - self._seen, self._generation)

    def _ask(self) -> None:
        if wish := self._wish():
            self._errands.ask(lambda newer: self._send(look(wish)))

    def _send(self, seen: Seen) -> None:
        """Called in the thread."""
        if self.is_running:
            with contextlib.suppress(RuntimeError):  # the app has just ended
                self.post_message(self.Read(seen))

    def on_log_view_read(self, message: Read) -> None:
        """Show what was read, if nothing else is wanted by now."""
        seen = message.seen
        wish, window = seen.wish, seen.window
        if wish.turn != self._turn or wish.glass.tail is not self.tail:
            return
        tail = wish.glass.tail
        state = tail.size, tail.missing, tail.problem or ""
        changed = state != self._state or seen.said != self._searching or seen.found is not None
        self._state, self._searching, self._generation = state, seen.said, seen.generation
        if window is not None:
            changed = changed or self._window is None or window.rows != self._window.rows
            self._window, self._place, self._seen = window, window.place, wish.moved
            following = seen.found is None and (window.at_end or wish.place is None)
            changed, self.following = changed or following != self.following, following
        if seen.found is not None:
            self._found = seen.found
        if seen.failed and not self._quiet:
            self.hfterm.say("no more matches", "warn")
        if changed:
            self.repaint()

    # Painting.

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """The rows, as last read."""
        _, missing, problem = self._state
        rows = self._window.rows if self._window else ()
        rows = rows[-height:] if self.following else rows[:height]
        self.entitle(Text(self.title), self._border())
        if not rows:
            words = "no log yet" if self.tail is None or missing else "nothing in it yet" if self._window else ""
            words = f"no log: {problem}" if problem and self.tail else words
            return [Text(words, style=self.shade("dim"), end="")]
        lines = []
        for row in rows:
            text = row.text
            if self._left and not self.wrapped:
                text = _from_cell(text, self._left)
            line = Text(text, style=self._style(row.line.text), no_wrap=True, end="")
            if not self.wrapped and line.cell_len > width:
                line = Text(set_cell_size(text, max(0, width - 1)), style=line.style, no_wrap=True, end="")
                line.append("~" if self.hfterm.ascii else "…", style=self.shade("dim"))
            if row.line.offset == self._found and self.filter:
                line.stylize(self.shade("select"))
            lines.append(line)
        return lines

    def _style(self, text: str) -> Any:
        if self._test is not None and self._test(text):
            return self.shade("accent")
        telling = text[:TELLING]
        role = "bad" if BAD.search(telling) else "warn" if WARN.search(telling) else "plain"
        return self.shade(role) if role != "plain" else ""

    def _border(self) -> Text:
        size, missing, problem = self._state
        words = Text()
        if self.tail is None:
            return words
        if self._errands.waited > HANGING_SECONDS and not self._searching:
            words.append(f"no answer for {self._errands.waited:.0f} s  ", style=self.shade("warn"))
        if missing and self._window is not None:
            words.append("the file is gone  ", style=self.shade("warn"))
        elif problem:
            words.append(f"{problem}  ", style=self.shade("warn"))
        if self._searching:
            words.append(f"{self._searching}  ", style=self.shade("accent"))
        if self.filter:
            words.append(f"/{self.filter}  ", style=self.shade("accent"))
        if size >= 1 << 20:
            words.append(f"{human_bytes(size)}  ")
        words.append("following" if self.following else f"{100 * self._place.offset / max(1, size):.0f}%")
        return words

    # Moving.

    def _move(self, rows: int) -> None:
        if self._searching:
            self._jump()
        if self._window is None or (self.following and rows > 0):
            return
        if self.following:  # from what is on the screen: meanwhile the file may have grown
            self.following, self._place = False, self._window.place
        self._moved += rows
        self._ask()

    @property
    def _page(self) -> int:
        return max(1, self.content_size.height - 1)

    def action_down(self) -> None:
        """One line down."""
        self._move(1)

    def action_up(self) -> None:
        """One line up."""
        self._move(-1)

    def action_page_down(self) -> None:
        """One page down."""
        self._move(self._page)

    def action_page_up(self) -> None:
        """One page up."""
        self._move(-self._page)

    def action_first(self) -> None:
        """To the beginning."""
        self._jump(Place())
        self._ask()

    def action_last(self) -> None:
        """To the end, and follow it."""
        self._jump()
        self.following = True
        self._ask()
        self.repaint()

    def action_follow(self) -> None:
        """Follow the end, or stay."""
        if not self.following:
            self.action_last()
            return
        self._jump(self._window.place if self._window else Place())
        self.repaint()

    def action_wrap(self) -> None:
        """Wrap long lines or cut them."""
        self.wrapped, self._left = not self.wrapped, 0
        self._jump()
        self._place = Place(self._place.offset)
        self._ask()

    def action_left(self) -> None:
        """Further left."""
        self._sideways(-SIDEWAYS)

    def action_right(self) -> None:
        """Further right, while there is text."""
        self._sideways(SIDEWAYS)

    def _sideways(self, cells: int) -> None:
        longest = max((cell_len(row.text) for row in self._window.rows), default=0) if self._window else 0
        if not self.wrapped and (cells < 0 or self._left + self.content_size.width < longest):
            self._left = max(0, self._left + cells)
            self.repaint()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Three lines up."""
        event.stop()
        self._move(-3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Three lines down."""
        event.stop()
        self._move(3)

    # Searching.

    def action_next_match(self) -> None:
        """Next line that matches."""
        rows = self._window.rows if self._window else ()
        here = next((row for row in rows if row.line.offset == self._found), rows[0] if rows else None)
        if here is not None:
            self._search(here.line.end, backwards=False)

    def action_previous_match(self) -> None:
        """Line before that matches."""
        rows = self._window.rows if self._window else ()
        shown = any(row.line.offset == self._found for row in rows)
        self._search(self._found if shown and self._found is not None else self._place.offset, backwards=True)

    def _search(self, offset: int | None, *, backwards: bool, quiet: bool = False) -> None:
        if self._test is None:
            self.hfterm.say("nothing to find: / sets what", "warn")
            return
        self._jump()
        self._quiet = quiet
        if wish := self._wish():
            what = self._what

            def errand(newer: Callable[[], bool]) -> None:
                if seen := search(wish, what, offset, backwards=backwards, newer=newer, tell=self._send):
                    self._send(seen)

            self._errands.ask(errand)

    def action_open_pager(self) -> None:
        """Open the file in a pager, and come back."""
        if self.tail is not None:
            self.hfterm.open_file(self.tail.path)


class LogPeek(LogView, can_focus=False):
    """The end of a log beside other things: wrapped, followed, without keys."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.wrapped = True


def _from_cell(text: str, left: int) -> str:
    """What of a text is to the right of its first ``left`` cells."""
    cells = 0
    for at, sign in enumerate(text):
        if cells >= left:
            return " " * (cells - left) + text[at:]
        cells += cell_len(sign)
    return ""
