"""Stages that are done once: each remembers what it was made from, and is skipped while that stays the same."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hfterm.files import write_text
from hfterm.text import to_json

Data = dict[str, Any]
# Part of every key: raise it when a stage's work or its result changes.
VERSION = 1


@dataclass(frozen=True)
class Stage:
    """A stage, done now or earlier (``reused``): ``seconds`` now, ``first_seconds`` then (None: unknown)."""

    name: str
    key: str
    result: Data
    reused: bool
    seconds: float
    first_seconds: float | None

    def row(self) -> Data:
        """The stage in the timing table."""
        return {
            "stage": self.name,
            "seconds": round(self.seconds, 2),
            "reused": self.reused,
            "first_seconds": None if self.first_seconds is None else round(self.first_seconds, 2),
        }


def key(*parts: Any) -> str:
    """A short hash of what a stage is made from."""
    return hashlib.sha256(json.dumps([VERSION, *parts], sort_keys=True, default=str).encode()).hexdigest()[:16]


class Stages:
    """The stages of one lesson, kept in ``demo.json`` of its folder (replaced atomically)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.done: list[Stage] = []
        try:
            stored = json.loads((folder / "demo.json").read_text("utf-8"))
        except (OSError, ValueError):
            stored = {}
        self._stored: Data = stored if isinstance(stored, dict) else {}

    def known(self, name: str, key: str, valid: Callable[[Data], bool] = lambda result: True) -> Data | None:
        """The result of a stage done earlier from the same, when what it made is still there."""
        entry = self._stored.get(name)
        if not isinstance(entry, dict) or entry.get("key") != key or not isinstance(entry.get("result"), dict):
            return None
        return entry["result"] if valid(entry["result"]) else None

    def stage(
        self, name: str, key: str, work: Callable[[], Data], valid: Callable[[Data], bool] = lambda result: True
    ) -> Stage:
        """Do the stage, or take it as it was done. ``valid`` says whether its products are still there."""
        began = time.monotonic()
        result = self.known(name, key, valid)
        if result is not None:
            stage = Stage(name, key, result, True, time.monotonic() - began, self._stored[name].get("seconds", 0.0))
        else:
            # Through JSON, so that a result is the same now and when it is read again.
            result = json.loads(to_json(work()))
            seconds = time.monotonic() - began
            self.remember(name, {"key": key, "seconds": round(seconds, 3), "result": result})
            stage = Stage(name, key, result, False, seconds, seconds)
        self.done.append(stage)
        return stage

    def remember(self, name: str, value: Any) -> None:
        """Keep a value under a name."""
        self._stored[name] = value
        write_text(self.folder / "demo.json", to_json(self._stored, indent=2) + "\n")

    def recall(self, name: str) -> Any:
        """A value kept earlier, or None."""
        return self._stored.get(name)
