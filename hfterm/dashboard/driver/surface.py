"""The two screens: what the application wants shown, and what the terminal shows; and the bytes between them."""

from __future__ import annotations

from hfterm.dashboard.driver.canvas import Canvas
from hfterm.dashboard.driver.cells import BLANK, UNKNOWN, Cell, drop_when_many
from hfterm.dashboard.driver.painter import Painter
from hfterm.dashboard.driver.scroll import Scroll, find_scroll

# With less than this to spend, other text is painted before other colours (a key's answer before the frame around
# it), and of that what changed least first (a typed letter before a scrolled page).
_PLENTY = 8192
# Rows painted together, style by style; more would show the colours coming one after the other on a slow link.
_ROWS = 10


class Surface:
    """Takes frames as they come and gives out paint whenever there is room for it; the newest frame wins.

    ``frames`` counts what came in since the last complete paint.
    """

    def __init__(self, width: int, height: int, painter: Painter, *, colours: bool = True) -> None:
        self.wanted = Canvas(width, height, colours=colours)
        self.painter = painter
        self.frames = 0
        # Whether to ask for the place of the first cell (DSR 6) when it may be new (a relative painter).
        self.ask_place = False
        self._asked_at = -1
        self._shown = [[UNKNOWN] * width for _ in range(height)]
        self._hold = False

    def feed(self, frame: str) -> None:
        """Take a frame of Textual's."""
        self.wanted.feed(frame)
        self.frames += 1
        self._hold = False

    @property
    def pending(self) -> bool:
        """Whether something may be left to paint."""
        return self.frames > 0 and not self._hold

    def forget(self) -> None:
        """The terminal shows nobody knows what: paint everything anew."""
        self._reset(UNKNOWN)

    def cleared(self) -> None:
        """The terminal was just cleared in its own colours: only what differs from emptiness need be painted."""
        self._reset(BLANK)

    def begin(self) -> None:
        """The cursor stands where the first cell is to be, on an empty line (a relative painter)."""
        self._reset(BLANK)
        self.painter.begin()
        self._asked_at = -1

    def _reset(self, cell: Cell) -> None:
        self._shown = [[cell] * self.wanted.width for _ in range(self.wanted.height)]
        self.wanted.dirty = set(range(self.wanted.height))
        self.painter.forget()
        self.frames = max(self.frames, 1)

    def resize(self, width: int, height: int) -> None:
        """The terminal has another size, and no longer shows what it did; the next frame is waited for."""
        if (width, height) != (self.wanted.width, self.wanted.height):
            self.wanted.resize(width, height)
            self.forget()
            self._hold = True

    def paint(self, budget: int = 1 << 30) -> str:
        """What to write now: all that differs, or about ``budget`` characters of it, what tells most first."""
        wanted, painter, shown = self.wanted, self.painter, self._shown
        out: list[str] = []
        rows = sorted(wanted.dirty)
        if not painter.relative and (scroll := find_scroll(shown, wanted.rows, rows)):
            out.append(painter.scroll(scroll))
            self._scrolled(scroll)
            rows = sorted(wanted.dirty)
        if budget < _PLENTY:
            rows.sort(key=lambda y: _urgency(shown[y], wanted.rows[y]))
        spent = 0
        while rows:
            if spent >= budget:
                return "".join(out)
            step = _ROWS if budget >= _PLENTY else 1 + (budget - spent) // wanted.width
            batch, rows = rows[:step], rows[step:]
            text = painter.rows((y, shown[y], wanted.rows[y]) for y in batch)
            wanted.dirty.difference_update(batch)
            out.append(text)
            spent += len(text)
        for x, y, style, graphics in wanted.extra:
            out.append(painter.move(x, y) + painter.write_in(style) + graphics)
            painter.forget()
        wanted.extra.clear()
        self.frames = 0
        drop_when_many()
        if self.ask_place and self._asked_at != painter.deepest:
            self._asked_at = painter.deepest
            out.append(painter.move(0, 0) + "\x1b[6n")
        out.append(self.place())
        return "".join(out)

    def place(self) -> str:
        """Bring the cursor to where the application wants it."""
        wanted = self.wanted
        inside = 0 <= wanted.x < wanted.width and 0 <= wanted.y < wanted.height
        return self.painter.move(wanted.x, wanted.y) if inside else ""

    def _scrolled(self, what: Scroll) -> None:
        """Move the shown rows as the terminal did."""
        top, end, lines = what.top, what.bottom + 1, what.lines
        rows = self._shown[top:end]
        new = [[UNKNOWN] * self.wanted.width for _ in range(abs(lines))]
        self._shown[top:end] = rows[lines:] + new if lines > 0 else new + rows[:lines]
        self.wanted.dirty.update(range(top, end))


def _urgency(shown: list[Cell], wanted: list[Cell]) -> tuple[bool, int]:
    """The least is to be painted first: whether nothing but style changes, and how many cells change."""
    changed = [(old, new) for old, new in zip(shown, wanted, strict=True) if old is not new]
    return all(old.text == new.text for old, new in changed), len(changed)
