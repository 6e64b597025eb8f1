"""A folder of transformers' Trainer: its state, and the event files that it writes between checkpoints."""

import os
import re
import time
from pathlib import Path
from typing import Any

from hfterm.tracking.readers.reader import Point, Reader
from hfterm.tracking.readers.tensorboard import TensorboardReader, is_event_file
from hfterm.tracking.readers.trainer_state import NOT_METRICS, TrainerStateReader

# Of the summary at the end.
_SUMMARY = ("train_loss", "train_samples_per_second", "train_steps_per_second")
# How often new event files are looked for.
LOOK_SECONDS = 5.0
_CHECKPOINT = re.compile(r"checkpoint-\d+")


class TrainerReader:
    """See :class:`hfterm.tracking.readers.reader.Reader`; ``path`` is the run's folder.

    Metrics come from event files where there are any, which are newer than the last checkpoint, under the names
    they have in the state: ``eval/loss`` is ``eval_loss``, ``train/loss`` is ``loss``.
    """

    kind = "trainer"

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.problem: str | None = None
        self.more = False
        self.generation = 0
        self.written = 0.0
        self.facts: dict[str, Any] = {}
        self.texts: dict[str, str] = {}
        self._state = TrainerStateReader(path)
        self._events: dict[Path, TensorboardReader] = {}
        self._known = 0
        self._looked = -LOOK_SECONDS

    def poll(self, budget: float = 0.1) -> list[Point]:
        """See :meth:`hfterm.tracking.readers.reader.Reader.poll`."""
        if time.monotonic() - self._looked >= LOOK_SECONDS:
            self._looked = time.monotonic()
            for folder in _event_folders(self.path):
                if folder not in self._events:
                    if not self._events:
                        self.generation += 1  # what the state said comes anew, in full
                    self._events[folder] = TensorboardReader(folder)
        points = self._state.poll(budget)
        self.facts = self._state.facts
        readers = list(self._events.values())
        if readers:
            points = []
            for reader in readers:
                points += [(new, *point[1:]) for point in reader.poll(budget) if (new := _renamed(point[0]))]
                self.texts |= reader.texts
                if reader.more:
                    break
        everyone: list[Reader] = [self._state, *readers]
        known = sum(reader.generation for reader in everyone)
        self.generation += known - self._known
        self._known = known
        self.more = any(reader.more for reader in readers)
        self.written = max(reader.written for reader in everyone)
        self.problem = next((reader.problem for reader in everyone if reader.problem), None)
        return points


def _event_folders(folder: Path, depth: int = 2) -> list[Path]:
    """Where the Trainer puts event files: in the folder, or one or two levels down (``runs/TIME_HOST``)."""
    found: list[Path] = []
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
            if any(is_event_file(entry.name) for entry in listed):
                found.append(folder)
            if depth:
                for entry in listed:
                    if entry.is_dir() and not _CHECKPOINT.fullmatch(entry.name):
                        found += _event_folders(Path(entry.path), depth - 1)
    except OSError:
        pass
    return found


def _renamed(name: str) -> str | None:
    """The Trainer's own name of a metric; None for what is none."""
    group, slash, rest = name.partition("/")
    own = rest if group == "train" and slash else f"{group}_{rest}" if group in ("eval", "test") and slash else name
    return None if own in (*NOT_METRICS, *_SUMMARY) else own
