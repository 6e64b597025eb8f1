# ruff: noqa: RUF001 - look-alikes are what this table is of.
"""ASCII in place of what a terminal without Unicode cannot show, cell by cell, so that nothing moves."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rich.cells import cell_len

from hfterm.dashboard.driver.cells import clusters

_BEYOND = re.compile(r"[^\x00-\x7f]+")
_LIKE = {
    **dict.fromkeys("─━┄┅┈┉╌╍═‾▔▁⎺⎻⎼⎽—–‐‑‒―", "-"),
    **dict.fromkeys("│┃┆┇┊┋╎╏║▏▕▎▍▌▐▊▋▉", "|"),
    **dict.fromkeys("╱⟋", "/"),
    **dict.fromkeys("╲⟍", "\\"),
    **dict.fromkeys("█▇▆▅▄▃▂▀▓▙▛▜▟■▮", "#"),
    **dict.fromkeys("▒", "%"),
    **dict.fromkeys("░", ":"),
    **dict.fromkeys("▖▗▘▝·…⋯․", "."),
    **dict.fromkeys("▚▞", "x"),
    **dict.fromkeys("●◉•⏺★☆✱✲", "*"),
    **dict.fromkeys("○◯◌⚪□▯", "o"),
    **dict.fromkeys("✕✗✘×❌╳", "x"),
    **dict.fromkeys("✓✔✅", "v"),
    **dict.fromkeys("→⇒▶▸►›»❯", ">"),
    **dict.fromkeys("←⇐◀◂◄‹«❮", "<"),
    **dict.fromkeys("↑⇑▲▴△", "^"),
    **dict.fromkeys("↓⇓▼▾▽", "v"),
    **dict.fromkeys("⚠", "!"),
    **dict.fromkeys("‘’‚′", "'"),
    **dict.fromkeys("“”„″", '"'),
    **dict.fromkeys("\u00a0\u2007\u202f", " "),
    "µ": "u",
    "°": "o",
    "±": "~",
    "≈": "~",
    "∞": "8",
}


def to_ascii(frame: str) -> str:
    """A frame with every cell beyond ASCII replaced: lines and blocks by look-alikes, letters by ``?``."""
    return frame if frame.isascii() else _BEYOND.sub(_replace, frame)


def _replace(run: re.Match[str]) -> str:
    return "".join(map(_alike, clusters(run[0])))


@lru_cache(4096)
def _alike(cluster: str) -> str:
    width = cell_len(cluster)
    code = ord(cluster[0])
    if 0x2800 <= code <= 0x28FF:  # braille, by how much of it is set and where
        dots = code - 0x2800
        return " " if not dots else ":" if dots.bit_count() > 4 else "'" if not dots & 0b11100100 else "."
    like = _LIKE.get(cluster[0])
    if like is None and 0x2500 <= code <= 0x257F:
        like = "+"  # corners and crossings
    if like is None:
        like = unicodedata.normalize("NFKD", cluster)[0]
    return like.ljust(width)[:width] if like.isascii() else "?" * width
