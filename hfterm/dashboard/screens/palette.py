"""``^p``: everything that can be done here, found by words: the keys in force, the themes, hfterm's commands."""

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen
from textual.widgets import Input

from hfterm.dashboard import keys, shades
from hfterm.dashboard.widgets.virtual_list import Cell, Column, VirtualList

if TYPE_CHECKING:
    from hfterm.dashboard.app import HftermApp

# What moves in the list and cannot be meant from here.
PASSED_OVER = ("list", "text", "prompt")


class Deed(NamedTuple):
    """Something that can be done: what it does, how it is done otherwise."""

    text: str
    how: str
    do: Callable[[], Any]


class DeedList(VirtualList):
    """What was found."""

    COLUMNS = (Column("what"), Column("how", 27, spare=1))
    EMPTY = "nothing of that name"
    LED = True

    def key(self, row: Any) -> tuple[str, str]:
        """Its words."""
        return row.text, row.how

    def cells(self, row: Any) -> Sequence[Cell]:
        """What it does, and the key or command."""
        return [(row.text, "plain"), (row.how, "accent")]


class Palette(ModalScreen[Deed | None]):
    """The result is what to do, or None; ``about`` is the screen where it is to be done."""

    CSS = """
    Palette { align: center middle; background: transparent; }
    Palette Vertical {
        width: 96; max-width: 96%; height: 70%; min-height: 8; max-height: 100%;
        border: round $border; background: $background;
        border-title-color: $foreground; border-subtitle-color: $dim;
    }
    Palette.-ascii Vertical { border: ascii $border; }
    Palette Input { border: none; padding: 0 2; height: 1; background: $background; }
    Palette DeedList { border: none; height: 1fr; }
    """
    BINDINGS: ClassVar[Any] = [
        Binding("escape", "dismiss", "close"),
        *(Binding(key, f"list('{key}')", show=False, priority=True) for key in ("up", "down", "pageup", "pagedown")),
    ]

    def __init__(self, about: "Screen[Any]") -> None:
        super().__init__()
        self.about = about
        self.deeds: list[Deed] = []

    @property
    def hfterm(self) -> "HftermApp":
        """The app."""
        return cast("HftermApp", self.app)

    def compose(self) -> ComposeResult:
        """A line to type in, what there is under it."""
        with Vertical() as box:
            box.border_title = Text("What to do")
            box.border_subtitle = Text("Enter does it, Esc leaves")
            yield Input(placeholder="words: a key's deed, a theme, a command", compact=True)
            yield DeedList()

    def on_mount(self) -> None:
        """Show everything at first."""
        self.set_class(self.hfterm.ascii, "-ascii")
        self.query_one(DeedList).can_focus = False
        self.deeds = [*self._keys(), *self._themes(), *self._commands()]
        self._find("")

    def _keys(self) -> Iterator[Deed]:
        """What the keys in force do: those of the pane, of the screen, those of everywhere."""
        active = {one.binding.id: one for one in self.about.active_bindings.values() if one.enabled}
        rows = [key for key in keys.all_keys() if key.id in active and key.group not in PASSED_OVER]
        for key in sorted(rows, key=lambda key: key.group == "app"):
            shown = keys.shown(self.hfterm.keys_of(key.id) or key.keys)
            how = keys.ascii_shown(shown) if self.hfterm.ascii else shown
            one = active[key.id]
            if key.id != "app.palette":
                do = functools.partial(self.hfterm.run_action, one.binding.action, one.node)
                yield Deed(key.help, how, do)

    def _themes(self) -> Iterator[Deed]:
        for name in shades.THEMES:
            yield Deed(f"Theme: {name}", f"ui --theme {name}", functools.partial(self.hfterm.set_shades, name))

    def _commands(self) -> Iterator[Deed]:
        """What hfterm itself can do: choosing one begins its line."""
        from hfterm.cli import COMMANDS

        def walk(entry: Any, words: str) -> Iterator[Deed]:
            if isinstance(entry, str):
                yield Deed(entry, f":{words}", functools.partial(self.hfterm.open_line, f"{words} "))
                return
            if not entry.verbs or entry.bare:
                yield from walk(entry.help, words)
            for name, verb in entry.verbs.items():
                yield from walk(verb, f"{words} {name}")

        for name, entry in COMMANDS.items():
            if name != "ui":
                yield from walk(entry, name)

    def _find(self, typed: str) -> None:
        """Those that have all words; what begins with them comes first."""
        typed = " ".join(typed.casefold().split())
        words = typed.split()
        found = [d for d in self.deeds if all(word in f"{d.text} {d.how}".casefold() for word in words)]
        found.sort(key=lambda d: typed not in d.text.casefold() and typed not in d.how.casefold())
        found.sort(key=lambda d: typed not in (d.text.casefold(), d.how.casefold().lstrip(":")))
        listed = self.query_one(DeedList)
        listed.set_rows(found)
        listed.move_to(0)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Others may fit."""
        event.stop()
        self._find(event.value)

    def action_list(self, key: str) -> None:
        """Move in the list while one types."""
        listed = self.query_one(DeedList)
        {"up": listed.action_up, "down": listed.action_down, "pageup": listed.action_page_up,
         "pagedown": listed.action_page_down}[key]()  # fmt: skip

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do what is under the cursor."""
        event.stop()
        self.dismiss(self.query_one(DeedList).current)

    def on_virtual_list_chosen(self, event: VirtualList.Chosen) -> None:
        """A double click."""
        self.dismiss(event.row)
