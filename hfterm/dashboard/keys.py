"""The one key table: bindings, the key line, the ``?`` help, the palette, the docs and the user's keymap come from it.

Only keys that every terminal and multiplexer passes on are used; the few others have a second spelling.
"""

from typing import TYPE_CHECKING, NamedTuple

from hfterm.errors import ConfigError

if TYPE_CHECKING:
    from textual.binding import Binding


class Key(NamedTuple):
    """A row: ``id`` is ``GROUP.NAME``; ``keys`` Textual's names or characters, by commas; ``footer``: shown below."""

    id: str
    keys: str
    action: str
    label: str
    help: str
    footer: bool = False

    @property
    def group(self) -> str:
        """What the key works in: a row of ``GROUPS``."""
        return self.id.partition(".")[0]


# Where keys work, in the order of the help page.
GROUPS = {
    "app": "Everywhere",
    "list": "Lists",
    "gpus": "GPU processes",
    "runs": "Runs",
    "chart": "Charts",
    "grid": "Several charts",
    "log": "Logs",
    "chat": "Chat",
    "talk": "The conversation",
    "prompt": "Writing to the model",
    "chats": "Saved conversations",
    "text": "Text pages",
}

KEYS: tuple[Key, ...] = (
    Key("app.command", ":", "command_line", "command", "Run any hfterm command; Tab completes", True),
    Key("app.filter", "/", "screen.filter", "filter", "Filter: words, glob, /regex/, !without; Esc clears", True),
    Key("app.help", "?", "help", "help", "Explain the keys that work here", True),
    Key("app.next", "tab", "focus_next", "next pane", "Go to the next pane"),
    Key("app.previous", "shift+tab", "focus_previous", "previous pane", "Go to the previous pane"),
    Key("app.zoom", "z", "screen.zoom", "zoom", "Give the pane the whole screen, and back"),
    Key("app.copy", "c", "copy", "copy", "Copy what the cursor is on to the clipboard"),
    Key("app.copy_json", "C", "copy_json", "copy JSON", "Copy it as JSON"),
    Key("app.refresh", "r", "refresh_now", "refresh", "Look again now"),
    Key("app.faster", "+", "faster", "faster", "Look more often"),
    Key("app.slower", "-", "slower", "slower", "Look less often"),
    Key("app.jobs", "J", "jobs", "jobs", "Commands started here, and what they wrote"),
    Key("app.palette", "ctrl+p", "command_palette", "palette", "Search everything that can be done"),
    Key("app.redraw", "ctrl+l", "redraw", "redraw", "Paint the whole screen anew"),
    Key("app.suspend", "ctrl+z", "suspend_process", "suspend", "Back to the shell; fg returns"),
    Key("app.back", "q,escape", "back", "back", "Leave this page, pane or filter"),
    Key("app.quit", "Q,ctrl+q", "quit", "quit", "Quit; runs and jobs go on", True),
    Key("list.down", "down,j", "down", "down", "One row down"),
    Key("list.up", "up,k", "up", "up", "One row up"),
    Key("list.first", "home,g", "first", "first", "First row"),
    Key("list.last", "end,G", "last", "last", "Last row"),
    Key("list.page_down", "pagedown,ctrl+d", "page_down", "page down", "One page down"),
    Key("list.page_up", "pageup,ctrl+u", "page_up", "page up", "One page up"),
    Key("list.open", "enter", "choose", "open", "Open the row"),
    Key("list.mark", "space", "mark", "mark", "Mark the row, and go down"),
    Key("list.mark_all", "a", "mark_all", "mark all", "Mark all rows shown, or none"),
    Key("list.sort", "s", "sort", "sort", "Sort by the next column"),
    Key("list.reverse", "S", "reverse", "reverse", "Turn the order round"),
    Key("runs.view", "e", "next_view", "next view", "Charts, log, configuration, checkpoints in turn", True),
    Key("runs.view_back", "E", "previous_view", "view before", "The same backwards"),
    Key("runs.stop", "t", "stop", "stop", "Stop the run: it saves a checkpoint and ends", True),
    Key("runs.resume", "R", "resume", "resume", "Resume the run, detached from this terminal", True),
    Key("runs.delete", "d", "delete", "delete", "Delete the run's folder, or those of all marked runs", True),
    Key("runs.note", "A", "note", "note", "Write a note on the run"),
    Key("runs.chat", "H", "chat", "chat with it", "Chat with the run's model, or the checkpoint chosen"),
    Key("runs.pin", "p", "pin", "pin", "Keep the run on Home and in the first line, or let the newest be there"),
    Key("gpus.signal", "x", "signal", "signal", "Send INT, TERM or KILL to the marked processes", True),
    Key("gpus.info", "i", "info", "details", "All about the process: whole command line, folder, parent", True),
    Key("gpus.trends", "t", "trends", "trends", "Trends of the chosen GPU and the host, on all the screen", True),
    Key("gpus.next", "right,l", "next_device", "next GPU", "Choose the next GPU, and see its processes only", True),
    Key("gpus.previous", "left,h", "previous_device", "GPU before", "Choose the GPU before; before the first: all"),
    Key("gpus.all", "0", "all_devices", "all GPUs", "All GPUs and all their processes"),
    Key("chart.log", "y", "log_axis", "log axis", "Logarithmic axis, and back", True),
    Key("chart.smooth", "m", "smooth", "smooth", "Smooth more: 0, 0.6, 0.9, 0.97", True),
    Key("chart.left", "left,h", "left", "left", "Read the value to the left"),
    Key("chart.right", "right,l", "right", "right", "Read the value to the right"),
    Key("chart.zoom_in", "]", "zoom_in", "zoom in", "Half as many steps, around the cursor or up to the newest", True),
    Key("chart.zoom_out", "[", "zoom_out", "zoom out", "Twice as many steps"),
    Key("chart.all", "0", "whole", "all steps", "All steps"),
    Key("grid.down", "down,j", "down", "chart below", "The chart below"),
    Key("grid.up", "up,k", "up", "chart above", "The chart above"),
    Key("grid.page_down", "pagedown,ctrl+d", "page_down", "next page", "More metrics: the next page"),
    Key("grid.page_up", "pageup,ctrl+u", "page_up", "page before", "The page before"),
    Key("grid.first", "home,g", "first", "first page", "The first page"),
    Key("grid.last", "end,G", "last", "last page", "The last page"),
    Key("grid.alone", "enter", "alone", "alone", "This metric alone, and all again"),
    Key("log.follow", "f", "follow", "follow", "Follow the end, or stay here", True),
    Key("log.wrap", "w", "wrap", "wrap", "Wrap long lines, or cut them", True),
    Key("log.left", "left,h", "left", "left", "Further left in long lines"),
    Key("log.right", "right,l", "right", "right", "Further right in long lines"),
    Key("log.next", "n", "next_match", "next match", "Next line that matches the filter"),
    Key("log.previous", "N", "previous_match", "previous match", "Line before that matches the filter"),
    Key("log.open", "o", "open_pager", "pager", "Open the file in $PAGER"),
    Key("log.down", "down,j", "down", "down", "One line down"),
    Key("log.up", "up,k", "up", "up", "One line up"),
    Key("log.page_down", "pagedown,ctrl+d", "page_down", "page down", "One page down"),
    Key("log.page_up", "pageup,ctrl+u", "page_up", "page up", "One page up"),
    Key("log.first", "home,g", "first", "first", "To the beginning"),
    Key("log.last", "end,G", "last", "last", "To the end, and follow it"),
    Key("talk.write", "i,enter", "screen.write", "write", "Write to the model", True),
    Key("talk.again", "R", "screen.again", "again", "Have it answered again; the other answers stay beside it", True),
    Key("talk.edit", "e", "screen.edit", "edit", "Edit the message; a question is asked anew, in its own branch", True),
    Key("talk.older", "[", "screen.older", "before", "The answer or question before this one, in its place", True),
    Key("talk.newer", "]", "screen.newer", "after", "The answer or question after this one, in its place"),
    Key("talk.next_code", "n", "next_code", "code", "Choose the next code block; c copies it", True),
    Key("talk.previous_code", "N", "previous_code", "code before", "Choose the code block before"),
    Key("talk.copy", "y", "screen.copy_message", "copy all", "Copy the whole message; c copies the chosen code block"),
    Key("talk.thoughts", "t", "screen.thoughts", "thoughts", "Show what the model thought, or hide it"),
    Key("talk.previous", "left,h", "previous_message", "message before", "Choose the message before"),
    Key("talk.next", "right,l", "next_message", "message after", "Choose the message after"),
    Key("talk.down", "down,j", "down", "down", "One line down"),
    Key("talk.up", "up,k", "up", "up", "One line up"),
    Key("talk.page_down", "pagedown,ctrl+d,space", "page_down", "page down", "One page down"),
    Key("talk.page_up", "pageup,ctrl+u", "page_up", "page up", "One page up"),
    Key("talk.first", "home,g", "first", "first", "To the beginning"),
    Key("talk.last", "end,G", "last", "last", "To the end, and follow it"),
    Key("prompt.send", "enter", "send", "send", "Send it", True),
    Key("prompt.newline", "alt+enter,shift+enter,ctrl+j", "newline", "new line", "A new line", True),
    Key("prompt.leave", "escape", "leave", "leave", "To the keys of the conversation; what is written stays", True),
    Key("prompt.earlier", "up", "cursor_up", "earlier", "One line up; above the first, what was sent before"),
    Key("prompt.later", "down", "cursor_down", "later", "One line down; below the last, what was sent after"),
    Key("prompt.undo", "ctrl+underscore", "undo", "undo", "Undo"),
    Key("chats.delete", "d", "screen.delete", "delete", "Delete the conversation, or all marked ones", True),
    Key("chat.stop", "escape,ctrl+c", "stop_answer", "stop", "Stop the answer and keep what has come", True),
    Key("chat.write", "i", "write", "write", "Write to the model", True),
    Key("chat.model", "m", "model", "model", "Choose the model: one there is, a Hub id, a server's address", True),
    Key("chat.new", "ctrl+n", "new", "new", "Begin a new conversation", True),
    Key("chat.settings", "P", "settings", "settings", "System prompt, temperature, top_p, length, seed"),
    Key("chat.sessions", "o", "sessions", "saved", "To the saved conversations, or hide them", True),
    Key("chat.title", "T", "rename", "title", "Give the conversation another title"),
    Key("chat.export", "E", "export", "export", "Export it, or all marked ones, as records to train on or Markdown"),
    Key("text.down", "down,j", "down", "down", "One line down"),
    Key("text.up", "up,k", "up", "up", "One line up"),
    Key("text.page_down", "pagedown,ctrl+d,space", "page_down", "page down", "One page down"),
    Key("text.page_up", "pageup,ctrl+u", "page_up", "page up", "One page up"),
    Key("text.first", "home,g", "first", "first", "To the beginning"),
    Key("text.last", "end,G", "last", "last", "To the end"),
)


# The rows by their ids.
TABLE = {key.id: key for key in KEYS}


def screen_keys() -> tuple[Key, ...]:
    """The keys that go to a screen by its number."""
    from hfterm.dashboard.screens.table import SCREENS

    return tuple(
        Key(f"app.{entry.name}", str(n), f"goto('{entry.name}')", entry.title, f"{entry.title}: {entry.help}")
        for n, entry in enumerate(SCREENS, 1)
    )


def all_keys() -> tuple[Key, ...]:
    """Every row, those of the screens first."""
    return screen_keys() + KEYS


def bindings(*groups: str) -> "list[Binding]":
    """Textual's bindings for the rows of some groups; a widget's or screen's ``BINDINGS``."""
    from textual.binding import Binding

    rows = all_keys() if "app" in groups else KEYS
    return [
        Binding(key.keys, key.action, key.label, show=key.footer, tooltip=key.help, id=key.id)
        for key in rows
        if key.group in groups
    ]


def keymap(text: str) -> dict[str, str]:
    """A user's keymap from the setting ``ui.keymap``: ``runs.stop=X chart.log=L,l`` as id to keys.

    Raises:
        ConfigError: no such id, or no key for it.
    """
    ids = {key.id: key for key in all_keys()}
    chosen: dict[str, str] = {}
    for word in text.split():
        name, equals, keys = word.partition("=")
        if not equals or not keys:
            raise ConfigError(f"ui.keymap: {word!r} is not ID=KEY", "write for example runs.stop=X")
        if name not in ids:
            import difflib

            near = difflib.get_close_matches(name, ids, n=2)
            hint = f"did you mean {' or '.join(near)}?" if near else "see 'hfterm ui --keys'"
            raise ConfigError(f"ui.keymap: no such key id {name!r}", hint)
        chosen[name] = keys
    return chosen


def shown(keys: str) -> str:
    """Keys as a person reads them: ``down,j`` as ``↓ j``, ``ctrl+p`` as ``^p``."""
    words = {
        "down": "↓", "up": "↑", "left": "←", "right": "→", "escape": "Esc", "enter": "Enter", "tab": "Tab",
        "shift+tab": "S-Tab", "space": "Space", "pagedown": "PgDn", "pageup": "PgUp", "home": "Home", "end": "End",
        "backspace": "Bksp", "delete": "Del", "alt+enter": "M-Enter", "shift+enter": "S-Enter", "ctrl+underscore": "^_",
    }  # fmt: skip
    return " ".join(words.get(key, key.replace("ctrl+", "^").replace("alt+", "M-")) for key in keys.split(","))


def ascii_shown(keys: str) -> str:
    """The same for terminals without arrows."""
    for arrow, word in (("↓", "Down"), ("↑", "Up"), ("←", "Left"), ("→", "Right")):
        keys = keys.replace(arrow, word)
    return keys
