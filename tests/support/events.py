"""TensorBoard's framing and messages, written by hand for tests."""

import struct

from hfterm.tracking.readers.protobuf import masked_crc


def record(message: bytes) -> bytes:
    """A record of an event file."""
    head = struct.pack("<Q", len(message))
    return head + struct.pack("<I", masked_crc(head)) + message + struct.pack("<I", masked_crc(message))


def varint(value: int) -> bytes:
    """A variable-length number, negative ones as 64 bits."""
    value &= (1 << 64) - 1
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)


def field(number: int, content: bytes) -> bytes:
    """A field that holds bytes or a message."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def scalar(tag: str, step: int, value: float, time: float = 1.7e9) -> bytes:
    """A record with one metric, as torch's SummaryWriter writes it."""
    summary = field(1, field(1, tag.encode()) + b"\x15" + struct.pack("<f", value))
    counted = b"\x10" + varint(step) if step else b""
    return record(b"\x09" + struct.pack("<d", time) + counted + field(5, summary))
