"""Runs in folders that are given: which files are logs of metrics, and what makes a folder a run."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from hfterm.tracking.readers import trainer_state
from hfterm.tracking.readers.csv import CsvReader
from hfterm.tracking.readers.events import EventsReader
from hfterm.tracking.readers.jsonl import JsonlReader
from hfterm.tracking.readers.reader import STEPS, Reader, column, number
from hfterm.tracking.readers.tensorboard import TensorboardReader, is_event_file
from hfterm.tracking.readers.trainer import TrainerReader

# How far down runs are looked for, and how much of one folder is looked at.
DEPTH = 2
MOST_ENTRIES = 5000
_CHECKPOINT = re.compile(r"(checkpoint|global_step|step|epoch)[-_=]?\d+")
_SUFFIXES = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "csv"}
_LOSS = re.compile(r"(?i)loss|accuracy|reward|perplexity")
_HEAD = 1 << 14


class Found(NamedTuple):
    """A run: its kind (see :data:`hfterm.tracking.followed.KINDS`), its folder or file, and a name."""

    kind: str
    path: Path
    name: str


def runs_in(given: Path) -> list[Found]:
    """The runs that ``given`` is or holds, up to ``DEPTH`` levels down; none where nothing can be read.

    A file that is given is a run whatever its name; in a folder only files that look like logs of metrics are.
    """
    if not given.is_dir():
        kind = file_kind(given)
        if kind == "trainer":
            return [Found("trainer", given.parent, given.parent.name)]
        return [Found(kind, given, given.name)] if kind else []
    return list(_below(given, given.resolve().name or str(given), DEPTH, top=True))


def _below(folder: Path, name: str, depth: int, *, top: bool = False) -> Iterator[Found]:
    try:
        with os.scandir(folder) as entries:
            listed = [entry for entry, _ in zip(entries, range(MOST_ENTRIES), strict=False) if entry.name[0] != "."]
        files = sorted(entry.name for entry in listed if entry.is_file())
        folders = sorted(entry.name for entry in listed if entry.is_dir())
    except OSError:
        return
    if {"run.json", "status.json"} <= set(files):
        yield Found("hfterm", folder, name)
        return
    if trainer_state.newest(folder):
        yield Found("trainer", folder, name)
        return
    if any(map(is_event_file, files)):
        yield Found("tensorboard", folder, name)
    logs = [(file, kind) for file in files if (kind := _log_kind(folder / file))]
    for file, kind in logs:
        yield Found(kind, folder / file, name if len(logs) == 1 and not top else file if top else f"{name}/{file}")
    if depth:
        for child in folders:
            if not _CHECKPOINT.fullmatch(child):
                yield from _below(folder / child, child if top else f"{name}/{child}", depth - 1)


def file_kind(path: Path) -> str | None:
    """What kind of log a file is, by its name or else what it begins with; None when it is none."""
    if path.name == trainer_state.FILE:
        return "trainer"
    if is_event_file(path.name):
        return "tensorboard"
    if kind := _SUFFIXES.get(path.suffix.lower()):
        return kind
    head = _head(path)
    first = head.lstrip()[:1]
    if first == b"{":
        return "jsonl" if _is_object(head.lstrip().partition(b"\n")[0]) else None
    return "csv" if _has_columns(head) else None


def reader_for(found: Found) -> Reader:
    """The reader of a run that is not hfterm's own."""
    if found.kind == "jsonl":
        own = b'"event"' in _head(found.path).partition(b"\n")[0] and found.path.name == "events.jsonl"
        return EventsReader(found.path) if own else JsonlReader(found.path)
    if found.kind == "csv":
        return CsvReader(found.path)
    return TensorboardReader(found.path) if found.kind == "tensorboard" else TrainerReader(found.path)


def _log_kind(path: Path) -> str | None:
    """The kind of a file that somebody put into a folder, if it looks like a log of metrics: data has no steps."""
    kind = _SUFFIXES.get(path.suffix.lower())
    if kind == "jsonl":
        for line in _head(path).split(b"\n")[:3]:
            if not _is_object(line):
                continue
            row = json.loads(line)
            names = [key for key, value in row.items() if number(value) is not None or isinstance(value, dict)]
            if column(names, STEPS) and len(names) > 1:
                return kind
        return None
    return kind if kind and _has_columns(_head(path)) else None


def _has_columns(head: bytes) -> bool:
    """Whether it begins with a header that names a step, or a loss and the like."""
    cells = [
        cell.strip(' "') for cell in re.split(r"[,;\t|]", head.decode("utf-8-sig", "replace").split("\n")[0].strip())
    ]
    return len(cells) > 1 and bool(column(cells, STEPS) or any(map(_LOSS.search, cells)))


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _head(path: Path) -> bytes:
    try:
        if not path.is_file():
            return b""
        with path.open("rb", buffering=0) as stream:
            return stream.read(_HEAD)
    except OSError:
        return b""
