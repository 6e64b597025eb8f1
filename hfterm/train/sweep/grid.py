"""Combinations of settings: ``lr=1e-4,3e-4`` and ``seed=1,2`` are four."""

import itertools
import random
import re
from collections.abc import Iterable, Sequence

from hfterm.errors import UsageError
from hfterm.train.schema import names

# More runs than this are surely a slip.
MOST = 10_000
Axis = tuple[str, tuple[str, ...]]
Combination = tuple[tuple[str, str], ...]
# A value: brackets and quotes keep their commas.
_VALUE = re.compile(r"""(?:\[[^\]]*\]|\{[^}]*\}|"[^"]*"|'[^']*'|[^,\[\]{}"'])+""")


def axes(words: Iterable[str]) -> list[Axis]:
    """``KEY=VALUE,VALUE`` words as keys with their values as text; short names of keys are written out.

    Raises:
        UsageError: a word is none, has no value, or names a key a second time.
    """
    found: dict[str, tuple[str, ...]] = {}
    for key, text in names.pairs(words, "--grid"):
        name = names.full(key)
        values = tuple(dict.fromkeys(value.strip() for value in _VALUE.findall(text) if value.strip()))
        if not values:
            raise UsageError(f"--grid {key}=: no values", "write them with commas: lr=1e-4,3e-4")
        if name in found:
            raise UsageError(f"--grid {key}: {name} stands there twice", "write all its values in one --grid")
        found[name] = values
    if not found:
        raise UsageError("no --grid given", "vary something: --grid lr=1e-4,3e-4")
    return list(found.items())


def combinations(axes: Sequence[Axis], sample: int | None = None) -> list[Combination]:
    """Every combination, the last axis fastest; or ``sample`` of them at random, the same ones each time, in order.

    Raises:
        UsageError: they are too many.
    """
    total = 1
    for _, values in axes:
        total *= len(values)
    if sample is not None and sample < total and total < 2**62:
        return [_at(axes, number) for number in sorted(random.Random(0).sample(range(total), sample))]
    if total > MOST:
        raise UsageError(f"{total} combinations are too many", "take some of them: --random 20")
    return [
        tuple(zip((key for key, _ in axes), values, strict=True))
        for values in itertools.product(*(values for _, values in axes))
    ]


def _at(axes: Sequence[Axis], number: int) -> Combination:
    chosen = []
    for key, values in reversed(axes):
        number, at = divmod(number, len(values))
        chosen.append((key, values[at]))
    return tuple(reversed(chosen))
