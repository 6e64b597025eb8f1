"""The account of a pack of token ids, and what its writers share."""

from abc import ABC, abstractmethod
from array import array
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self


@dataclass
class Packed:
    """The account: ``written`` = ``text_tokens`` + ``end_tokens`` + ``padding`` - ``dropped``."""

    path: Path
    dtype: str = "uint16"
    length: int | None = None
    documents: int = 0
    text_tokens: int = 0
    end_tokens: int = 0
    padding: int = 0
    dropped: int = 0
    written: int = 0
    rows: int | None = None
    shards: list[dict[str, Any]] = field(default_factory=list)

    def facts(self) -> dict[str, Any]:
        """All but the path; ``shards`` as their number."""
        kept = {name: value for name, value in asdict(self).items() if name != "path"}
        return {**kept, "shards": len(self.shards)}


class Writer(ABC):
    """Writes one shard after the other; a shard is ``size`` tokens, the last one what is left."""

    code = "I"  # of the arrays of ids, as :mod:`array` names types

    def __init__(self, size: int, done: Packed) -> None:
        self.size, self.done = size, done
        self.tokens = 0  # of the shard

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.abandon()

    def document(self, ids: Sequence[int], ending: int | None) -> None:
        """Take a document in; one of no tokens counts, and is only its end."""
        self.done.documents += 1
        self.done.text_tokens += len(ids)
        values = array(self.code, ids)
        if ending is not None:
            values.append(ending)
            self.done.end_tokens += 1
        self.put(values)

    @abstractmethod
    def finish(self, filling: int | None) -> None:
        """Fill or cut the last row, and close the last shard."""

    @abstractmethod
    def put(self, values: "array[int]", begins: bool = True) -> None:
        """Take tokens in; ``begins``: the first one begins a document."""

    @abstractmethod
    def abandon(self) -> None:
        """Close what is open."""
