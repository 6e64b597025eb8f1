"""Lines that are drawn together, when they are looked at, and kept."""

from collections.abc import Callable

from hfterm.dashboard.widgets.md_look import Look
from hfterm.dashboard.widgets.md_view import WIDEST, Drawn

Make = Callable[[int, Look], Drawn]


class Part:
    """What ``make`` draws, under ``above`` blank lines; ``text`` is what the number of lines is guessed from."""

    __slots__ = ("_drawn", "_for", "_make", "above", "text")

    def __init__(self, make: Make, text: str = "", above: int = 0) -> None:
        self._make, self.text, self.above = make, text, above
        self._for: object = None
        self._drawn = Drawn([])

    def drawn(self, width: int, look: Look) -> Drawn:
        """The lines, from the last drawing where that was alike."""
        if self._for != (width, look.key):
            self._drawn, self._for = self._make(width, look), (width, look.key)
        return self._drawn

    def forget(self) -> None:
        """What it shows has changed."""
        self._for = None

    def count(self, width: int, look: Look) -> int:
        """How many lines it has, the blank ones above among them."""
        lines = len(self.drawn(width, look).lines)
        return self.above + lines if lines else 0

    def guess(self, width: int, look: Look) -> int:
        """About how many lines it has, without drawing it."""
        if self._for == (width, look.key):
            return self.count(width, look)
        return self.above + guess(self.text, width)


def guess(text: str, width: int) -> int:
    """About how many lines a text takes."""
    width = max(1, min(width, WIDEST))
    return sum(1 + len(line) // width for line in text.split("\n"))
