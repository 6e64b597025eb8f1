"""Where examples come from: the source and the record of each, in a few bytes."""

from array import array
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple, overload

# Records of a batch that are named.
_NAMED = 16


class Place(NamedTuple):
    """A record of a source, counted from 1; 0: no one record of it."""

    source: str
    record: int


class Places(Sequence[Place]):
    """The place of every example, in order."""

    def __init__(self, places: Iterable[Place] = ()) -> None:
        self._sources: dict[str, int] = {}
        self._names: list[str] = []
        self._of, self._records = array("i"), array("q")
        for place in places:
            self.add(place)

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, at: int) -> Place: ...
    @overload
    def __getitem__(self, at: slice) -> "Places": ...
    def __getitem__(self, at: int | slice) -> "Place | Places":
        if isinstance(at, slice):
            return Places(self[one] for one in range(*at.indices(len(self))))
        return Place(self._names[self._of[at]], self._records[at])

    def add(self, place: Place) -> None:
        """Take in the place of the next example."""
        at = self._sources.setdefault(place.source, len(self._names))
        if at == len(self._names):
            self._names.append(place.source)
        self._of.append(at)
        self._records.append(place.record)


def in_words(places: Iterable[Place]) -> str:
    """``records 3, 4 of a.jsonl and record 2 of b.jsonl``: each once, in order; of many only the first."""
    found = sorted(set(places))
    shown, more = found[:_NAMED], len(found) - _NAMED
    words = []
    for source, several in groupby(shown, lambda place: place.source):
        numbers = [place.record for place in several if place.record]
        many = "records" if len(numbers) != 1 or more > 0 else "record"
        words.append(f"{many} {', '.join(map(str, numbers))} of {source}" if numbers else source)
    if more > 0:
        words.append(f"{more} more")
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 2 else words)
