"""The segments of a step of a deep model, from those of two shallow ones.

What a layer holds is the same in every layer of its kind, so each segment's bytes are linear in the layer's place
and in the number of layers. Two runs, of 3 and of 5 layers, give both slopes; the first and the last layer, which
may differ from those between, keep segments of their own.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from hfterm.mem.ledger import Segment

SHORT, LONG = 3, 5
_NUMBER = re.compile(r"(?:^|\.)(\d+)(?=\.)")


class Weight(NamedTuple):
    """A parameter: numbers, bytes a number, and whether it is trained."""

    numel: int
    width: int
    trained: bool

    @property
    def bytes(self) -> int:
        """Its bytes in all."""
        return self.numel * self.width


@dataclass
class _Layer:
    half: str
    stack: str
    place: int
    segments: list[Segment]


def stacks(names: Sequence[str], layers: int) -> set[str]:
    """What stands before the number of a layer in names: numbers from 0 to ``layers`` - 1, the outermost."""
    found: dict[str, set[int]] = {}
    for name in names:
        if match := _NUMBER.search(name):
            found.setdefault(name[: match.start(1)], set()).add(int(match[1]))
    return {prefix for prefix, places in found.items() if places == set(range(layers))}


def deepen_weights(long: dict[str, Weight], layers: int) -> dict[str, Weight]:
    """The parameters of a model of ``layers`` layers, from those of one of ``LONG``."""
    known = stacks(list(long), LONG)
    made: dict[str, Weight] = {}
    for name, weight in long.items():
        stack, place, rest = _split(name, known)
        if stack is None or place == 0:
            made[name] = weight
        elif place == 1:
            made |= {f"{stack}{i}{rest}": weight for i in range(1, layers - 1)}
        elif place == LONG - 1:
            made[f"{stack}{layers - 1}{rest}"] = weight
    return made


def deepen(
    short: Sequence[Segment], long: Sequence[Segment], names: Sequence[str], layers: int
) -> list[Segment] | None:
    """The segments of ``layers`` layers from those of ``SHORT`` and of ``LONG``; None where they do not match.

    ``names`` are the parameters' of the model of ``LONG`` layers.
    """
    known = stacks(names, LONG)
    if not known or layers < LONG:
        return None
    few, many = _passes(short, known), _passes(long, known)
    if len(few) != len(many):
        return None
    made: list[Segment] = []
    for ours, theirs in zip(few, many, strict=True):
        through = _through(ours, theirs, layers)
        if through is None:
            return None
        made += through
    return made


def _through(short: list[_Layer], long: list[_Layer], layers: int) -> list[Segment] | None:
    """One pass through a stack, or one group of segments outside of all."""
    more = (layers - LONG) / (LONG - SHORT)
    if not (_whole(short, SHORT) and _whole(long, LONG)) or (short[0].stack, short[0].half) != (
        long[0].stack,
        long[0].half,
    ):
        return None
    if not all(_alike(long[i].segments, short[i].segments) for i in (0, -1)):
        return None
    first = [_mix(a, [(a, more, b)]) for a, b in zip(long[0].segments, short[0].segments, strict=True)]
    if len(long) == 1:
        return first
    if not all(_alike(layer.segments, long[1].segments) for layer in (short[1], long[-2])):
        return None
    upward = long[0].place == 0
    made: list[Segment] = []
    for step in range(layers):
        source = long[0] if step == 0 else long[-1] if step == layers - 1 else long[1]
        if step == 0:
            moved = first
        elif step == layers - 1:
            moved = [_mix(a, [(a, more, b)]) for a, b in zip(source.segments, short[-1].segments, strict=True)]
        else:
            along = (step - 1) / (LONG - 3)
            three = zip(source.segments, long[-2].segments, short[1].segments, strict=True)
            moved = [_mix(a, [(last, along, a), (a, more, b)]) for a, last, b in three]
        place = step if upward else layers - 1 - step
        made += [_renumber(segment, source.stack, source.place, place) for segment in moved]
    return made


def _passes(segments: Sequence[Segment], known: set[str]) -> list[list[_Layer]]:
    """Segments in groups of a layer each, those in lists of one pass through a stack, or of one group outside."""
    found: list[list[_Layer]] = []
    for segment in segments:
        stack, place, _ = _split(segment.label, known)
        layer = _Layer(segment.half, stack or "", place, [segment])
        last = found[-1][-1] if found else None
        if last and (last.half, last.stack) == (layer.half, layer.stack):
            if last.place == layer.place:
                last.segments.append(segment)
            else:
                found[-1].append(layer)
        else:
            found.append([layer])
    return found


def _whole(layers: list[_Layer], count: int) -> bool:
    if layers[0].stack == "":
        return len(layers) == 1
    places = [layer.place for layer in layers]
    return places in (list(range(count)), list(range(count))[::-1])


def _alike(a: Sequence[Segment], b: Sequence[Segment]) -> bool:
    return [(s.kind, _plain(s.label)) for s in a] == [(s.kind, _plain(s.label)) for s in b]


def _plain(label: str) -> str:
    return _NUMBER.sub("#", label, count=1)


def _split(name: str, known: set[str]) -> tuple[str | None, int, str]:
    match = _NUMBER.search(name)
    if match and name[: match.start(1)] in known:
        return name[: match.start(1)], int(match[1]), name[match.end(1) :]
    return None, 0, name


def _mix(base: Segment, steps: Sequence[tuple[Segment, float, Segment]]) -> Segment:
    """``base`` plus multiples of differences of segments; nothing is held less than not at all."""
    peak = {
        part: max(0, round(size + sum((a.peak[part] - b.peak[part]) * by for a, by, b in steps)))
        for part, size in base.peak.items()
    }
    other = max(0, round(base.other + sum((a.other - b.other) * by for a, by, b in steps)))
    begin = max(0, round(base.begin + sum((a.begin - b.begin) * by for a, by, b in steps)))
    return replace(base, peak=peak, total=sum(peak.values()), other=other, begin=begin)


def _renumber(segment: Segment, stack: str, old: int, new: int) -> Segment:
    if old == new or not stack:
        return segment

    def moved(name: str) -> str:
        before = f"{stack}{old}."
        return f"{stack}{new}.{name[len(before) :]}" if name.startswith(before) else name

    return replace(segment, label=moved(segment.label), parameters=tuple(moved(p) for p in segment.parameters))


def stacks_of(names: Sequence[str]) -> Callable[[str], str | None]:
    """What says to which layer a parameter belongs, or None: of numbered modules the outermost that are many."""
    found: dict[str, set[int]] = {}
    for name in names:
        if match := _NUMBER.search(name):
            found.setdefault(name[: match.start(1)], set()).add(int(match[1]))
    known = {prefix for prefix, places in found.items() if len(places) > 1}

    def of(name: str) -> str | None:
        stack, place, _ = _split(name, known)
        return f"{stack}{place}" if stack is not None else None

    return of
