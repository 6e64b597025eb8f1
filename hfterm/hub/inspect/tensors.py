"""A tensor as a header names it, and what kinds of numbers there are."""

import math
from typing import Any, NamedTuple

# Bits of a number, by its name in safetensors
# (https://github.com/huggingface/safetensors/blob/main/safetensors/src/tensor.rs, ``Dtype``).
BITS = {
    "BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8,
    "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32,
    "C64": 64, "F64": 64, "I64": 64, "U64": 64, "C128": 128,
}  # fmt: skip
# More dimensions, or numbers, no library can hold.
MOST_DIMENSIONS = 32
MOST_ELEMENTS = 2**62


class Tensor(NamedTuple):
    """``shape`` as the file has it; ``bytes`` it takes there; ``start`` where, in the file's data, or None.

    ``key`` is the same for tensors that share their numbers.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    bytes: int
    start: int | None = None
    key: str | None = None

    @property
    def elements(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)

    def record(self) -> dict[str, Any]:
        """For printing."""
        return {
            "name": self.name, "dtype": self.dtype, "shape": list(self.shape), "elements": self.elements,
            "bytes": self.bytes,
        }  # fmt: skip


class Parsed(NamedTuple):
    """What a weights file holds. ``facts`` are those of its format."""

    format: str
    tensors: list[Tensor]
    facts: dict[str, Any]


def shape_of(value: object) -> tuple[int, ...] | None:
    """A shape, if it is one: a list of a few whole numbers, none below 0, whose product is sane."""
    if not isinstance(value, list | tuple) or len(value) > MOST_DIMENSIONS:
        return None
    if not all(type(n) is int and 0 <= n <= MOST_ELEMENTS for n in value) or math.prod(value) > MOST_ELEMENTS:
        return None
    return tuple(value)
