"""What the Xet client sends: xorbs (chunks in a row) and shards (which chunks make a file).

Formats: xet-core's ``xorb_chunk_format.rs``, ``file_structs.rs`` and ``shard_format.rs``. A chunk has a header of
8 bytes (version, packed length in 3 bytes, scheme, unpacked length in 3 bytes). A shard has records of 48 bytes:
a header, then each file's records up to a bookend of ones, then each xorb's.
"""

import os
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, NamedTuple

CHUNK_HEADER = 8
MOST_UNPACKED = 2**24
_RECORD = 48
_TAG = b"HFRepoMetaData\x00UigEj{\x81W\x83\xa5\xbd\xd9\\\xcd\xd1J\xa9"
_BOOKEND = b"\xff" * 32
_WITH_VERIFICATION, _WITH_METADATA = 1 << 31, 1 << 30
_FOOTERS = (b"XETBLOB", b"XBLBHSH", b"XBLBBND")


class Term(NamedTuple):
    """A part of a file: the chunks ``start`` to before ``end`` of a xorb, ``unpacked`` bytes together."""

    xorb: str
    start: int
    end: int
    unpacked: int


class ShardFile(NamedTuple):
    """A file as a shard describes it. ``hash`` is Xet's; ``sha256`` as the client claims."""

    hash: str
    sha256: str | None
    terms: tuple[Term, ...]

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return sum(term.unpacked for term in self.terms)


class BadFormat(ValueError):
    """Bytes that are no xorb or no shard."""


def hash_text(raw: bytes) -> str:
    """A hash as the client writes it: four little-endian words of 8 bytes, each as 16 hexadecimal digits."""
    return "".join(f"{word:016x}" for word in struct.unpack("<4Q", raw))


def shard_files(data: bytes) -> Iterator[ShardFile]:
    """The files that a shard describes.

    Raises:
        BadFormat: it is no shard.
    """
    if data[:32] != _TAG:
        raise BadFormat("not a shard")
    at = _RECORD
    while True:
        raw, flags, count, _ = _fields(data, at)
        at += _RECORD
        if raw == _BOOKEND:
            return
        if count * _RECORD > len(data):
            raise BadFormat("the shard ends within a file")
        terms = []
        for _n in range(count):
            xorb, _, unpacked, both = _fields(data, at)
            terms.append(Term(hash_text(xorb), both & 0xFFFFFFFF, both >> 32, unpacked))
            at += _RECORD
        if flags & _WITH_VERIFICATION:
            at += count * _RECORD
        sha256 = None
        if flags & _WITH_METADATA:
            sha256 = hash_text(_fields(data, at)[0])
            at += _RECORD
        yield ShardFile(hash_text(raw), sha256, tuple(terms))


def _fields(data: bytes, at: int) -> tuple[bytes, int, int, int]:
    if at + _RECORD > len(data):
        raise BadFormat("the shard ends too early")
    raw, one, two, three = struct.unpack_from("<32sIIQ", data, at)
    return raw, one, two, three


@dataclass(frozen=True)
class Chunks:
    """Where the chunks of a xorb lie.

    ``packed[i]`` is the byte at which chunk i begins, ``unpacked[i]`` the number of unpacked bytes before it;
    both have one more entry, for the end.
    """

    packed: "array[int]"
    unpacked: "array[int]"

    def __len__(self) -> int:
        """How many chunks there are."""
        return len(self.packed) - 1


def read_chunks(stream: IO[Any]) -> Chunks:
    """Find the chunks of a xorb by their headers.

    Raises:
        BadFormat: it is no xorb, or is cut short.
    """
    size = os.fstat(stream.fileno()).st_size
    packed, unpacked = array("Q", [0]), array("Q", [0])
    at = 0
    while at < size:
        header = os.pread(stream.fileno(), CHUNK_HEADER, at)
        if header[:7] in _FOOTERS:
            break
        if len(header) < CHUNK_HEADER or header[0] != 0:
            raise BadFormat(f"no chunk at byte {at}")
        at += CHUNK_HEADER + int.from_bytes(header[1:4], "little")
        if at > size:
            raise BadFormat("the last chunk is cut short")
        packed.append(at)
        unpacked.append(unpacked[-1] + int.from_bytes(header[5:8], "little"))
    if len(packed) == 1:
        raise BadFormat("no chunk in it")
    return Chunks(packed, unpacked)
