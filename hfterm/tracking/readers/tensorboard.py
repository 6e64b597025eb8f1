"""TensorBoard event files (``events.out.tfevents.*``), without TensorFlow: scalars, texts and hyperparameters.

A file is a sequence of records: length (8 bytes, little-endian), its checksum (4), that many bytes of an Event
message, their checksum (4). See :mod:`hfterm.tracking.readers.protobuf`.
"""

import os
import struct
import time
from pathlib import Path
from typing import Any

from hfterm.tracking.readers import protobuf
from hfterm.tracking.readers.reader import MOST_METRICS, Names, Point

CHUNK = 1 << 17
# Pictures, sounds and graphs; what is longer is not looked at.
LONGEST = 1 << 20
_MOST_TEXTS, _LONGEST_TEXT = 20, 1 << 16
_BROKEN = (ValueError, IndexError, struct.error)


def is_event_file(name: str) -> bool:
    """Whether a file's name is that of an event file."""
    return "tfevents" in name and not name.endswith((".profile-empty", ".tmp"))


class TensorboardReader:
    """See :class:`hfterm.tracking.readers.reader.Reader`; ``path`` is an event file, or a folder with some.

    The files of a folder are read in the order of their names, which begin with the time they were made.
    ``texts`` has the texts that were logged, ``facts`` the hyperparameters.
    """

    kind = "tensorboard"

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.problem: str | None = None
        self.more = False
        self.generation = 0
        self.written = 0.0
        self.facts: dict[str, Any] = {}
        self.texts: dict[str, str] = {}
        self._files: dict[str, _File] = {}

    def poll(self, budget: float = 0.1) -> list[Point]:
        """See :meth:`hfterm.tracking.readers.reader.Reader.poll`."""
        until = time.monotonic() + budget
        self.more, self.problem = False, None
        try:
            paths = self._paths()
            states = {path: os.stat(path) for path in paths}
        except OSError as exc:
            self.problem = (exc.strerror or str(exc)).lower()
            return []
        if any(path not in states or known.replaced(states[path]) for path, known in self._files.items()):
            self.generation += 1
            self._files, self.facts, self.texts = {}, {}, {}
        points: list[Point] = []
        for path, state in states.items():
            self.written = max(self.written, state.st_mtime)
            found = self._files.setdefault(path, _File(path, self))
            if found.offset < state.st_size and not found.broken:
                if points and time.monotonic() > until:
                    self.more = True
                    break
                found.read(points, state, until)
            self.problem = self.problem or found.problem
        if any(found.names.full for found in self._files.values()):
            self.problem = f"more than {MOST_METRICS} metrics: the others are left out"
        return points

    def _paths(self) -> list[str]:
        if not self.path.is_dir():
            return [str(self.path)]
        with os.scandir(self.path) as entries:
            return sorted(entry.path for entry in entries if is_event_file(entry.name) and entry.is_file())


class _File:
    """One event file, and how far it has been read."""

    def __init__(self, path: str, reader: TensorboardReader) -> None:
        self.path, self.reader = path, reader
        self.offset = 0
        self.broken = False
        self.problem: str | None = None
        self.names = Names()
        self._identity: tuple[int, int] | None = None
        # What a scalar's record says but for its step, time and value is always the same: metric by those bytes.
        self._known: dict[bytes, str | None] = {}

    def replaced(self, state: os.stat_result) -> bool:
        return self._identity is not None and (
            (state.st_dev, state.st_ino) != self._identity or state.st_size < self.offset
        )

    def read(self, points: list[Point], state: os.stat_result, until: float) -> None:
        """Add what is new to ``points``, up to the file's size or until the time is up."""
        self._identity = (state.st_dev, state.st_ino)
        try:
            with open(self.path, "rb", buffering=0) as stream:
                began, want = self.offset, CHUNK
                while self.offset < state.st_size and not self.broken:
                    if self.offset > began and time.monotonic() > until:
                        self.reader.more = True
                        return
                    before = self.offset
                    stream.seek(before)
                    data = stream.read(want)
                    self._records(data, state.st_size, points)
                    if self.offset > before:
                        want = CHUNK
                    elif len(data) < want or want > CHUNK:
                        return  # a torn end: the rest comes later
                    else:
                        want = LONGEST + CHUNK
        except OSError as exc:
            self.problem = (exc.strerror or str(exc)).lower()

    def _records(self, data: bytes, size: int, points: list[Point]) -> None:
        """Take in the whole records at the beginning of ``data``, which stands at the offset."""
        at = 0
        while at + 12 <= len(data):
            (length,) = struct.unpack_from("<Q", data, at)
            end = at + 16 + length
            # Checksums are slow in Python: of lengths only doubtful ones are checked, of messages only broken ones.
            doubtful = not length or length > LONGEST or not self.offset + at
            if doubtful and protobuf.masked_crc(data[at : at + 8]) != self._checksum(data, at + 8):
                self.problem = f"damaged at byte {self.offset + at:,}" if self.offset + at else "not an event file"
                self.broken = True
                break
            if end > len(data):
                if length > LONGEST and self.offset + end <= size:
                    at = end  # a picture or the like
                break
            try:
                self._event(data[at + 12 : end - 4], points)
            except _BROKEN:
                if protobuf.masked_crc(data[at + 12 : end - 4]) != self._checksum(data, end - 4):
                    self.problem = f"damaged record at byte {self.offset + at:,}"
            at = end
        self.offset += at

    @staticmethod
    def _checksum(data: bytes, at: int) -> int:
        return int(struct.unpack_from("<I", data, at)[0])

    def _event(self, data: bytes, points: list[Point]) -> None:
        wall: float | None = None
        step = at = 0
        if data[:1] == b"\x09":  # wall_time
            (wall,) = struct.unpack_from("<d", data, 1)
            at = 9
        if data[at : at + 1] == b"\x10":
            step, at = protobuf.varint(data, at + 1)
            step = protobuf.signed(step)
        rest = data[at:-4]
        if rest in self._known:
            if name := self._known[rest]:
                points.append((name, float(step), struct.unpack_from("<f", data, len(data) - 4)[0], wall))
            return
        parts = list(protobuf.fields(data, at))
        usual = len(self._known) < MOST_METRICS
        for field, start, end in parts:
            if field == 1 and end - start == 8:  # in another order than usual
                (wall,), usual = struct.unpack_from("<d", data, start), False
            elif field == 2 and end < 0:
                step, usual = protobuf.signed(start), False
        for start, end in [(start, end) for field, start, end in parts if field == 5 and end >= 0]:
            values = [(low, high) for part, low, high in protobuf.fields(data, start, end) if part == 1 and high >= 0]
            for low, high in values:
                name, value, last = self._value(data, low, high)
                if name is not None and value is not None:
                    points.append((name, float(step), value, wall))
                    if usual and len(values) == 1 and last == len(data):
                        self._known[rest] = name

    def _value(self, data: bytes, at: int, end: int) -> tuple[str | None, float | None, int]:
        """A summary's metric and number, and where the number ended if it is a plain float."""
        tag, value, tensor, plugin, content, last = "", None, None, "", (0, 0), -1
        for field, start, stop in protobuf.fields(data, at, end):
            if field == 1 and stop >= 0:
                tag = data[start:stop].decode("utf-8", "replace")
            elif field == 2 and stop - start == 4:
                (value,), last = struct.unpack_from("<f", data, start), stop
            elif field == 8 and stop >= 0:
                tensor = (start, stop)
            elif field == 9 and stop >= 0:
                plugin, content = _plugin(data, start, stop)
        if plugin == "hparams":
            self.reader.facts.update(_hyperparameters(data, *content))
        elif tensor and (plugin == "text" or tag.endswith("text_summary")):
            text = protobuf.string(data, *tensor)
            if text and len(self.reader.texts) < _MOST_TEXTS:
                self.reader.texts[tag] = text[:_LONGEST_TEXT]
        elif tensor and plugin in ("", "scalars"):
            value = protobuf.scalar(data, *tensor)
        return (self.names(tag) if value is not None else None), value, last


def _plugin(data: bytes, at: int, end: int) -> tuple[str, tuple[int, int]]:
    """The plug-in that a SummaryMetadata names, and where its content lies."""
    name, content = "", (0, 0)
    for field, start, stop in protobuf.fields(data, at, end):
        if field == 1 and stop >= 0:
            for part, low, high in protobuf.fields(data, start, stop):
                if part == 1 and high >= 0:
                    name = data[low:high].decode("utf-8", "replace")
                elif part == 2 and high >= 0:
                    content = (low, high)
    return name, content


def _hyperparameters(data: bytes, at: int, end: int) -> dict[str, Any]:
    """What a session of the hparams plug-in began with (``plugin_data.proto``)."""
    found: dict[str, Any] = {}
    for field, start, stop in protobuf.fields(data, at, end):
        if field != 3 or stop < 0:  # session_start_info
            continue
        for part, low, high in protobuf.fields(data, start, stop):
            if part == 1 and high >= 0:  # an entry of the map: key, Value
                entry = {n: (a, b) for n, a, b in protobuf.fields(data, low, high) if b >= 0}
                if 1 in entry and 2 in entry:
                    key = data[entry[1][0] : entry[1][1]].decode("utf-8", "replace")
                    found[key] = protobuf.plain(data, *entry[2])
    return found
