"""What a thread does for a view of a log: read a window, search on until something is found."""

from collections.abc import Callable
from typing import NamedTuple

from hfterm.dashboard.widgets.log_window import Glass, Place, Window

What = str | Callable[[str], bool]


class Wish(NamedTuple):
    """What is to be read. ``place`` None: the end; ``move`` rows from there; ``moved`` is the sum of all moves so far.

    ``turn`` and ``generation`` are those of the view and of the file when it was wished.
    """

    turn: int
    glass: Glass
    place: Place | None
    moved: int
    move: int
    generation: int | None


class Seen(NamedTuple):
    """What was read for a wish; without a window only ``said``, how far a search is, or that the file is missing.

    ``found`` is the offset of the line that a search found; ``failed``: there is none.
    """

    wish: Wish
    window: Window | None
    generation: int
    said: str = ""
    found: int | None = None
    failed: bool = False


def look(wish: Wish) -> Seen:
    """Read what is new, then the window; from the end if it is another file by now, or one that was cut."""
    tail = wish.glass.tail
    tail.poll()
    if wish.generation not in (None, tail.generation):
        wish = wish._replace(place=None, move=0)
    window = None if tail.missing else wish.glass.see(wish.place, wish.move)
    if window is not None and not window.rows and tail.size:  # it has gone while it was read, or cannot be read
        tail.poll()
        window = None if tail.missing or tail.problem else wish.glass.see(None)
    return Seen(wish, window, tail.generation)


def search(
    wish: Wish,
    what: What,
    offset: int | None,
    *,
    backwards: bool,
    newer: Callable[[], bool],
    tell: Callable[[Seen], None],
) -> Seen | None:
    """Search from ``offset`` (None: the end) until something is found, or something ``newer`` is wanted: None.

    ``tell`` gets how far it is, now and then.
    """
    from hfterm.tracking.tail import Unfinished

    tail = wish.glass.tail
    tail.poll()
    at = tail.size if offset is None else offset
    while isinstance(found := tail.find(what, at, backwards=backwards), Unfinished):
        at = found.offset
        if newer():
            return None
        part = at / max(1, tail.size)
        said = f"searching, {100 * (1 - part if backwards else part):.0f}%"
        tell(Seen(wish, None, tail.generation, said=said))
    if found is None:
        window = None if tail.missing else wish.glass.see(wish.place)
        return Seen(wish, window, tail.generation, failed=True)
    # A third down, so that what led to it can be seen.
    window = wish.glass.see(Place(found.offset), -(wish.glass.height // 3))
    return Seen(wish, window, tail.generation, found=found.offset)
