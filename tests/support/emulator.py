"""A terminal's screen for tests: pyte with what it lacks, and with the widths that Rich lays out by.

pyte knows no alternate screen, no dim text, no half-overwritten wide characters and stops drawing at a
zero-width joiner. Cells are compared as a person sees them: the ink colour of an empty cell does not count.
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import pyte
from rich.cells import cell_len
from rich.cells import get_character_cell_size as width_of

# A sequence that is torn at the end of the text.
_TORN = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[\]PX^_](?:[^\x07\x1b]|\x1b(?!\\))*|[ -/]*)\Z", re.S)
# What pyte would misread: strings, private CSI with < = >, mode queries and reports, kitty's keys, cursor shapes.
_FOREIGN = re.compile(
    r"\x1b[\]PX^_](?:[^\x07\x1b]|\x1b(?!\\))*(?:\x07|\x1b\\)|\x1b\[[<=>][0-?]*[ -/]*[@-~]"
    r"|\x1b\[\?[0-9;]*\$p|\x1b\[\??[0-9;]*[uSTtn]|\x1b\[[0-9;]*[ -/][@-~]",
    re.S,
)


class Cell(NamedTuple):
    """What one cell shows. ``style`` holds words (``bold``), ``fg=...`` and ``bg=...``; the right half of a wide
    character has no text."""

    text: str
    style: frozenset[str]


class Screen(pyte.Screen):
    """A terminal's screen; feed it with :meth:`write`."""

    def __init__(self, columns: int, lines: int) -> None:
        self.dim = self.overline = False
        self.alternate = False
        self._saved: tuple[Any, Any] | None = None
        self._pending = ""
        self.bells = 0
        super().__init__(columns, lines)
        self._stream = pyte.Stream(self)

    def write(self, text: str) -> None:
        """Show what a program wrote; a sequence torn at the end waits for its rest."""
        text = self._pending + text
        torn = _TORN.search(text)
        self._pending = torn[0] if torn else ""
        text = text[: torn.start()] if torn else text
        self._stream.feed(_FOREIGN.sub("", text))

    def draw(self, data: str) -> None:
        """Write text cluster by cluster, each as wide as Rich says."""
        for cluster in clusters(data):
            width = cell_len(cluster)
            line = self.buffer[self.cursor.y]
            if width == 0:
                if x := self.cursor.x:
                    while x > 1 and not line[x - 1].data:
                        x -= 1
                    line[x - 1] = line[x - 1]._replace(data=line[x - 1].data + cluster)
                continue
            if self.cursor.x + width > self.columns:
                self.cursor.x = max(0, self.columns - width)
            x = self.cursor.x
            self._part(line, x)
            self._part(line, x + width)
            line[x] = self.cursor.attrs._replace(data=cluster)
            for half in range(x + 1, min(x + width, self.columns)):
                line[half] = self.cursor.attrs._replace(data="")
            self.cursor.x = min(x + width, self.columns)

    def _part(self, line: Any, x: int) -> None:
        """Blank both halves of the wide character that column ``x`` would cut."""
        if x < self.columns and line[x].data == "":
            start = x
            while start and line[start].data == "":
                start -= 1
            end = x
            while end < self.columns and line[end].data == "":
                end += 1
            for half in range(start, end):
                line[half] = line[half]._replace(data=" ")

    def erase_characters(self, count: int | None = None) -> None:
        """Blank cells with the background alone, as real terminals do."""
        line = self.buffer[self.cursor.y]
        end = min(self.cursor.x + (count or 1), self.columns)
        self._part(line, self.cursor.x)
        self._part(line, end)
        for x in range(self.cursor.x, end):
            line[x] = self.default_char._replace(bg=self.cursor.attrs.bg)

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:
        """Blank to the end (0), to the start (1) or all (2) of the line with the background alone."""
        x = min(self.cursor.x, self.columns - 1)
        line = self.buffer[self.cursor.y]
        self._part(line, x)
        for column in (range(x, self.columns), range(x + 1), range(self.columns))[how]:
            line[column] = self.default_char._replace(bg=self.cursor.attrs.bg)

    def erase_in_display(self, how: int = 0, *args: Any, **kwargs: Any) -> None:
        """As :meth:`erase_in_line`, for the whole screen."""
        here = self.cursor.y
        for y in (range(here + 1, self.lines), range(here), range(self.lines), range(self.lines))[how]:
            for x in range(self.columns):
                self.buffer[y][x] = self.default_char._replace(bg=self.cursor.attrs.bg)
        if how < 2:
            self.erase_in_line(how)

    def select_graphic_rendition(self, *attrs: int) -> None:
        """Keep dim and overline in the name of the ink: pyte has no place for them."""
        for code in _plain_codes(attrs or (0,)):
            self.dim = code == 2 or (self.dim and code not in (0, 22))
            self.overline = code == 53 or (self.overline and code not in (0, 55))
        super().select_graphic_rendition(*attrs)
        ink = self.cursor.attrs.fg.split("+")[0] + "+dim" * self.dim + "+over" * self.overline
        self.cursor.attrs = self.cursor.attrs._replace(fg=ink)

    def set_mode(self, *modes: int, **kwargs: Any) -> None:
        """1049 keeps the screen and shows an empty one."""
        if kwargs.get("private") and 1049 in modes and not self.alternate:
            self.alternate = True
            self._saved = {y: dict(line) for y, line in self.buffer.items()}, (self.cursor.x, self.cursor.y)
            self.buffer.clear()
        super().set_mode(*modes, **kwargs)

    def reset_mode(self, *modes: int, **kwargs: Any) -> None:
        """1049 brings the kept screen back."""
        if kwargs.get("private") and 1049 in modes and self.alternate and self._saved:
            self.alternate = False
            self.buffer.clear()
            for y, line in self._saved[0].items():
                self.buffer[y].update(line)
            self.cursor.x, self.cursor.y = self._saved[1]
        super().reset_mode(*modes, **kwargs)

    def bell(self, *args: Any) -> None:
        """Count it."""
        self.bells += 1

    def cell(self, x: int, y: int) -> Cell:
        """One cell as a person sees it."""
        char = self.buffer[y][x]
        words = {
            name
            for name in ("bold", "italics", "underscore", "strikethrough", "reverse", "blink")
            if getattr(char, name)
        }
        ink = char.fg.replace("+dim", "").replace("+over", "")
        words |= {"overline"} if "+over" in char.fg else set()
        seen = words - {"bold", "italics", "blink"}
        if char.data.strip(" ") or not char.data or seen:
            words |= {f"fg={ink}"} | ({"dim"} if "+dim" in char.fg else set())
        else:
            words = seen
        return Cell(char.data, frozenset(words | {f"bg={char.bg}"}))

    def cells(self) -> list[list[Cell]]:
        """All cells, row by row."""
        return [[self.cell(x, y) for x in range(self.columns)] for y in range(self.lines)]

    @property
    def rows(self) -> list[str]:
        """The text of the rows, without trailing blanks."""
        return ["".join(self.buffer[y][x].data for x in range(self.columns)).rstrip() for y in range(self.lines)]

    @property
    def text(self) -> str:
        """The text of the screen."""
        return "\n".join(self.rows)


def _plain_codes(attrs: tuple[int, ...]) -> list[int]:
    """The codes of an SGR without the arguments of colours."""
    codes, rest = [], list(attrs)
    while rest:
        code = rest.pop(0)
        codes.append(code)
        if code in (38, 48, 58) and rest:
            del rest[: 4 if rest[0] == 2 else 2]
    return codes


def clusters(text: str) -> Iterable[str]:
    """Split text where Rich does: marks, joiners and what they join stay with their base, flags in pairs."""
    found: list[str] = []
    joined = False
    for character in text:
        flag = "\U0001f1e6" <= character <= "\U0001f1ff"
        if found and (joined or width_of(character) == 0 or (flag and len(found[-1]) == 1 and _is_flag(found[-1]))):
            found[-1] += character
        else:
            found.append(character)
        joined = character == "\u200d"
    return found


def _is_flag(text: str) -> bool:
    return "\U0001f1e6" <= text <= "\U0001f1ff"


def difference(one: Screen, other: Screen) -> str:
    """The first cell in which two screens differ, in words; empty when they show the same."""
    for y in range(one.lines):
        row, expected = one.buffer[y], other.buffer[y]
        for x in range(one.columns):
            if row[x] != expected[x] and (cell := one.cell(x, y)) != (wanted := other.cell(x, y)):
                return f"row {y} column {x}: {cell} is not {wanted}\n{one.rows[y]!r}\n{other.rows[y]!r}"
    return ""


def through_tty(text: str) -> str:
    """What the kernel's terminal makes of output on its way: each line feed gets a carriage return."""
    return text.replace("\n", "\r\n")
