"""As much of Thrift's compact protocol as a Parquet footer needs.

Format: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

T = TypeVar("T")
MOST_DEPTH = 32
_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)


class Broken(ValueError):
    """These bytes are no Thrift; the message says why."""


class Reader:
    """Reads values one after the other. A field that nobody asks for is passed over, and builds nothing."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def byte(self) -> int:
        """One byte."""
        if self.at >= len(self.data):
            raise Broken("it is cut off")
        self.at += 1
        return self.data[self.at - 1]

    def varint(self) -> int:
        """A whole number, 7 bits a byte, lowest first."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
            if shift > 63:
                raise Broken("a number is too long")

    def integer(self) -> int:
        """A signed whole number (zigzag)."""
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def binary(self) -> bytes:
        """Bytes after their length."""
        length = self.varint()
        if length > len(self.data) - self.at:
            raise Broken("a text ends after the end")
        self.at += length
        return self.data[self.at - length : self.at]

    def text(self) -> str:
        """The same as text."""
        return self.binary().decode("utf-8", "replace")

    def fields(self, depth: int = 0) -> Iterator[tuple[int, int]]:
        """(number, kind) of each field of a struct; the caller reads its value, or :meth:`skip` does."""
        number = 0
        while kind := self.byte():
            delta = kind >> 4
            number = number + delta if delta else self.integer()
            yield number, kind & 0x0F

    def each(self, read: Callable[[], T]) -> Iterator[T]:
        """The elements of a list, each read by ``read``."""
        count, _ = self._list_head()
        for _ in range(count):
            yield read()

    def _list_head(self) -> tuple[int, int]:
        head = self.byte()
        count = head >> 4 if head >> 4 != 15 else self.varint()
        if count > len(self.data) - self.at:
            raise Broken(f"a list of {count} does not fit")
        return count, head & 0x0F

    def skip(self, kind: int, depth: int = 0) -> None:
        """Pass over a value."""
        if depth > MOST_DEPTH:
            raise Broken("it is nested too deeply")
        if kind in (_TRUE, _FALSE):
            return
        if kind == _BYTE:
            self.byte()
        elif kind in (_I16, _I32, _I64):
            self.varint()
        elif kind == _DOUBLE:
            self.at += 8
        elif kind == _BINARY:
            self.binary()
        elif kind in (_LIST, _SET):
            count, inner = self._list_head()
            for _ in range(count):
                self._element(inner, depth)
        elif kind == _MAP:
            count = self.varint()
            if count > len(self.data) - self.at:
                raise Broken(f"a map of {count} does not fit")
            kinds = self.byte() if count else 0
            for _ in range(count):
                self._element(kinds >> 4, depth)
                self._element(kinds & 0x0F, depth)
        elif kind == _STRUCT:
            for _, inner in self.fields():
                self.skip(inner, depth + 1)
        else:
            raise Broken(f"unknown kind {kind}")

    def _element(self, kind: int, depth: int) -> None:
        if kind in (_TRUE, _FALSE):  # in a list a truth value takes a byte
            self.byte()
        else:
            self.skip(kind, depth + 1)
