"""Find whole rows that only moved up or down, which a terminal does by itself (DECSTBM, line feed, reverse index)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from operator import is_not
from typing import NamedTuple

from hfterm.dashboard.driver.cells import Cell

# Bytes that must be saved: setting and resetting the margins takes about half as many.
_WORTH = 40
# A changed row costs this many bytes (the way there, a colour) beside its changed cells.
_ROW = 10
# Fewer rows than this are not looked at.
_LEAST_ROWS = 4

Rows = Sequence[Sequence[Cell]]


class Scroll(NamedTuple):
    """Rows ``top`` to ``bottom`` move up by ``lines`` (down when negative); as many rows at the end are new."""

    top: int
    bottom: int
    lines: int


def find_scroll(shown: Rows, wanted: Rows, dirty: Sequence[int]) -> Scroll | None:
    """The scroll that brings ``shown`` nearest to ``wanted``, or None when none pays. ``dirty`` rows may differ."""
    if len(dirty) < _LEAST_ROWS:
        return None
    changes = {y: _cost(shown[y], wanted[y]) for y in dirty}
    if sum(changes.values()) < 2 * _WORTH:
        return None
    places: dict[tuple[Cell, ...], list[int]] = {}
    for y in dirty:
        places.setdefault(tuple(shown[y]), []).append(y)
    votes: Counter[int] = Counter()
    matches: dict[int, list[int]] = {}
    for y in dirty:
        if changes[y]:
            for source in places.get(tuple(wanted[y]), ()):
                votes[source - y] += 1
                matches.setdefault(source - y, []).append(y)
    best: tuple[int, Scroll] | None = None
    for lines, count in votes.most_common(3):
        if count < 2:
            break
        first, last = matches[lines][0], matches[lines][-1]
        scroll = Scroll(min(first, first + lines), max(last, last + lines), lines)
        saved = _saved(shown, wanted, changes, scroll)
        if saved > _WORTH and (best is None or saved > best[0]):
            best = saved, scroll
    return best and best[1]


def _saved(shown: Rows, wanted: Rows, changes: dict[int, int], scroll: Scroll) -> int:
    """About how many bytes need not be written thanks to a scroll."""
    saved = 0
    for y in range(scroll.top, scroll.bottom + 1):
        source = y + scroll.lines
        saved += changes.get(y, 0)
        if scroll.top <= source <= scroll.bottom:
            saved -= _cost(shown[source], wanted[y])
        else:
            saved -= sum(cell.text != " " for cell in wanted[y]) + _ROW
    return saved


def _cost(shown: Sequence[Cell], wanted: Sequence[Cell]) -> int:
    changed = sum(map(is_not, shown, wanted))
    return changed and changed + _ROW
