"""What differs between two adapters: their settings, what they change, and by how much in what direction.

Two whole models are held against each other by :mod:`hfterm.peft.arith.models`.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from hfterm import refs
from hfterm.errors import HftermError, UsageError
from hfterm.peft.arith import lora, models, source
from hfterm.peft.arith.source import Source
from hfterm.progress import Progress

Row = dict[str, Any]
# What says nothing about what an adapter does.
_UNSAID = ("inference_mode", "peft_version", "auto_mapping")
# Below this share two changes are the same but for the rounding of float32.
SAME = 1e-6
TOLD = 20


class _Change(NamedTuple):
    """``far`` is the norm of the difference."""

    kind: str
    what: str
    a: float
    b: float
    far: float
    along: float

    def row(self) -> Row:
        larger = max(self.a, self.b)
        both = self.a * self.b
        return {
            "kind": self.kind,
            "what": self.what,
            "a": self.a,
            "b": self.b,
            "relative": self.far / larger if larger else 0.0,
            "cosine": max(-1.0, min(1.0, self.along / both)) if both else None,
        }


def diff(a: Source, b: Source, *, limit: int = TOLD) -> Iterator[Row]:
    """Yield what differs as ``{"kind", "what", "a", "b", "relative", "cosine"}``; nothing when they do the same.

    Kinds: ``setting``; ``only_a`` and ``only_b`` (a module that one alone changes, with the norm of its change);
    ``total`` (all modules of both together), then ``module`` (LoRA: what is added to a weight) and ``tensor`` (all
    else), largest difference first; ``summary`` (how many more there are after the first ``limit`` of a kind; 0: all).
    ``a`` and ``b`` are norms there, ``relative`` is the norm of the difference as a share of the larger one, ``cosine``
    that of the angle between the two.

    Raises:
        HftermError: tensors of one name have other shapes.
    """
    yield from _settings(a.config, b.config)
    if a.kind != b.kind:
        return
    only_a, only_b, changes = _changes(a, b)
    for kind, norms in (("only_a", only_a), ("only_b", only_b)):
        ordered = sorted(norms.items(), key=lambda pair: -pair[1])
        rows = [_Change(kind, what, size if kind == "only_a" else 0.0, size if kind == "only_b" else 0.0, size, 0.0)
                for what, size in ordered]  # fmt: skip
        yield from _told((row.row() for row in rows), len(rows), kind, limit)
    differ = sorted((c for c in changes if c.row()["relative"] > SAME), key=lambda c: -c.far)
    if not differ:
        return
    # What is saved whole beside LoRA's matrices would drown them.
    counted = [c for c in changes if c.kind == "module"] or changes
    yield _Change(
        "total",
        f"{len(differ)} of {len(changes)} differ",
        math.hypot(*(c.a for c in counted)),
        math.hypot(*(c.b for c in counted)),
        math.hypot(*(c.far for c in counted)),
        sum(c.along for c in counted),
    ).row()
    yield from _told((c.row() for c in differ), len(differ), "modules", limit)


def diff_of(
    a: str, b: str, *, limit: int = TOLD, note: Callable[[str], None] | None = None, progress: Progress | None = None
) -> Iterator[Row]:
    """:func:`diff` of two references to adapters, or :func:`hfterm.peft.arith.models.diff` of two to whole models.

    Raises:
        UsageError: one is a model, the other an adapter. Else as :func:`hfterm.peft.arith.source.read` and
        :func:`hfterm.peft.arith.models.read`.
    """
    paths = [refs.resolve(text, "any" if Path(text).exists() else "model", note=note) for text in (a, b)]
    whole = [models.is_model(path) for path in paths]
    if all(whole):
        one, other = (models.read(text, path) for text, path in zip((a, b), paths, strict=True))
        return models.diff(one, other, _told, limit=limit, progress=progress)
    if any(whole):
        model, adapter = (a, b) if whole[0] else (b, a)
        source.read(adapter)  # which fails where it is none
        raise UsageError(f"{model} is a whole model, and {adapter} an adapter: they cannot be compared",
                         f"merge the adapter first: hfterm peft merge {adapter}")  # fmt: skip
    return diff(source.read(a), source.read(b), limit=limit)


def _told(rows: Iterator[Row], count: int, kind: str, limit: int) -> Iterator[Row]:
    yield from islice(rows, limit or None)
    if limit and count > limit:
        yield {
            "kind": "summary",
            "what": f"{count - limit} more of {kind}",
            "a": None,
            "b": None,
            "relative": None,
            "cosine": None,
        }


def _settings(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Row]:
    for name in sorted(a.keys() | b.keys()):
        left, right = (_plain(side.get(name)) for side in (a, b))
        if name not in _UNSAID and left != right:
            yield {"kind": "setting", "what": name, "a": left, "b": right, "relative": None, "cosine": None}


def _plain(value: Any) -> Any:
    """PEFT writes sets as lists in any order; what is empty or false is as good as not there."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = sorted(value)
    return value if value or (value == 0 and value is not False) else None


def _changes(a: Source, b: Source) -> tuple[dict[str, float], dict[str, float], list[_Change]]:
    """What one alone has, with norms, and what both have."""
    sides: list[dict[str, Any]] = []
    for side in (a, b):
        pairs, rest = lora.pairs(side.config, side.tensors) if side.kind == "LORA" else ({}, side.tensors)
        sides.append({**{m: p.flat() for m, p in pairs.items()}, **rest})
    one, two = sides
    changes = []
    for name in one.keys() & two.keys():
        x, y = one[name], two[name]
        if isinstance(x, tuple) and isinstance(y, tuple):
            _alike(name, [list(h.shape[1:]) for h in x[:1]] + [x[1].shape[0]], [list(y[0].shape[1:]), y[1].shape[0]])
            changes.append(_Change("module", name, lora.norm(x), lora.norm(y), lora.distance(x, y), lora.inner(x, y)))
        elif not isinstance(x, tuple) and not isinstance(y, tuple):
            _alike(name, list(x.shape), list(y.shape))
            x, y = x.double(), y.double()
            norms = float(x.norm()), float(y.norm())
            changes.append(_Change("tensor", _short(name), *norms, float((x - y).norm()), float((x * y).sum())))
    left, right = ({_short(n): _norm(side[n]) for n in side.keys() - other.keys()}
                   for side, other in ((one, two), (two, one)))  # fmt: skip
    return left, right, changes


def _alike(name: str, left: list[Any], right: list[Any]) -> None:
    if left != right:
        raise HftermError(f"{_short(name)} has the shape {left} in one and {right} in the other",
                          "they are not of the same base model")  # fmt: skip


def _norm(value: Any) -> float:
    return lora.norm(value) if isinstance(value, tuple) else float(value.double().norm())


def _short(name: str) -> str:
    return name.removeprefix(lora.PREFIX)
