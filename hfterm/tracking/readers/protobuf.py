"""As much of protocol buffers as TensorBoard's events need, and the checksum of their framing.

https://protobuf.dev/programming-guides/encoding/ and TensorFlow's ``event.proto``, ``summary.proto``,
``tensor.proto`` and ``record_writer.cc``.
"""

import struct
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

# Element types of a tensor, with the field that holds them one by one: struct code, or None for a varint.
_NUMBERS: dict[int, tuple[int, str | None]] = {
    1: (5, "f"),
    2: (6, "d"),
    3: (7, None),
    4: (7, None),
    6: (7, None),
    9: (10, None),
    14: (13, None),
    19: (13, None),
}
# The same packed in tensor_content.
_CONTENT = {1: "<f", 2: "<d", 3: "<i", 4: "<B", 6: "<b", 9: "<q", 19: "<e"}
STRING = 7


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A variable-length number at ``at``, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("a number is too long")


def signed(value: int) -> int:
    """A 64-bit varint as the signed number it stands for."""
    return value - (1 << 64) if value >> 63 else value


def fields(data: bytes, at: int = 0, end: int | None = None) -> Iterator[tuple[int, int, int]]:
    """The fields of a message as (number, start, end); of a varint ``start`` is its value and ``end`` -1.

    Raises:
        ValueError, IndexError: it is no message.
    """
    end = len(data) if end is None else end
    while at < end:
        key, at = varint(data, at)
        wire = key & 7
        if wire == 0:
            value, at = varint(data, at)
            yield key >> 3, value, -1
            continue
        if wire == 2:
            size, at = varint(data, at)
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
        else:
            raise ValueError(f"wire type {wire}")
        if at + size > end:
            raise ValueError("a field reaches beyond its message")
        yield key >> 3, at, at + size
        at += size


def scalar(data: bytes, at: int, end: int) -> float | None:
    """The one number in a TensorProto; None when it holds another count or kind."""
    dtype, elements, content, single = 0, 1, b"", []
    for field, start, stop in fields(data, at, end):
        if field == 1 and stop < 0:
            dtype = start
        elif field == 2 and stop >= 0:
            for part, low, high in fields(data, start, stop):
                if part == 2 and high >= 0:
                    elements *= next((signed(v) for n, v, e in fields(data, low, high) if n == 1 and e < 0), 0)
        elif field == 4 and stop >= 0:
            content = data[start:stop]
        elif field == _NUMBERS.get(dtype, (0, None))[0]:
            single.append((start, stop))
    if elements != 1 or dtype not in _NUMBERS:
        return None
    if content:
        if dtype == 14:
            return float(struct.unpack("<f", b"\0\0" + content[:2])[0])
        return float(struct.unpack_from(_CONTENT[dtype], content)[0])
    if not single:
        return 0.0
    start, stop = single[-1]
    code = _NUMBERS[dtype][1]
    if code:
        return float(struct.unpack_from(f"<{code}", data, start)[0])
    raw = start if stop < 0 else varint(data, start)[0]
    if dtype == 19:
        return float(struct.unpack("<e", struct.pack("<H", raw & 0xFFFF))[0])
    return float(struct.unpack("<f", struct.pack("<I", (raw & 0xFFFF) << 16))[0]) if dtype == 14 else float(signed(raw))


def string(data: bytes, at: int, end: int) -> str | None:
    """The first text in a TensorProto of texts; None when it holds none."""
    dtype = 0
    for field, start, stop in fields(data, at, end):
        if field == 1 and stop < 0:
            dtype = start
        elif field == 8 and stop >= 0 and dtype == STRING:
            return data[start:stop].decode("utf-8", "replace")
    return None


def plain(data: bytes, at: int, end: int) -> Any:
    """A google.protobuf.Value that is a number, text or truth value; else None."""
    for field, start, stop in fields(data, at, end):
        if field == 2 and stop - start == 8:
            return struct.unpack_from("<d", data, start)[0]
        if field == 3 and stop >= 0:
            return data[start:stop].decode("utf-8", "replace")
        if field == 4 and stop < 0:
            return bool(start)
    return None


@lru_cache(maxsize=1)
def _table() -> list[int]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


def masked_crc(data: bytes) -> int:
    """The checksum of the framing: CRC-32C (RFC 3720), rotated and shifted as ``crc32c.h`` does."""
    table, crc = _table(), 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 255]
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
