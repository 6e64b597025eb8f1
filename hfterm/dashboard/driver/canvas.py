"""What the application wants the terminal to show: Textual's painted stream, applied to a grid of cells.

Textual 8 paints a frame in one call of ``Driver.write``: cursor moves, text in SGR pairs, line feeds, and the cursor's
place at the end (``App._display``). Nothing else belongs in a frame. Graphics (kitty's, sixels) are kept aside to
be sent on; any other sequence and all control characters are dropped: text that reached a widget unsanitised must not
steer the terminal.
"""

from __future__ import annotations

import re

from hfterm.dashboard.driver.cells import BLANK, SIMPLE, Cell, cells_of, clusters
from hfterm.dashboard.driver.styles import PLAIN, Style, style, styled, uncoloured

_TOKEN = re.compile(
    r"\x1b\[([\d;:]*)m([^\x00-\x1f\x7f-\x9f]+)\x1b\[0?m"  # 1 codes, 2 text: how Rich writes a styled segment
    r"|([^\x00-\x1f\x7f-\x9f]+)"  # 3 plain text
    r"|\x1b\[(\d*);?(\d*)([HfABCDGdJKXm])"  # 4, 5 numbers, 6 what
    r"|\x1b\[([\d;:]*)m"  # 7 a longer SGR
    r"|([\n\r])"  # 8
    r"|\x1b\]8;[^;\x00-\x1f\x7f-\x9f]*;([^\x00-\x1f\x7f-\x9f]*)(\x07|\x1b\\)"  # 9 link, 10 its end
    r"|(\x1b_G[ -~]*\x1b\\|\x1bP[\d;]*q[\n\r -~]*\x1b\\)"  # 11 graphics: kitty's, sixels
    r"|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[]PX^_](?:[^\x07\x1b]|\x1b(?!\\))*(?:\x07|\x1b\\)?"  # dropped: CSI, strings,
    r"|\x1b[ -/]*[0-~]?|[\x00-\x1f\x7f-\x9f]"  # short escapes, controls
)


class Canvas:
    """A grid of ``width`` by ``height`` cells and a cursor that frames are applied to.

    ``dirty`` holds the rows touched since whoever paints last emptied it; ``extra`` the graphics strings with the
    place they were written at. Writing outside the grid is lost, as it is in a terminal that does not wrap.
    ``colours``: whether there are any.
    """

    def __init__(self, width: int, height: int, *, colours: bool = True) -> None:
        self.width = width
        self.height = height
        self.rows: list[list[Cell]] = [[BLANK] * width for _ in range(height)]
        self.dirty: set[int] = set()
        self.extra: list[tuple[int, int, Style, str]] = []
        self.x = self.y = 0
        self.style = PLAIN
        self._styled = styled if colours else uncoloured

    def resize(self, width: int, height: int) -> None:
        """Cut or fill with empty cells; every row counts as touched."""
        for row in self.rows:
            if width < len(row) and row[width].width == 0:  # the edge cuts a wide character
                self._blank_around(row, width)
            row[width:] = [BLANK] * (width - len(row))
        self.rows[height:] = [[BLANK] * width for _ in range(height - len(self.rows))]
        self.width, self.height = width, height
        self.dirty = set(range(height))

    def fill(self, cell: Cell) -> None:
        """Make every cell ``cell``."""
        for row in self.rows:
            row[:] = [cell] * self.width
        self.dirty = set(range(self.height))

    def feed(self, frame: str) -> None:
        """Apply one frame."""
        x, y, ink, rows, height, switch = self.x, self.y, self.style, self.rows, self.height, self._styled
        for codes, styled_text, text, one, two, what, long, feed, link, ended, graphics in _TOKEN.findall(frame):
            if styled_text:
                if 0 <= y < height:
                    x = self._write(rows[y], x, styled_text, switch(ink, codes))
                    self.dirty.add(y)
                ink = PLAIN if not ink.link else style(frozenset(), "", "", ink.link)
            elif text:
                if 0 <= y < height:
                    x = self._write(rows[y], x, text, ink)
                    self.dirty.add(y)
            elif what == "H" or what == "f":
                y, x = int(one or 1) - 1, int(two or 1) - 1
            elif what == "m":
                ink = switch(ink, f"{one};{two}" if two else one)
            elif feed == "\n":
                x, y = 0, y + 1
            elif feed:
                x = 0
            elif what:
                self.x, self.y = x, y
                self._move_or_erase(what, int(one or 0), ink)
                x, y = self.x, self.y
            elif long:
                ink = switch(ink, long)
            elif ended:
                ink = style(ink.attributes, ink.foreground, ink.background, link)
            elif graphics:
                self.extra.append((x, y, ink, graphics))
        self.x, self.y, self.style = x, y, ink

    def _write(self, row: list[Cell], x: int, text: str, ink: Style) -> int:
        """Put text at ``x``; return the column after it, which may lie outside."""
        width = self.width
        cells = cells_of(ink)
        if SIMPLE.issuperset(text):
            end = x + len(text)
            if end > width:
                text = text[: max(0, width - x)]
            made = list(map(cells.__getitem__, text))
        else:
            made = []
            end = x
            for cluster in clusters(text):
                cell = cells[cluster]
                if cell.width == 0:  # marks: they go on the cell before
                    self._join(made, row, x, cluster)
                    continue
                end += cell.width
                if end <= width:
                    made.append(cell)
                    made += [cells[""]] * (cell.width - 1)
                elif end - cell.width < width:  # a wide character at the edge does not fit
                    made += [cells[" "]] * (width - end + cell.width)
        if made and 0 <= x < width:
            last = x + len(made)
            if row[x].width == 0:
                self._blank_around(row, x)
            if last < width and row[last].width == 0:
                self._blank_around(row, last)
            row[x:last] = made
        return end

    @staticmethod
    def _join(made: list[Cell], row: list[Cell], x: int, marks: str) -> None:
        """Put marks on the last cell written, or on the one before column ``x``."""
        cells, at = (made, len(made) - 1) if made else (row, min(x, len(row)) - 1)
        while at > 0 and cells[at].width == 0:
            at -= 1
        if at >= 0 and cells[at].width:
            base = cells[at]
            joined = cells_of(base.style)[base.text + marks]
            if joined.width == base.width:
                cells[at] = joined

    @staticmethod
    def _blank_around(row: list[Cell], x: int) -> None:
        """Empty all parts of the wide character that has its right part in column ``x``."""
        start = x
        while start and row[start].width == 0:
            start -= 1
        for part in range(start, min(start + max(row[start].width, 1), len(row))):
            row[part] = cells_of(row[part].style)[" "]

    def _move_or_erase(self, what: str, count: int, ink: Style) -> None:
        """CUU, CUD, CUF, CUB, CHA, VPA; ED, EL, ECH with the background of ``ink``."""
        step = max(count, 1)
        if what in "AB":
            self.y += step if what == "B" else -step
        elif what in "CD":
            self.x = max(0, self.x + (step if what == "C" else -step))
        elif what == "G":
            self.x = step - 1
        elif what == "d":
            self.y = step - 1
        elif what == "X":
            self._erase(self.y, self.x, self.x + step, ink)
        else:
            start, end = (0 if count else self.x), (self.x + 1 if count == 1 else self.width)
            self._erase(self.y, start, end, ink)
            if what == "J":
                for y in range(0 if count else self.y + 1, self.y if count == 1 else self.height):
                    self._erase(y, 0, self.width, ink)

    def _erase(self, y: int, start: int, end: int, ink: Style) -> None:
        end = min(end, self.width)
        if 0 <= y < self.height and 0 <= start < end:
            row = self.rows[y]
            for edge in (start, end):
                if edge < self.width and row[edge].width == 0:
                    self._blank_around(row, edge)
            row[start:end] = [cells_of(style(frozenset(), "", ink.background))[" "]] * (end - start)
            self.dirty.add(y)
