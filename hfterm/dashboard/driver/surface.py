"""The two screens: what the application wants shown, and what the terminal shows; and the bytes between them."""

from __future__ import annotations

from hfterm.dashboard.driver.canvas import Canvas
from hfterm.dashboard.driver.cells import BLANK, UNKNOWN, Cell
from hfterm.dashboard.driver.painter import Painter

# With less than this to spend, what changed least is painted first: a typed letter before a scrolled page.
_PLENTY = 8192


class Surface:
    """Takes frames as they come and gives out paint whenever there is room for it; the newest frame wins.

    ``frames`` counts what came in since the last complete paint.
    """

    def __init__(self, width: int, height: int, painter: Painter) -> None:
        self.wanted = Canvas(width, height)
        self.painter = painter
        self.frames = 0
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
        """What to write now: all that differs, or about ``budget`` characters of it, the smallest changes first."""
        wanted, painter, shown = self.wanted, self.painter, self._shown
        rows = sorted(wanted.dirty)
        if budget < _PLENTY:
            rows.sort(key=lambda y: sum(map(_differ, shown[y], wanted.rows[y])))
        out: list[str] = []
        spent = 0
        for y in rows:
            if spent >= budget:
                return "".join(out)
            text = painter.row(y, shown[y], wanted.rows[y])
            wanted.dirty.discard(y)
            if text:
                out.append(text)
                spent += len(text)
        for x, y, style, graphics in wanted.extra:
            out.append(painter.move(x, y) + painter.write_in(style) + graphics)
            painter.forget()
        wanted.extra.clear()
        self.frames = 0
        if 0 <= wanted.x < wanted.width and 0 <= wanted.y < wanted.height:
            out.append(painter.move(wanted.x, wanted.y))
        return "".join(out)


def _differ(one: Cell, other: Cell) -> bool:
    return one is not other
