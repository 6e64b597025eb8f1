"""A code block that is still being written: what has scrolled by is not drawn again."""

import re

from hfterm.chat.blocks import Splitter
from hfterm.dashboard.widgets.md_look import Look
from hfterm.dashboard.widgets.md_view import Drawn, draw_code
from hfterm.dashboard.widgets.part import Part

# Lines that are drawn together.
LINES = 40
_CLOSING = re.compile(r"[ \t]*(`+|~+)[ \t]*")


class GrowingCode:
    """Cuts a growing block into parts; all but the last stay as they are drawn."""

    def __init__(self) -> None:
        self._done: list[Part] = []
        self._number = 0

    def parts(self, splitter: Splitter, number: int, above: int) -> list[Part] | None:
        """What draws the block at the splitter's tail, numbered ``number``; None: it has no fence."""
        opening, newline, code = splitter.tail.partition("\n")
        if not newline or opening.lstrip(" ")[:3] not in ("```", "~~~"):
            return None
        if number != self._number:
            self._done, self._number = [], number
        lines = code.removesuffix("\n").split("\n")
        if _CLOSING.fullmatch(lines[-1]):
            lines.pop()  # the end of the block, perhaps half of it
        language = splitter.tail_language
        title = f"{number} {language}".strip()

        def part(n: int, chunk: list[str], *, bottom: bool) -> Part:
            text = "\n".join(chunk)

            def make(width: int, look: Look) -> Drawn:
                return Drawn(draw_code(text, language, title, width, look, top=n == 0, bottom=bottom))

            return Part(make, text, 0 if n else above)

        while len(lines) > (n := len(self._done)) * LINES + LINES:
            self._done.append(part(n, lines[n * LINES : (n + 1) * LINES], bottom=False))
        return [*self._done, part(n, lines[n * LINES :], bottom=True)]
