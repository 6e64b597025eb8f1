"""Axes with round numbers that stay where they are while the data wobble."""

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

# A range smaller than this part of its numbers is drawn as if it were this large: floats tell no more apart.
NARROWEST = 1e-9
_LARGEST = 1e300


class Axis(NamedTuple):
    """From ``low`` to ``high`` (``log``: in decades), with a label for each tick, ascending."""

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    log: bool = False

    def place(self, value: float) -> float:
        """Where a value lies: 0 at ``low``, 1 at ``high``; below any place for what a log axis cannot show."""
        if not self.log:
            return (value / 2 - self.low / 2) / (self.high / 2 - self.low / 2)
        if value <= 0:
            return -math.inf
        low = math.log(self.low)
        return (math.log(value) - low) / (math.log(self.high) - low)


def nice(
    low: float,
    high: float,
    count: int,
    log: bool = False,
    previous: Axis | None = None,
    *,
    parts: int = 1,
) -> Axis:
    """An axis that shows ``low`` to ``high`` with about ``count`` round ticks, two at least where there is room.

    ``previous`` is kept while the data fit in it and fill at least half of it. The ends lie on ticks, or on one
    of ``parts`` equal steps between ticks. A log axis is for positive values only.

    Raises:
        ValueError: a log axis of values that are not positive.
    """
    low, high = sorted(max(-_LARGEST, min(_LARGEST, value)) for value in (low, high))
    count = max(2, count)
    if log and low <= 0:
        raise ValueError("a logarithmic axis needs positive values")
    if previous and previous.log == log and len(previous.ticks) <= count + 1 and _still_good(previous, low, high):
        return previous
    return _logarithmic(low, high, count) if log else _linear(low, high, count, parts)


def _still_good(axis: Axis, low: float, high: float) -> bool:
    bottom, top = axis.place(low), axis.place(high)
    return bottom > -1e-6 and top < 1 + 1e-6 and top - bottom >= 0.5


def _linear(low: float, high: float, count: int, parts: int) -> Axis:
    low, high = _widened(low, high)
    for digit, power in _round_steps((high - low) / count):
        step = _decimal(digit, power)
        first = math.floor(low / step * parts + 1e-9) / parts
        last = math.ceil(high / step * parts - 1e-9) / parts
        numbers = range(math.ceil(first), math.floor(last) + 1)
        if len(numbers) <= count + 1:
            break
    ticks = tuple(_decimal(n * digit, power) for n in numbers)
    return Axis(_decimal(first * digit, power), _decimal(last * digit, power), ticks, labels(ticks, step))


def _decimal(digits: float, power: int) -> float:
    """``digits * 10 ** power`` as one who writes the number down would have it."""
    return float(f"{digits:.12g}e{power}") if abs(digits) < 1e11 else digits * 10.0**power


def _widened(low: float, high: float) -> tuple[float, float]:
    """The range, made wide enough for floats to tell its parts apart."""
    if low == high == 0:
        return -1.0, 1.0
    size = max(abs(low), abs(high), 1e-290)
    if high - low >= size * NARROWEST:
        return low, high
    around = size * (0.1 if low == high else NARROWEST)
    return low - around, high + around


def _round_steps(at_least: float) -> Iterator[tuple[float, int]]:
    """1, 2, 2.5 and 5 times powers of ten, from just below ``at_least`` on, as (digit, power)."""
    for power in itertools.count(math.floor(math.log10(at_least))):
        for digit in (1, 2, 2.5, 5):
            if _decimal(digit, power) >= at_least * 0.999:
                yield digit, power


def _logarithmic(low: float, high: float, count: int) -> Axis:
    low, high = max(low, 1e-290), max(high, 1e-290)
    if high <= low * (1 + NARROWEST):
        low, high = low * 0.9, high * 1.1
    low, high = _outward(low, down=True), _outward(high, down=False)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    found: list[float] = []
    for digits in ((1, 2, 5), (1, 3), (1,)):
        found = [t for power in powers for digit in digits if low <= (t := _decimal(digit, power)) <= high]
        if len(found) <= count + 1:
            break
    found = found[:: math.ceil(len(found) / (count + 1)) or 1]
    if len(found) < 3:
        # Within a decade evenly spaced ticks are rounder.
        evenly = _linear(low, high, count, 1)
        ticks = tuple(tick for tick in evenly.ticks if low <= tick <= high)
        return Axis(low, high, ticks, labels(ticks, evenly.ticks[1] - evenly.ticks[0]), log=True)
    each = [label for tick in found for label in labels((tick,), tick)]
    if any("e" in label for label in each):
        each = [
            _tidy(f"{tick:.0e}") if not 0.1 <= tick < 1e3 else label for tick, label in zip(found, each, strict=True)
        ]
    return Axis(low, high, tuple(found), tuple(each), log=True)


def _outward(value: float, *, down: bool) -> float:
    """The next number of one digit below or above (and 1.5): ends of a log axis."""
    power = math.floor(math.log10(value))
    near = [_decimal(digit, p) for p in (power - 1, power, power + 1) for digit in (1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9)]
    if down:
        return max((n for n in near if n <= value * (1 + 1e-12)), default=value)
    return min((n for n in near if n >= value * (1 - 1e-12)), default=value)


def labels(ticks: Sequence[float], step: float) -> tuple[str, ...]:
    """The shortest labels, all in one style, that tell numbers ``step`` apart: ``0.5 1.0``, ``10k 20k``, ``2e-5``."""
    best: tuple[str, ...] = ()
    for kind, unit, sign in _styles(max(map(abs, ticks), default=0.0), step):
        for digits in range(12):
            plain = ["0" if abs(tick) < step * 1e-6 else f"{tick / unit:.{digits}{kind}}" for tick in ticks]
            if all(abs(float(text) * unit - tick) <= step * 0.01 for text, tick in zip(plain, ticks, strict=True)):
                texts = tuple(_tidy(text) + sign * (text != "0") for text in plain)
                if not best or max(map(len, texts)) < max(map(len, best)):
                    best = texts
                break
    return best or tuple(map(repr, ticks))


def _styles(largest: float, step: float) -> Iterator[tuple[str, float, str]]:
    """Ways to write numbers up to ``largest``, as (format, unit, sign); of equally short ones the first is taken."""
    if largest < 1e15:
        yield "f", 1.0, ""
    for unit, sign in ((1e3, "k"), (1e6, "M"), (1e9, "G")):
        if 10 * unit <= largest < 1e4 * unit or (unit > 1e3 and unit <= largest < 1e4 * unit):
            yield "f", unit, sign
    if largest >= 1e12 or step < 1e-3:
        yield "e", 1.0, ""


def _tidy(text: str) -> str:
    """Without needless zeros in the exponent: ``2e-05`` becomes ``2e-5``."""
    digits, mark, power = text.partition("e")
    return f"{digits}e{int(power)}" if mark else text
