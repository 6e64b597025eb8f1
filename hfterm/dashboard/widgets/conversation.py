"""The conversation pane: it scrolls by lines, marks a message and a code block, and follows an answer that grows."""

import time
from collections.abc import Sequence
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message as Event
from textual.strip import Strip

from hfterm.dashboard import keys
from hfterm.dashboard.widgets.md_look import Look
from hfterm.dashboard.widgets.message import MessageLines
from hfterm.dashboard.widgets.panel import Panel
from hfterm.dashboard.widgets.transcript import START, CodePlace, Place, Transcript

# The mark of the chosen message and a blank; a blank and the scroll bar.
LEFT, RIGHT = 2, 2
WHEEL_LINES = 3


class Conversation(Panel):
    """Messages, one below the other. ``top`` is the first line shown; None: the end is followed."""

    BINDINGS: ClassVar[Any] = keys.bindings("talk")
    DEFAULT_CSS = "Conversation { height: 1fr; padding: 0; }"

    class Chosen(Event):
        """Another message or code block is the chosen one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.transcript: Transcript | None = None
        self.top: Place | None = None
        self.chosen_message: int | None = None  # None: the last
        self.code: CodePlace | None = None
        self.welcome: Sequence[Text] = ()
        self.cost = 0.0  # seconds that the last painting took

    # What is shown.

    @property
    def messages(self) -> list[MessageLines]:
        """The messages, from the first to the last."""
        return self._shown().messages

    def _shown(self) -> Transcript:
        app = self.hfterm
        key = (app.theme, app.terminal.colors, app.ascii)
        if self.transcript is None or self.transcript.look.key != key:
            messages = self.transcript.messages if self.transcript else []
            self.transcript = Transcript(Look(app.shade, ascii_only=app.ascii, key=key))
            self.transcript.messages = messages
        self.transcript.width = max(1, self.content_size.width - LEFT - RIGHT)
        return self.transcript

    def show(self, messages: Sequence[MessageLines], *, chosen: int | None = None) -> None:
        """Show these instead, from where one was if they are the same ones."""
        shown = self._shown()
        same = bool(shown.messages) and bool(messages) and shown.messages[0] is messages[0]
        shown.messages = list(messages)
        for n, message in enumerate(messages):
            message.lead(1 if n else 0)
        self.code = None
        self.chosen_message = self.chosen_message if chosen is None and same else chosen
        self.top = shown.fit(self.top) if same and self.top is not None else None
        if chosen is not None:
            self._show_message()
        self.repaint()

    def grown(self) -> None:
        """A message has changed."""
        self.repaint()

    def _painting(self) -> tuple[int, list[Strip]]:
        size = (self.content_size.width, self.content_size.height)
        if self._painted is None or self._painted[0] != size:
            began = time.monotonic()
            self._painted = size, self._paint_all(*size) if min(size) > 0 else []
            self.cost = time.monotonic() - began
        return size[0], self._painted[1]

    def _paint_all(self, width: int, height: int) -> list[Strip]:
        shown = self._shown()
        if not shown.messages:
            return [
                Strip([Segment(" " * LEFT), *line.render(self.app.console)])
                .adjust_cell_length(width).apply_style(self.rich_style)
                for line in self._wrapped_welcome(max(1, width - LEFT - RIGHT))[:height]
            ]  # fmt: skip
        top = self._top(shown, height)
        bar = self._bar(shown, top, height)
        mark = Segment("| " if self.hfterm.ascii else "▌ ", self.shade("accent"))
        blank = Segment(" " * LEFT)
        chosen = self.current_index
        lines = []
        for y, (place, strip) in enumerate(shown.window(top, height)):
            body = strip or Strip([])
            if self.code is not None and place[:2] == self.code[:2]:
                body = self._lit(shown, place, body)
            left = mark if place.message == chosen and (strip is not None or place.part) else blank
            body = Strip([left, *body.adjust_cell_length(shown.width), bar[y]])
            lines.append(body.adjust_cell_length(width).apply_style(self.rich_style))
        return lines

    def _wrapped_welcome(self, width: int) -> list[Text]:
        lines = [part for line in self.welcome for part in (line.wrap(self.app.console, width) or [Text()])]
        for line in lines:
            line.end = ""
        return lines

    def _top(self, shown: Transcript, height: int) -> Place:
        """The first line to show; following begins where the end is reached."""
        last = shown.up(shown.end, height)
        if self.top is not None:
            self.top = shown.fit(self.top)
            if self.top >= last:
                self.top = None
        return last if self.top is None else self.top

    def _bar(self, shown: Transcript, top: Place, height: int) -> list[Segment]:
        """A scroll bar, a segment a line."""
        share, part = shown.share(top, height)
        style = self.shade("dim")
        nothing = Segment("  ")
        if part >= 1:
            return [nothing] * height
        thumb = max(1, round(part * height))
        first = min(height - thumb, round(share * height)) if self.top is not None else height - thumb
        sign = Segment(" #" if self.hfterm.ascii else " ▐", style)
        return [sign if first <= y < first + thumb else nothing for y in range(height)]

    def _lit(self, shown: Transcript, place: Place, strip: Strip) -> Strip:
        """The line with the frame of the chosen code block lit."""
        assert self.code is not None
        at, y, accent = self.code.at, place.line - shown.part(place).above, self.shade("accent")
        if not at.first <= y <= at.last:
            return strip
        sides = (
            [(at.left, at.right)] if y in (at.first, at.last) else [(at.left, at.left + 1), (at.right - 1, at.right)]
        )
        parts, x = [], 0
        for first, last in sides:
            parts += [*strip.crop(x, first), *_restyled(strip.crop(first, last), accent)]
            x = last
        return Strip([*parts, *strip.crop(x)])

    # Moving.

    def _move(self, lines: int) -> None:
        shown, height = self._shown(), self.content_size.height
        if not shown.messages or height <= 0:
            return
        top = self._top(shown, height)
        self.top = shown.down(top, lines) if lines > 0 else shown.up(top, -lines)
        self._moved(shown, height)

    def _moved(self, shown: Transcript, height: int) -> None:
        """The chosen ones are always among those that are seen."""
        top = self._top(shown, height)
        seen = [place for place, _ in shown.window(top, height)]
        if seen:
            first, last = seen[0].message, seen[-1].message
            self.chosen_message = min(max(self.current_index, first), last)
            if self.top is None and self.chosen_message == len(shown.messages) - 1:
                self.chosen_message = None
            if self.code is not None and self.code[:2] not in {place[:2] for place in seen}:
                self.code = None
        self.post_message(self.Chosen())
        self.repaint()

    def action_down(self) -> None:
        """One line down."""
        self._move(1)

    def action_up(self) -> None:
        """One line up."""
        self._move(-1)

    def action_page_down(self) -> None:
        """One page down."""
        self._move(max(1, self.content_size.height - 1))

    def action_page_up(self) -> None:
        """One page up."""
        self._move(-max(1, self.content_size.height - 1))

    def action_first(self) -> None:
        """To the beginning."""
        self.top = START
        self._moved(self._shown(), self.content_size.height)

    def action_last(self) -> None:
        """To the end, and follow it."""
        self.top = self.chosen_message = self.code = None
        self.post_message(self.Chosen())
        self.repaint()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Some lines down."""
        event.stop()
        self._move(WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Some lines up."""
        event.stop()
        self._move(-WHEEL_LINES)

    def on_click(self, event: events.Click) -> None:
        """Choose the message, or the code block, that the mouse is on."""
        shown, y = self._shown(), event.y - self.gutter.top
        height = self.content_size.height
        if not shown.messages or not 0 <= y < height:
            return
        places = [place for place, _ in shown.window(self._top(shown, height), height)]
        if y < len(places):
            place = places[y]
            if self.top is None:
                self.top = places[0]
            line = place.line - shown.part(place).above
            self.chosen_message = place.message
            self.code = next(
                (c for c in shown.codes(place.message) if c.part == place.part and c.at.first <= line <= c.at.last),
                None,
            )
            self.post_message(self.Chosen())
            self.repaint()

    # The chosen message.

    @property
    def current_index(self) -> int:
        """The number of the chosen message; -1 where there is none."""
        count = len(self._shown().messages)
        return count - 1 if self.chosen_message is None else min(self.chosen_message, count - 1)

    @property
    def current(self) -> MessageLines | None:
        """The chosen message; the last where none was chosen."""
        messages = self._shown().messages
        return messages[self.current_index] if messages else None

    def action_previous_message(self) -> None:
        """Choose the message before."""
        self._choose(self.current_index - 1)

    def action_next_message(self) -> None:
        """Choose the message after."""
        self._choose(self.current_index + 1)

    def _choose(self, n: int) -> None:
        count = len(self._shown().messages)
        if count:
            self.chosen_message, self.code = min(max(0, n), count - 1), None
            self._show_message()
            self.post_message(self.Chosen())
            self.repaint()

    def _show_message(self) -> None:
        """Scroll so that the chosen message is seen, from its head on."""
        shown, height = self._shown(), max(1, self.content_size.height)
        index = self.current_index
        seen = [place for place, _ in shown.window(self._top(shown, height), height)]
        heads = [y for y, place in enumerate(seen) if place[:2] == (index, 0)]
        whole = bool(seen) and (seen[-1].message > index or seen[-1] >= shown.up(shown.end, 1))
        if not heads or not (whole or heads[0] <= height // 3):
            self.top = Place(index, 0, 0)
            self._top(shown, height)

    # Code.

    def action_next_code(self) -> None:
        """Choose the next code block; where none was chosen and none follows, the nearest before."""
        shown = self._shown()
        at = self._top(shown, self.content_size.height).message if self.chosen_message is None else self.current_index
        found = shown.next_code(max(0, at), self.code)
        self._choose_code(found or (None if self.code else shown.previous_code(at, None)))

    def action_previous_code(self) -> None:
        """Choose the code block before."""
        shown = self._shown()
        self._choose_code(shown.previous_code(self.current_index, self.code))

    def _choose_code(self, found: CodePlace | None) -> None:
        if found is None:
            self.hfterm.say("no more code blocks" if self.code else "no code block here", "warn")
            return
        shown, height = self._shown(), max(1, self.content_size.height)
        self.code, self.chosen_message = found, found.message
        above = shown.part(found).above
        first = Place(found.message, found.part, found.at.first + above)
        last = Place(found.message, found.part, found.at.last + above)
        top = self._top(shown, height)
        if first < top or last > shown.down(top, height - 1):
            self.top = shown.up(first, 2 if found.at.last - found.at.first + 3 < height else 0)
        elif self.top is None:
            self.top = top
        self.post_message(self.Chosen())
        self.repaint()

    def to_copy(self) -> tuple[str, Any]:
        """The chosen code block, else the chosen message."""
        if self.code is not None:
            at = self.code.at
            return at.code, {"language": at.language, "code": at.code}
        return self.copied_message()

    def copied_message(self) -> tuple[str, Any]:
        """The chosen message, as text and as a chat record's message."""
        chosen = self.current
        if chosen is None:
            return "", None
        return chosen.content, {"role": chosen.role, "content": chosen.content}


def _restyled(segments: Strip, style: Style) -> list[Segment]:
    return [Segment(s.text, (s.style or Style()) + style, s.control) for s in segments]
