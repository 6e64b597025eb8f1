"""The viewer's key table: its bindings, its key line and its help come from it."""

from typing import TYPE_CHECKING

from hfterm.dashboard.keys import TABLE, Key

if TYPE_CHECKING:
    from textual.binding import Binding

KEYS: tuple[Key, ...] = (
    Key("view.down", "down,j", "down", "down", "One row down"),
    Key("view.up", "up,k", "up", "up", "One row up"),
    Key("view.page_down", "pagedown,space,ctrl+d,ctrl+f", "page_down", "page down", "One page down"),
    Key("view.page_up", "pageup,b,ctrl+u,ctrl+b", "page_up", "page up", "One page up"),
    Key("view.first", "home,g", "first", "first", "First row"),
    Key("view.last", "end,G", "last", "last", "Last row"),
    Key("view.right", "right,l", "right", "columns", "More columns to the right"),
    Key("view.left", "left,h", "left", "left", "Back to the columns on the left"),
    Key("view.open", "enter", "open", "open", "The whole record, wrapped", True),
    Key("view.search", "/", "ask('search')", "search", "Search: a text in any case, or: where SQL condition", True),
    Key("view.next", "n", "next_hit", "next", "The next row that is searched for", True),
    Key("view.previous", "N", "previous_hit", "before", "The row before that is searched for"),
    Key("view.goto", ":", "ask('goto')", "row", "Go to a row by its number, or to a part: 50%", True),
    Key("view.copy", "y", "copy_record", "copy", "Copy the record as JSON"),
    Key("view.stop", "escape", "stop", "stop", "Stop searching"),
    Key("view.redraw", "ctrl+l", "app.redraw", "redraw", "Paint the whole screen anew"),
    Key("view.suspend", "ctrl+z", "app.suspend_process", "suspend", "Back to the shell; fg returns"),
    Key("view.quit", "q,Q", "app.quit", "quit", "Quit", True),
    Key("view.help", "?", "app.help", "help", "Explain the keys", True),
)
RECORD_KEYS: tuple[Key, ...] = (
    Key("record.next", "right,l,n", "next", "next record", "The next record", True),
    Key("record.previous", "left,h,N", "previous", "record before", "The record before", True),
    Key("record.copy", "y", "copy_record", "copy", "Copy the record as JSON", True),
    Key("record.close", "escape,q,enter", "close", "close", "Back to the rows", True),
)

# The key line finds keys there by their ids.
TABLE.update({key.id: key for key in (*KEYS, *RECORD_KEYS)})


def bindings(keys: tuple[Key, ...]) -> "list[Binding]":
    """Textual's bindings for rows of a table; those that ask for something come before all others."""
    from textual.binding import Binding

    return [
        Binding(
            key.keys, key.action, key.label, show=key.footer, tooltip=key.help, id=key.id, priority="(" in key.action
        )
        for key in keys
    ]
