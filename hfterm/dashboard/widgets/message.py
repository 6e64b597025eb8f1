"""A message as lines: its head, its blocks, what it cost. Only the parts that are looked at are drawn."""

import datetime
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from hfterm.chat.blocks import Block, Splitter, code_blocks, split
from hfterm.chat.message import BROKEN, EDITED, Message
from hfterm.dashboard.widgets.growing_code import GrowingCode
from hfterm.dashboard.widgets.long_table import LongTable
from hfterm.dashboard.widgets.md_look import Look
from hfterm.dashboard.widgets.md_view import WIDEST, Drawn, draw, draw_text
from hfterm.dashboard.widgets.part import Part, guess
from hfterm.text import human_seconds, redact, sanitize

# A user's text is drawn in parts of so many lines: a pasted file is long.
TEXT_LINES = 40
# Lines of what is being thought that are shown meanwhile.
THOUGHT_LINES = 3
# How an answer ended, where that is worth a word.
ENDS = {
    "stopped": "(stopped)",
    "length": "(cut at max_new_tokens: P allows more)",
    "filtered": "(ended by the server's filter)",
    BROKEN: "(broken off)",
    EDITED: "(edited)",
    None: "(lost: its program was killed)",
}
_BOLD = Style(bold=True)


class MessageLines:
    """What is shown of a message. ``place`` is (which, of how many) among those that stand in the same place.

    An answer that grows begins without a ``message``; ``status`` says what is going on.
    """

    def __init__(
        self,
        message: Message | None = None,
        *,
        role: str = "assistant",
        name: str = "",
        content: str = "",
        place: tuple[int, int] = (1, 1),
    ) -> None:
        self.message, self.place = message, place
        self.role = message.role if message else role
        self.name = short_model((message.model if message else name) or "")
        self.content = message.content if message else content
        self.thinking = (message.thinking if message else "") or ""
        self.status, self.notes = "", list[str]()
        self.show_thinking = False
        self._splitter = Splitter() if message is None and role == "assistant" else None
        self._head, self._foot = Part(self._draw_head, "-", 1), Part(self._draw_foot, "-")
        self._thoughts = Part(self._draw_thoughts)
        self._body: list[Part] | None = [] if self._splitter else None
        self._tail: list[Part] = []
        self._codes = 0
        self._code, self._table = GrowingCode(), LongTable()

    @property
    def growing(self) -> bool:
        """Whether more of it is to come."""
        return self._splitter is not None

    def lead(self, blank: int) -> None:
        """So many blank lines stand above it."""
        self._head.above = blank

    # Parts.

    @property
    def parts(self) -> Sequence[Part]:
        """From the first line to the last."""
        if self._body is None:
            self._body = self._block_parts(split(self.content)) if self.role == "assistant" else self._text_parts()
        return [self._head, self._thoughts, *self._body, *self._tail, self._foot]

    def guess(self, width: int, look: Look) -> int:
        """About how many lines it has."""
        if self._body is None:
            return guess(self.content, width) + 3
        return sum(part.guess(width, look) for part in self.parts)

    def _text_parts(self) -> list[Part]:
        lines = self.content.split("\n")
        chunks = ["\n".join(lines[n : n + TEXT_LINES]) for n in range(0, len(lines), TEXT_LINES)]
        return [self._text_part(chunk) for chunk in chunks]

    @staticmethod
    def _text_part(text: str) -> Part:
        return Part(lambda width, look: Drawn(draw_text(text, width, look)), text)

    def _block_parts(self, blocks: Sequence[Block]) -> list[Part]:
        """Parts for blocks that come after those there are."""
        parts: list[Part] = []
        for block in blocks:
            first = not parts and not self._body
            above = 0 if block.joins or first else 1
            long = LongTable().parts(block.text, above) if block.kind == "table" else None
            parts += long or [self._block_part(block, above)]
            if block.kind == "code":
                self._codes += 1
            elif block.kind in ("list", "quote"):
                self._codes += len(code_blocks(block.text))
        return parts

    def _block_part(self, block: Block, above: int) -> Part:
        number = self._codes + 1
        return Part(lambda width, look: draw(block, width, look, number), block.text, above)

    # Growing.

    def feed(self, text: str, thinking: str = "") -> None:
        """More has come."""
        assert self._splitter is not None and self._body is not None
        self.content += text
        self.thinking += thinking
        self._thoughts.forget()
        self._body += self._block_parts(self._splitter.feed(text))
        self._tail = self._tail_parts(self._splitter)

    def _tail_parts(self, splitter: Splitter) -> list[Part]:
        if not splitter.tail.strip():
            return []
        above = 1 if self._body and not splitter.tail_joins else 0
        if splitter.tail_kind == "code" and (parts := self._code.parts(splitter, self._codes + 1, above)) is not None:
            return parts
        if (
            splitter.tail_kind == "table"
            and (parts := self._table.parts(splitter.tail[splitter.tail_begin :], above)) is not None
        ):
            return parts
        return [self._block_part(Block(splitter.tail_kind, splitter.tail), above)]

    def say(self, status: str) -> None:
        """What is going on, for the last line of an answer that grows."""
        self.status = status
        self._foot.forget()

    def note(self, text: str) -> None:
        """Something to know about this answer."""
        self.notes.append(text)
        self._foot.forget()

    def end(self, message: Message | None) -> None:
        """All has come; ``message`` is what was saved."""
        if self._splitter is not None and self._body is not None:
            self._body += self._block_parts(self._splitter.finish())
        self._splitter, self._tail, self.status, self.message = None, [], "", message
        for part in (self._head, self._thoughts, self._foot):
            part.forget()

    def update(self, message: Message, place: tuple[int, int]) -> None:
        """The same message as it is now known."""
        self.message, self.place = message, place
        self._head.forget()
        self._foot.forget()

    def toggle_thinking(self, show: bool) -> None:
        """Show what the model thought, or a line about it."""
        self.show_thinking = show
        self._thoughts.forget()

    # Lines that are not the model's.

    def _draw_head(self, width: int, look: Look) -> Drawn:
        who = {"user": "You", "system": "System"}.get(self.role, self.name or "Model")
        which, of = self.place
        right = when(self.message.created) if self.message else ""
        middle = f" [{which}/{of}]" if of > 1 else ""
        width = max(1, min(width, WIDEST))
        room = max(1, width - len(right) - len(middle) - 2)
        if cell_len(who) > room:
            dots = "~" if look.ascii else "…"
            who = set_cell_size(who, room - 1) + dots
        line = Text(end="").append(who, look.shade("accent" if self.role == "user" else "good") + _BOLD)
        line.append(middle, look.shade("warn"))
        line.append(" " * max(1, width - line.cell_len - len(right))).append(right, look.shade("dim"))
        return Drawn([Strip(line.render(look.console)).crop(0, width)])

    def _draw_thoughts(self, width: int, look: Look) -> Drawn:
        thoughts = self.thinking.strip()
        if not thoughts:
            return Drawn([])
        words = len(thoughts.split())
        if self.growing and not self.content:
            lines = [*draw_text(f"thinking, {words} words", width, look)]
            lines += draw_text(thoughts[-width * THOUGHT_LINES * 2 :], width, look)[-THOUGHT_LINES:]
        else:
            label = f"thought {words} words; t {'hides' if self.show_thinking else 'shows'} them"
            lines = draw_text(label, width, look)
            if self.show_thinking:
                lines += [*draw_text(thoughts, width, look), Strip.blank(1)]
        return Drawn([line.apply_style(look.shade("dim")) for line in lines])

    def _draw_foot(self, width: int, look: Look) -> Drawn:
        lines = [(note, "warn") for note in self.notes]
        if self.growing:
            lines.append((self.status, "accent"))
        elif self.role == "assistant" and self.message is not None:
            end, cost = ENDS.get(self.message.stop, ""), costs(self.message, look.ascii)
            calm = not end or self.message.stop == EDITED
            lines.append((" ".join(filter(None, (end, cost))), "dim" if calm else "warn"))
        return Drawn([
            line.apply_style(look.shade(role)) for text, role in lines if text for line in draw_text(text, width, look)
        ])  # fmt: skip


def costs(message: Message, ascii_only: bool = False) -> str:
    """What an answer cost: ``41.2 tokens/s · first after 0.21 s · 35 + 220 tokens · 5.3s``."""
    stats, dot = message.stats, " - " if ascii_only else " · "
    found = []
    if (rate := stats.get("tokens_per_second")) is not None:
        found.append(f"{rate:.3g} tokens/s")
    if (first := stats.get("first_token_seconds")) is not None:
        found.append(f"first after {first:.2f} s")
    prompt, answer = stats.get("prompt_tokens"), stats.get("completion_tokens")
    if answer is not None:
        found.append(f"{prompt} + {answer} tokens" if prompt is not None else f"{answer} tokens")
    if seconds := stats.get("seconds"):
        found.append(human_seconds(seconds))
    return dot.join(found)


def when(created: str) -> str:
    """A moment in ISO 8601 in local time: the hour and minute if today, else the day."""
    try:
        moment = datetime.datetime.fromisoformat(created).astimezone()
    except ValueError:
        return ""
    today = datetime.datetime.now().astimezone().date()
    return f"{moment:%H:%M}" if moment.date() == today else f"{moment:%Y-%m-%d}"


def short_model(model: str) -> str:
    """The end of a path or URL, which tells most."""
    text = redact(sanitize(model, cell=True))
    if text.startswith(("/", "~", ".")):
        return text.rstrip("/").rpartition("/")[2] or text
    if "://" in text:
        return text.partition("#")[2] or text.partition("://")[2].partition("/")[0]
    return text
