"""The numbers in an adapter's weights, read tensor by tensor: sizes, norms, and what is no number."""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from hfterm.hub.inspect.look import Weights
from hfterm.hub.inspect.source import File, Place
from hfterm.hub.inspect.tensors import Tensor

# Numbers that are read at once.
PIECE = 1 << 24
# Larger matrices of an adapter are not multiplied for the norm of their product.
MOST_PRODUCT = 1 << 26
_KINDS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1"}


class Stats(NamedTuple):
    """``norm`` is the Frobenius norm of the finite numbers; None where the kind cannot be read here."""

    norm: float | None
    nan: int = 0
    inf: int = 0


# A tensor, the file that it is in, and the byte there where its numbers begin.
Located = tuple[Tensor, File, int]


def located(place: Place, weights: Weights) -> dict[str, Located]:
    """Each tensor by its name, with its file and the byte where it begins there (safetensors)."""
    found = {}
    for path, parsed in weights.files:
        file = place.files[path]
        begin = 8 + int.from_bytes(file.fetch(0, 8), "little")
        for tensor in parsed.tensors:
            found[tensor.name] = (tensor, file, begin + (tensor.start or 0))
    return found


def pieces(tensor: Tensor, file: File, start: int, most: int | None = None) -> Iterator[Any]:
    """The numbers as flat arrays of numpy, in order; none of a kind that numpy has not.

    ``most`` are in one array (default: ``PIECE``): from a disk few are faster, as they stay in the processor's cache.
    """
    import numpy as np

    if tensor.dtype != "BF16" and tensor.dtype not in _KINDS:
        return
    size = 2 if tensor.dtype == "BF16" else np.dtype(_KINDS[tensor.dtype]).itemsize
    step = (most or PIECE) * size
    for at in range(0, tensor.bytes, step):
        raw = file.fetch(start + at, min(step, tensor.bytes - at))
        if tensor.dtype == "BF16":
            yield (np.frombuffer(raw, "<u2").astype("<u4") << 16).view("<f4")
        else:
            yield np.frombuffer(raw, _KINDS[tensor.dtype])


def stats(tensor: Tensor, file: File, start: int) -> Stats:
    """Look at all numbers of a tensor once."""
    import numpy as np

    total, nan, inf, seen = 0.0, 0, 0, 0
    for piece in pieces(tensor, file, start):
        seen += piece.size
        wide = piece.astype("f8")
        nan += int(np.isnan(wide).sum())
        inf += int(np.isinf(wide).sum())
        total += float(np.square(wide[np.isfinite(wide)]).sum())
    return Stats(math.sqrt(total) if seen == tensor.elements else None, nan, inf)


def product_norm(a: Located, b: Located, middle: Located | None = None, experts: int = 1) -> float | None:
    """The Frobenius norm of B A, A (r, in) and B (out, r), without making it: the trace of (B'B)(AA').

    A convolution's A is (r, in, height, width) and its B (out, r, 1, 1). ``middle`` (r, 1): of B diag(middle) A.
    ``experts``: A is (experts r, in) and B (out, r experts), a pair an expert, as PEFT stacks them. None where they are
    not such matrices, hold no finite numbers, or are too large.
    """
    import numpy as np

    if any(len(t.shape) < 2 or t.elements > MOST_PRODUCT for t in (a[0], b[0])) or a[0].shape[0] != b[0].shape[1]:
        return None
    if math.prod(b[0].shape[2:]) != 1:
        return None
    arrays = []
    for tensor, file, start in (a, b, *([middle] if middle else [])):
        parts = list(pieces(tensor, file, start))
        if not parts:
            return None
        arrays.append(np.concatenate(parts).astype("f8").reshape(tensor.shape[0], -1))
        if not np.isfinite(arrays[-1]).all():
            return None
    first, second = arrays[:2]
    if len(arrays) > 2:
        if arrays[2].shape != (first.shape[0], 1):
            return None
        first = first * arrays[2]
    rank = first.shape[0] // experts
    square = 0.0
    for one in range(experts):
        mine, others = first[one * rank : (one + 1) * rank], second[:, one::experts]
        square += float(((others.T @ others) * (mine @ mine.T)).sum())
    return math.sqrt(max(0.0, square))
