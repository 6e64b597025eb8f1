"""Token ids of a batch of texts without an object for each of them."""

import sys
from array import array
from collections.abc import Iterator, Sequence
from itertools import pairwise

# The low half of each value of four bytes.
_LOW = 0 if sys.byteorder == "little" else 1


class Ids:
    """Ids of texts, one behind the other: those of text ``n`` are ``values[bounds[n]:bounds[n + 1]]``."""

    __slots__ = ("bounds", "values")

    def __init__(self, values: "array[int]", bounds: Sequence[int]) -> None:
        self.values, self.bounds = values, bounds

    @classmethod
    def of(cls, lists: Sequence[Sequence[int]]) -> "Ids":
        """Out of a list of ids a text."""
        values, bounds = array("I"), [0]
        for one in lists:
            values.extend(one)
            bounds.append(len(values))
        return cls(values, bounds)

    def __len__(self) -> int:
        """How many texts."""
        return len(self.bounds) - 1

    def __getitem__(self, at: int) -> "array[int]":
        """The ids of one text."""
        return self.values[self.bounds[at] : self.bounds[at + 1]]

    def __add__(self, other: "Ids") -> "Ids":
        """These, then the others."""
        before = len(self.values)
        return Ids(self.values + other.values, [*self.bounds[:-1], *(before + bound for bound in other.bounds)])

    def lengths(self) -> list[int]:
        """How many ids each text has."""
        return lengths(self.bounds)

    def lists(self) -> Iterator[list[int]]:
        """The ids of each text as a list."""
        every = self.values.tolist()
        for start, end in pairwise(self.bounds):
            yield every[start:end]

    def arrays(self, code: str) -> "Iterator[array[int]]":
        """The ids of each text as an array of ``H`` (16 bits: the caller knows that they fit) or ``I``."""
        values = self.values if code == "I" else array("H", self.values.tobytes())[_LOW::2]
        for start, end in pairwise(self.bounds):
            yield values[start:end]


def lengths(bounds: Sequence[int]) -> list[int]:
    """How many ids each text has, of the bounds between them."""
    return [end - start for start, end in pairwise(bounds)]
