"""The last line: the keys that matter now, or what was just done."""

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual import events
from textual.keys import _character_to_key

from hfterm.dashboard import keys
from hfterm.dashboard.state import Topic
from hfterm.dashboard.widgets.panel import Lines

# How long a sentence about what was done stays.
SAID_SECONDS = 6.0


class KeyBar(Lines):
    """Keys of the focused pane first, or those of what lies over the screen; made from the bindings in force."""

    TOPICS: ClassVar[tuple[Topic, ...]] = ("clock",)
    DEFAULT_CSS = "KeyBar { dock: bottom; height: 1; }"

    def on_mount(self) -> None:
        """Follow the focus."""
        super().on_mount()
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.repaint())

    def changed(self, topic: Topic) -> None:
        """A sentence has been there for long enough."""
        if self.hfterm.said_until:
            self.repaint()

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """One line."""
        if said := self.hfterm.said():
            text, role = said
            return [Text(f" {text}", style=self.shade(role), no_wrap=True, end="")]
        found = self._keys()
        # The way to all the other keys stays, whatever has to go for it.
        last = [pair for pair in found if pair[1] == keys.TABLE["app.help"].label]
        others = [pair for pair in found if pair not in last]
        while others and sum(len(key) + len(label) + 3 for key, label in (*others, *last)) > width:
            others.pop()
        line = Text(no_wrap=True, end="")
        for key, label in (*others, *last):
            line.append("  " if line else " ")
            line.append(key, style=self.shade("accent"))
            line.append(f" {label}")
        return [line]

    def _keys(self) -> list[tuple[str, str]]:
        top: Any = self.app.screen
        if (given := getattr(top, "key_labels", None)) is not None:
            return list(given())
        own: list[tuple[str, str]] = []
        common: list[tuple[str, str]] = []
        seen: set[Any] = set()
        active_keys: dict[Any, set[str]] = {}
        for key, active in top.active_bindings.items():
            active_keys.setdefault(active.binding.id, set()).add(key)
        for active in top.active_bindings.values():
            binding = active.binding
            which = binding.id or binding.action
            if not binding.show or not active.enabled or which in seen:
                continue
            seen.add(which)
            row = keys.TABLE.get(binding.id or "")
            names = (self.hfterm.keys_of(binding.id) or (row.keys if row else binding.key)).split(",")
            # Not the first of them where that is taken, as letters are while one writes.
            shown = keys.shown(
                next((name for name in names if {name, _long(name)} & active_keys[binding.id]), names[0])
            )
            shown = keys.ascii_shown(shown) if self.hfterm.ascii else shown
            (common if (binding.id or "app.").startswith("app.") else own).append((shown, binding.description))
        return own + common

    def on_click(self, event: events.Click) -> None:
        """A click is a question about keys."""
        self.hfterm.action_help()


def _long(key: str) -> str:
    """Textual's name of a key."""
    return _character_to_key(key) if len(key) == 1 else key
