"""The ``trainer_state.json`` that transformers' Trainer writes with every checkpoint, and at the end."""

import json
import os
import re
from pathlib import Path
from typing import Any

from hfterm.tracking.readers.reader import MOST_METRICS, Names, Point, number

FILE = "trainer_state.json"
# A larger one is not read: it is parsed whole.
LARGEST = 256 << 20
_CHECKPOINT = re.compile(r"checkpoint-(\d+)")
# What the Trainer logs beside metrics.
NOT_METRICS = ("step", "epoch", "total_flos", "train_runtime")
_FACTS = (
    "global_step", "max_steps", "num_train_epochs", "epoch", "best_metric", "best_global_step",
    "best_model_checkpoint", "train_batch_size", "total_flos",
)  # fmt: skip


def newest(folder: Path) -> Path | None:
    """The state written last: the folder's own, or that of one of its checkpoints."""
    found: list[tuple[int, int, Path]] = []
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.name == FILE or _CHECKPOINT.fullmatch(entry.name)]
    except OSError:
        return None
    for name in names:
        path = folder / name if name == FILE else folder / name / FILE
        try:
            state = path.stat()
        except OSError:
            continue
        match = _CHECKPOINT.fullmatch(name)
        # At the end the same state is written to the folder and the last checkpoint at once.
        found.append((state.st_mtime_ns, int(match[1]) if match else -1, path))
    return max(found)[2] if found else None


class TrainerStateReader:
    """See :class:`hfterm.tracking.readers.reader.Reader`; ``path`` is the run's folder.

    ``facts`` has what the state says beside its log: max_steps, best_metric and the like.
    """

    kind = "trainer"

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.problem: str | None = None
        self.more = False
        self.generation = 0
        self.written = 0.0
        self.facts: dict[str, Any] = {}
        self._seen: tuple[Path, int, int] | None = None
        self._read: list[Any] = []
        self._names = Names()

    def poll(self, budget: float = 0.1) -> list[Point]:
        """See :meth:`hfterm.tracking.readers.reader.Reader.poll`. The file is read whole, whatever the budget."""
        path = newest(self.path)
        if path is None:
            return []
        try:
            state = path.stat()
            seen = (path, state.st_size, state.st_mtime_ns)
            if seen == self._seen:
                return []
            if state.st_size > LARGEST:
                self._seen, self.problem = seen, f"{path.name} is larger than {LARGEST >> 20} MB"
                return []
            found = json.loads(path.read_bytes())
        except OSError as exc:
            self.problem = (exc.strerror or str(exc)).lower()
            return []
        except (ValueError, RecursionError):
            self.problem = f"{path.relative_to(self.path)} is damaged or half-written"
            return []
        self._seen, self.problem, self.written = seen, None, state.st_mtime
        if not isinstance(found, dict):
            return []
        self.facts = {key: found[key] for key in _FACTS if found.get(key) is not None}
        history = found.get("log_history")
        return self._new(history if isinstance(history, list) else [])

    def _new(self, history: list[Any]) -> list[Point]:
        """The points of what was not read before; everything anew when the history is another one."""
        count = len(self._read)
        if count and history[:count] != self._read:
            self.generation += 1
            count = 0
        self._read = history
        points: list[Point] = []
        for entry in history[count:]:
            if not isinstance(entry, dict) or ("train_loss" in entry and "loss" not in entry):  # the summary at the end
                continue
            step = number(entry.get("step"))
            for key, raw in entry.items():
                value = number(raw)
                if value is None or step is None or key in NOT_METRICS:
                    continue
                if name := self._names(key):
                    points.append((name, step, value, None))
        if self._names.full:
            self.problem = f"more than {MOST_METRICS} metrics: the others are left out"
        return points
