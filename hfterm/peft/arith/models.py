"""What differs between two whole models, tensor by tensor: read piece by piece, so that size is no matter."""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from hfterm import extras
from hfterm.errors import AccessError, NotFoundError, UsageError
from hfterm.hub.inspect import look
from hfterm.hub.inspect.source import Place
from hfterm.inference.folder import NO_PICKLE
from hfterm.peft import contents
from hfterm.peft.contents import Located
from hfterm.progress import Progress

Row = dict[str, Any]
# Numbers that are compared at once.
PIECE = 1 << 18
# What says nothing about what a model computes; torch_dtype is what dtype was called.
_UNSAID = ("transformers_version", "_name_or_path", "torch_dtype")


class Model(NamedTuple):
    """A model's files: where each tensor lies, by name, and config.json's object."""

    name: str
    tensors: dict[str, Located]
    config: Mapping[str, Any]


class Change(NamedTuple):
    """Squares: of what it is in A, in B, of the difference; and the inner product of A and B."""

    name: str
    a: float
    b: float
    far: float
    along: float

    @property
    def relative(self) -> float:
        """The norm of the difference as a share of A's; of nothing it is infinite."""
        return math.sqrt(self.far / self.a) if self.a else math.inf if self.far else 0.0

    def row(self, kind: str, what: str) -> Row:
        """For printing."""
        both = math.sqrt(self.a) * math.sqrt(self.b)
        return {
            "kind": kind,
            "what": what,
            "a": math.sqrt(self.a),
            "b": math.sqrt(self.b),
            "relative": self.relative if math.isfinite(self.relative) else None,
            "cosine": max(-1.0, min(1.0, self.along / both)) if both else None,
        }


def is_model(path: Path) -> bool:
    """Whether a folder is a whole model's, or a file holds weights; what is neither here is an adapter, or nothing."""
    if path.is_file():
        return path.suffix in (".safetensors", ".gguf")
    return not (path / "adapter_config.json").is_file() and (path / "config.json").is_file()


def read(name: str, path: Path) -> Model:
    """The headers of a model at ``path``, told of as ``name``.

    Raises:
        UsageError: GGUF. AccessError: pickled weights. NotFoundError: none. CheckFailedError: a file is damaged.
    """
    found = look.look(str(path.absolute()))
    place: Place = found.place
    tensors: dict[str, Located] = {}
    for weights in found.weights:
        if weights.group.format == "torch":
            raise AccessError(f"{name} has pickled weights only, which can run code when they are loaded", NO_PICKLE)
        if weights.group.format != "safetensors":
            raise UsageError(f"{name} holds {weights.group.format}, not safetensors", "give the model before that")
        part = f"{weights.group.folder}/" if weights.group.folder and len(found.weights) > 1 else ""
        tensors.update((part + key, where) for key, where in contents.located(place, weights).items())
    if not tensors:
        raise NotFoundError(f"{name} has no weights to compare")
    return Model(name, tensors, found.weights[0].config)


def diff(
    a: Model, b: Model, told: Callable[..., Iterator[Row]], *, limit: int, progress: Progress | None
) -> Iterator[Row]:
    """Yield rows as :func:`hfterm.peft.arith.diff.diff`; ``relative`` is a share of A's norm, and orders them.

    Besides its kinds: ``shape`` (a tensor that has another one; ``a`` and ``b`` are the shapes) and ``unknown`` (it
    differs, and holds NaN, infinite numbers, or numbers of a kind that has no norm here). ``told`` yields the first
    rows of a kind.

    Raises:
        MissingExtraError: no numpy.
    """
    extras.check("peft", "numpy")
    yield from _settings(a.config, b.config)
    names = [name for name in a.tensors if name in b.tensors]
    alike = [name for name in names if a.tensors[name][0].shape == b.tensors[name][0].shape]
    alone = [("only_a", name, a.tensors[name]) for name in a.tensors if name not in b.tensors]
    alone += [("only_b", name, b.tensors[name]) for name in b.tensors if name not in a.tensors]
    total = sum(a.tensors[name][0].elements for name in alike) + sum(where[0].elements for _, _, where in alone)
    changes: list[Change] = []
    unknown: list[str] = []
    single: dict[str, list[tuple[float, str]]] = {"only_a": [], "only_b": []}
    doing = progress.task("comparing", total=total, unit="numbers") if progress else nullcontext()
    with doing as task:
        step = task.advance if task else lambda _: None
        for kind, name, where in alone:
            single[kind].append((contents.stats(*where).norm or 0.0, name))
            step(where[0].elements)
        for name in alike:
            change = _change(name, a.tensors[name], b.tensors[name], step)
            changes.append(change) if change else unknown.append(name)
    for kind, sizes in single.items():
        rows = [
            {**_bare(kind, name, *((size, 0.0) if kind == "only_a" else (0.0, size))), "relative": 1.0}
            for size, name in sorted(sizes, key=_large)
        ]
        yield from told(iter(rows), len(rows), kind, limit)
    shapes = [_bare("shape", name, list(a.tensors[name][0].shape), list(b.tensors[name][0].shape))
              for name in names if name not in set(alike)]  # fmt: skip
    yield from told(iter(shapes), len(shapes), "shape", limit)
    odd = [_bare("unknown", name) for name in unknown if not _same_bytes(a.tensors[name], b.tensors[name])]
    yield from told(iter(odd), len(odd), "unknown", limit)
    differ = sorted((c for c in changes if c.far), key=lambda c: (-c.relative, -c.far))
    if not differ:
        return
    sums = Change(
        "",
        math.fsum(c.a for c in changes),
        math.fsum(c.b for c in changes),
        math.fsum(c.far for c in changes),
        math.fsum(c.along for c in changes),
    )
    yield sums.row("total", f"{len(differ)} of {len(changes)} differ")
    yield from told((c.row("tensor", c.name) for c in differ), len(differ), "tensors", limit)


def _large(pair: tuple[float, str]) -> float:
    return -pair[0]


def _bare(kind: str, what: str, a: Any = None, b: Any = None) -> Row:
    return {"kind": kind, "what": what, "a": a, "b": b, "relative": None, "cosine": None}


def _settings(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Row]:
    sides = [{**({"dtype": one["torch_dtype"]} if "torch_dtype" in one else {}), **one} for one in (a, b)]
    for name in sorted(sides[0].keys() | sides[1].keys()):
        left, right = (side.get(name) for side in sides)
        if name not in _UNSAID and left != right:
            yield _bare("setting", name, left, right)


def _change(name: str, one: Located, other: Located, step: Callable[[float], None]) -> Change | None:
    """None where the numbers cannot be read, or some are not finite."""
    import numpy as np

    sums, seen = [0.0] * 4, 0
    for x, y in zip(contents.pieces(*one, PIECE), contents.pieces(*other, PIECE), strict=False):
        with np.errstate(all="ignore"):  # what is no number is told of in the end
            left, right = x.astype("f8"), y.astype("f8")
            far = left - right
            for place, product in enumerate(((left, left), (right, right), (far, far), (left, right))):
                # np.dot would start threads for each of these short sums, and wait for them.
                sums[place] += float(np.einsum("i,i->", *product))
        seen += x.size
        step(x.size)
    if seen != one[0].elements or not all(map(math.isfinite, sums)):
        step(one[0].elements - seen)
        return None
    return Change(name, *sums)


def _same_bytes(one: Located, other: Located) -> bool:
    (a, file, start), (b, other_file, other_start) = one, other
    if (a.dtype, a.bytes) != (b.dtype, b.bytes):
        return False
    return all(
        file.fetch(start + at, size) == other_file.fetch(other_start + at, size)
        for at in range(0, a.bytes, PIECE)
        for size in (min(PIECE, a.bytes - at),)
    )
