"""``:`` runs hfterm's own commands; Tab completes, the arrows bring earlier ones back."""

import shlex
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import work
from textual.binding import Binding
from textual.message import Message
from textual.widgets import Input

from hfterm.dashboard.widgets.line_input import LineInput
from hfterm.dashboard.widgets.panel import Lines
from hfterm.text import sanitize

if TYPE_CHECKING:
    from hfterm.completion.tree import Tree

# Earlier commands, newest last, for as long as the dashboard runs.
history: list[str] = []


class Candidates(Lines):
    """What Tab would complete to, in a line above the command line."""

    DEFAULT_CSS = "Candidates { dock: bottom; height: 1; offset-y: -1; layer: above; }"

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def paint(self, width: int, height: int) -> list[Text]:
        """As many as fit."""
        line = Text(" ", no_wrap=True, end="")
        for n, name in enumerate(self.names):
            name = sanitize(name, cell=True)
            rest = f"{'...' if self.hfterm.ascii else '…'} {len(self.names) - n} more"
            beside = len(rest) + 2 if n + 1 < len(self.names) else 0
            if line.cell_len + len(name) + beside > width:
                line.append(rest)
                break
            line.append(name + "  ", style=self.shade("accent"))
        return [line]


class CommandLine(LineInput):
    """A line for a command without the word hfterm."""

    SIGN = ":"
    BINDINGS: ClassVar[Any] = [
        Binding("tab", "complete", show=False, priority=True),
        Binding("up", "earlier", show=False),
        Binding("down", "later", show=False),
    ]

    class Run(Message):
        """A command is to be run."""

        def __init__(self, words: list[str]) -> None:
            super().__init__()
            self.words = words

    def __init__(self, text: str = "") -> None:
        super().__init__(text, placeholder="a command: train ls, tok count FILE, gpu, demo ...   Tab completes",
                         compact=True, select_on_focus=False)  # fmt: skip
        self._at = len(history)
        self._tree: Tree | None = None
        self._candidates = Candidates()

    def on_mount(self) -> None:
        """Read the commands meanwhile."""
        self.screen.mount(self._candidates)
        self._candidates.display = False
        self._read_commands()

    def on_unmount(self) -> None:
        """Take the candidates away too."""
        self._candidates.remove()

    @work(thread=True, exclusive=True)
    def _read_commands(self) -> None:
        from hfterm.completion.generate import commands

        self._tree = commands(with_plugins=True, on_error=lambda words, exc: None)

    def action_complete(self) -> None:
        """Complete the last word as far as it is certain; show what it could be."""
        from hfterm.completion.line import complete_line

        if self._tree is None:
            return
        found = complete_line(self._tree, self.value)
        start = self.value if not self.value or self.value[-1].isspace() else self.value.rpartition(" ")[0]
        start = start + " " if start and not start.endswith(" ") else start
        if len(found) == 1:
            self.value = start + _quoted(found[0]) + ("" if found[0].endswith(("/", "=")) else " ")
        elif len(common := _common(found)) > len(self.value) - len(start):
            self.value = start + _quoted(common)
        self.cursor_position = len(self.value)
        self._candidates.names = found
        self._candidates.display = len(found) > 1
        self._candidates.repaint()

    def action_earlier(self) -> None:
        """The command before."""
        self._recall(-1)

    def action_later(self) -> None:
        """The command after."""
        self._recall(1)

    def _recall(self, step: int) -> None:
        self._at = min(max(0, self._at + step), len(history))
        self.value = history[self._at] if self._at < len(history) else ""
        self.cursor_position = len(self.value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """The candidates are no longer right."""
        event.stop()
        self._candidates.display = False

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Run it."""
        event.stop()
        text = self.value.strip().removeprefix("hfterm ").strip()
        try:
            words = shlex.split(text)
        except ValueError as exc:
            self.app.notify(f"cannot read the command: {exc}".lower(), severity="error")
            return
        self.remove()
        if not words:
            return
        if text not in history[-1:]:
            history.append(text)
        self.app.post_message(self.Run(words))


def _common(words: list[str]) -> str:
    """What all words begin with."""
    first, last = min(words, default=""), max(words, default="")
    return next(
        (first[:i] for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(first, last, key=len)
    )


def _quoted(word: str) -> str:
    return shlex.quote(word) if any(c in word for c in " '\"\\$&|;<>()*?#!") else word
