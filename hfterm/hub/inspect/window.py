"""Any bytes of a file, got as they are needed: the first request is small, later ones grow."""

from collections.abc import Callable

from hfterm.errors import CheckFailedError

# Most headers fit the first request; a vocabulary in a GGUF header takes a few more.
FIRST_BYTES = 100_000
STEP_BYTES = 8 << 20
# A header that is larger than this is a lie; it also bounds the memory.
MOST_BYTES = 256 << 20


class Damaged(CheckFailedError):
    """A file that is not what it says; ``why`` goes on after the file's name."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"cannot read {name}: {why}", "it is damaged, half-written or no such file")


class Window:
    """The bytes of the file ``name`` of ``size`` bytes; ``fetch(start, length)`` gets those it lacks.

    What was got is kept, up to ``most`` bytes in all. ``fetched`` counts them.
    """

    def __init__(
        self, name: str, size: int, fetch: Callable[[int, int], bytes], *, first: int = FIRST_BYTES,
        most: int = MOST_BYTES,
    ) -> None:  # fmt: skip
        self.name, self.size, self.fetched = name, size, 0
        self._fetch, self._step, self._most = fetch, first, most
        self._kept: list[tuple[int, bytearray]] = []

    def read(self, start: int, length: int) -> bytes:
        """Exactly these bytes.

        Raises:
            Damaged: they do not lie in the file, or it ends before its size, or the header is endless.
        """
        if start < 0 or length < 0 or start + length > self.size:
            raise self.damaged(f"it ends at byte {self.size}, and {start + length} are needed")
        for begin, data in self._kept:
            if begin <= start and start + length <= begin + len(data):
                return bytes(data[start - begin : start - begin + length])
        for begin, data in self._kept:
            if begin <= start <= begin + len(data):
                data += self._get(begin + len(data), start + length - begin - len(data))
                return bytes(data[start - begin : start - begin + length])
        got = bytearray(self._get(start, length))
        self._kept.append((start, got))
        return bytes(got[:length])

    def tail(self, length: int) -> bytes:
        """The last bytes, or all of a file that is shorter; the first request gets more than asked for."""
        first = min(self.size, max(length, self._step))
        return self.read(self.size - first, first)[-length:]

    def damaged(self, why: str) -> Damaged:
        """The error for this file."""
        return Damaged(self.name, why)

    def _get(self, start: int, least: int) -> bytes:
        wanted = min(self.size - start, max(least, self._step))
        if self.fetched + wanted > self._most:
            raise self.damaged(f"its header takes more than {self._most >> 20} MiB")
        self._step = min(self._step * 4, STEP_BYTES)
        data = self._fetch(start, wanted)
        self.fetched += len(data)
        if len(data) < wanted:
            raise self.damaged(f"it ends at byte {start + len(data)}, not at {self.size}")
        return data[:wanted]
