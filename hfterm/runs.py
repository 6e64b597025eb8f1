"""A training run is a folder of files: the trainer writes it, everybody else reads it.

``<state>/runs/NAME/`` holds::

    run.json       what was asked: recipe, model, data, versions, git commit, created (never secrets)
    status.json    where it is: replaced atomically, with a heartbeat (see Run.status)
    events.jsonl   one object a line: t (unix seconds), event, step, epoch and raw numbers
    log.txt        what the libraries said
    checkpoints/   checkpoint-STEP/, each whole once its marker file is there
    output/        the final model or adapter; it appears whole or not at all
    note.txt       what its owner wrote about it
    lock           held (flock) by the process that trains

A run that waits to begin has no folder yet, only what :mod:`hfterm.supervised` keeps of it.

Only the standard library is used here, so that listing runs costs next to nothing.
"""

import contextlib
import difflib
import itertools
import json
import os
import re
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hfterm import ending, paths, supervised, tail
from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.files import Locked, write_text
from hfterm.files import lock as lock_file
from hfterm.processes import is_alive, iso, now, redact_object, seconds_since, this_process
from hfterm.text import to_json

STATES = ("queued", "running", "done", "failed", "stopped", "lost", "damaged")
MARKER = "hfterm-complete.json"
NOTE = "note.txt"
# A run on another machine (shared disk) is lost when its heartbeat is older than this.
HEARTBEAT_LOST_SECONDS = 300.0

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_CHECKPOINT = re.compile(r"checkpoint-(\d+)")


def valid_name(name: str) -> str:
    """The name of a run, checked (``run:NAME`` is accepted too).

    Raises:
        UsageError: it could not be a folder's name.
    """
    name = name.removeprefix("run:")
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be a run's name",
            "use letters, digits, '.', '_' and '-', at most 100, beginning with a letter or digit",
        )
    return name


def auto_name(method: str, model: str) -> str:
    """A free name such as ``sft-SmolLM2-135M-Instruct-20261122-2130``."""
    last = model.removeprefix("run:").rstrip("/").rpartition("/")[2].partition("@")[0]
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", last).strip("-.")[:60] or "model"
    base = f"{method}-{stem}-{time.strftime('%Y%m%d-%H%M')}"
    for n in itertools.count(1):
        name = base if n == 1 else f"{base}-{n}"
        if not (paths.runs_dir() / name).exists() and not supervised.folder(name).exists():
            return name
    raise AssertionError


def names() -> list[str]:
    """Names of all runs, unsorted, those that wait to begin too, from directory listings alone (for completion)."""
    waiting = [name for name in supervised.names() if _NAME.fullmatch(name)]
    try:
        with os.scandir(paths.runs_dir()) as entries:
            found = [e.name for e in entries if _NAME.fullmatch(e.name) and e.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return waiting
    return found + [name for name in waiting if name not in found] if waiting else found


def get(name: str) -> "Run":
    """The run ``name``.

    Raises:
        UsageError: no possible name. NotFoundError: there is no such run; the nearest is named.
    """
    name = valid_name(name)
    folder = paths.runs_dir() / name
    if not folder.is_dir() and not supervised.folder(name).is_dir():
        near = difflib.get_close_matches(name, names(), n=2)
        hint = f"did you mean {' or '.join(map(repr, near))}?" if near else "see 'hfterm train ls'"
        raise NotFoundError(f"no run named {name!r}", hint)
    return Run(name, folder)


def all_runs() -> list["Run"]:
    """All runs, newest first; damaged and foreign folders too."""
    folder = paths.runs_dir()
    runs = [Run(name, folder / name) for name in names()]
    return sorted(runs, key=lambda run: (run.created(), run.name), reverse=True)


def create(name: str, facts: Mapping[str, Any], *, files: Callable[[Path], None] | None = None) -> "Run":
    """Make the run's folder, whole or not at all.

    ``facts`` goes to ``run.json`` with secrets blanked out; ``files`` may put more into the folder
    before it appears under its name. The new run's state is "running", by this process.

    Raises:
        UsageError: a run of that name exists.
    """
    name = valid_name(name)
    target = paths.runs_dir() / name
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{name}.", suffix=".tmp", dir=target.parent))
    try:
        if files:
            files(draft)
        run = Run(name, draft)
        told = redact_object({"name": name, **facts, "created": now()})
        write_text(draft / "run.json", to_json(told, indent=2) + "\n")
        run.write_status({"state": "running", "step": 0, "started": now(), "seconds": 0.0, **this_process()})
        try:
            # Renaming over a non-empty folder fails: that makes taking a name atomic.
            draft.rename(target)
        except OSError as exc:
            if not target.exists():
                raise
            raise taken(name) from exc
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return Run(name, target)


def taken(name: str) -> UsageError:
    """The error for a name that is in use."""
    return UsageError(f"a run named {name!r} exists", "add --resume to continue it, or choose another --name")


def _read_object(path: Path) -> dict[str, Any]:
    """A JSON object from a file; empty when it is missing, torn or something else."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def complete(folder: Path) -> bool:
    """Whether a checkpoint's marker is there and every file it lists has the listed size."""
    listed = _read_object(folder / MARKER).get("files")
    if not isinstance(listed, dict) or not listed:
        return False
    try:
        return all((folder / name).stat().st_size == size for name, size in listed.items())
    except OSError:
        return False


@dataclass(frozen=True)
class Run:
    """One run's folder. Reading never fails on what is missing or torn; it shows as "damaged"."""

    name: str
    path: Path

    def facts(self) -> dict[str, Any]:
        """``run.json``; empty when damaged. What is known of a run that has not begun."""
        return _read_object(self.path / "run.json") or supervised.run_facts(self.path)

    def status(self) -> dict[str, Any]:
        """``status.json`` as written: state, pid, process_started, host, step, max_steps, epoch, loss,
        started, ended, heartbeat (ISO 8601 UTC), seconds (time at work), error, exit_code.

        Of a run that has not begun: the same of the process that waits to begin it.
        """
        return _read_object(self.path / "status.json") or supervised.run_status(self.path)

    def created(self) -> str:
        """When it was made, ISO 8601 UTC; of a damaged run the folder's time."""
        value = self.facts().get("created")
        if isinstance(value, str):
            return value
        with contextlib.suppress(OSError):
            return iso(datetime.fromtimestamp(self.path.stat().st_mtime, UTC))
        return ""

    def state(self, status: Mapping[str, Any] | None = None) -> str:
        """One of ``STATES``; a "running" run whose process is gone is "lost", unless another is to begin it again."""
        status = self.status() if status is None else status
        state = status.get("state")
        if state not in STATES or not self.facts():
            return "damaged"
        if state == "queued":
            return "queued" if supervised.waiting_for(self.path) else "lost"
        if state in ("failed", "stopped") and supervised.waiting_for(self.path):
            return "queued"  # its supervisor has yet to see it, and may try again; or it is to be resumed
        if state != "running":
            return str(state)
        if status.get("host") != socket.gethostname():
            return "running" if seconds_since(status.get("heartbeat", "")) < HEARTBEAT_LOST_SECONDS else "lost"
        if is_alive(status.get("pid"), status.get("process_started")):
            return "running"
        # It may have written its end between our look at the file and our look at the process.
        newer = self.status()
        if newer != status:
            return self.state(newer)
        return "queued" if supervised.waiting_for(self.path) else "lost"

    def ending(self, status: Mapping[str, Any] | None = None) -> str | None:
        """One sentence on why and when a failed, stopped, lost or damaged run ended, and how to go on; else None."""
        status = self.status() if status is None else status
        return ending.sentence(self.name, self.state(status), status, resumable="recipe" in self.facts())

    def note(self) -> str | None:
        """What its owner wrote about it, None when nothing."""
        with contextlib.suppress(OSError):
            return (self.path / NOTE).read_text(encoding="utf-8", errors="replace").strip() or None
        return None

    def summary(self) -> dict[str, Any]:
        """The row of ``hfterm train ls``."""
        facts, status = self.facts(), self.status()
        state = self.state(status)
        seconds = status.get("seconds")
        if state == "running" and isinstance(seconds, int | float):
            seconds = round(seconds + max(0.0, seconds_since(status.get("heartbeat", now()))), 3)
        return {
            "name": self.name,
            "state": state,
            "method": facts.get("method"),
            "model": facts.get("model"),
            "step": status.get("step"),
            "max_steps": status.get("max_steps"),
            "loss": status.get("loss"),
            "started": status.get("started") or self.created(),
            "seconds": seconds,
            **({"waits_for": supervised.waiting_for(self.path)} if state == "queued" else {}),
        }

    def describe(self) -> dict[str, Any]:
        """The object of ``hfterm train show``: the summary, the status, what was asked, what is there."""
        status = {k: v for k, v in self.status().items() if k not in ("process_started", "result")}
        final = self.path / "output"
        return {
            **self.summary(),
            "ending": self.ending(),
            "note": self.note(),
            **{k: v for k, v in status.items() if k not in ("state", "seconds", "started")},
            "path": str(self.path),
            "output": str(final) if final.is_dir() else None,
            "checkpoints": list(self.checkpoints()),
            "best": self.best(),
            **{k: v for k, v in self.facts().items() if k not in ("name", "method", "model", "asked")},
        }

    def events(self, *, last: int | None = None, follow: bool = False, poll: float = 0.25) -> Iterator[dict[str, Any]]:
        """What ``events.jsonl`` holds, without torn lines; arguments as in :meth:`log`."""
        for line in tail.follow(self.path / "events.jsonl", last=last, ended=self._ended(follow), poll=poll):
            if (event := _event(line)) is not None:
                yield event

    def log(self, *, last: int | None = None, skip: int = 0, follow: bool = False, poll: float = 0.25) -> Iterator[str]:
        """Lines of ``log.txt``: the ``last`` ones (default all but the first ``skip`` bytes); ``follow`` goes on
        until the run has ended.
        """
        for line in tail.follow(self.path / "log.txt", last=last, skip=skip, ended=self._ended(follow), poll=poll):
            yield line.decode("utf-8", "replace")

    def _ended(self, follow: bool) -> Callable[[], bool]:
        return lambda: not follow or self.state() not in ("queued", "running")

    def checkpoints(self) -> dict[int, Path]:
        """Complete checkpoints by step, in order."""
        return {step: folder for step, folder in self.checkpoint_folders().items() if complete(folder)}

    def checkpoint_folders(self) -> dict[int, Path]:
        """All checkpoint folders by step, in order, torn ones too."""
        found = {}
        with contextlib.suppress(FileNotFoundError):
            for folder in (self.path / "checkpoints").iterdir():
                if (match := _CHECKPOINT.fullmatch(folder.name)) and folder.is_dir():
                    found[int(match[1])] = folder
        return dict(sorted(found.items()))

    def best(self) -> int | None:
        """Step of the best complete checkpoint: lowest eval_loss, else lowest training loss, last logged by then."""
        saved = list(self.checkpoints())
        logged: dict[str, dict[int, float]] = {"eval_loss": {}, "loss": {}}
        for event in self.events():
            if not isinstance(step := event.get("step"), int):
                continue
            for key, values in logged.items():
                if event.get("event") == "begin":  # a resumed run makes the steps from here on again
                    logged[key] = {at: value for at, value in values.items() if at <= step}
                elif isinstance(event.get(key), int | float):
                    values[step] = event[key]
        for values in logged.values():
            scores = {}
            for step in saved:
                if before := [s for s in values if s <= step]:
                    scores[step] = values[max(before)]
            if scores:
                return min(scores, key=lambda step: (scores[step], step))
        return None

    def output(self, selector: str | None = None) -> Path:
        """The folder that ``run:NAME@SELECTOR`` means: final output, ``STEP``, ``last`` or ``best``.

        Raises:
            NotFoundError: there is none (yet); what there is instead is named.
        """
        selector = selector or ""
        final, saved = self.path / "output", self.checkpoints()
        have = f"it has steps {', '.join(map(str, saved))}" if saved else "it has no checkpoint"
        step = self._selected(selector, saved)
        if step is not None and step in saved:
            return saved[step]
        if selector in ("", "last") and final.is_dir():
            return final
        name = f"run {self.name!r}"
        if selector == "":
            newest = f"run:{self.name}@last is its newest checkpoint (step {max(saved)})" if saved else have
            raise NotFoundError(f"{name} has no final output: it is {self.state()}", newest)
        if selector == "last":
            raise NotFoundError(f"{name} has no checkpoint: it is {self.state()}")
        if selector == "best":
            raise NotFoundError(f"{name} has no best checkpoint: no loss was logged at a saved step", have)
        if step is None:
            raise NotFoundError(f"{name} has no '@{selector}'", "use @STEP, @last or @best")
        raise NotFoundError(f"{name} has no complete checkpoint at step {step}", have)

    def _selected(self, selector: str, saved: Mapping[int, Path]) -> int | None:
        if selector == "last":
            return max(saved, default=None)
        if selector == "best":
            return self.best()
        return int(selector) if selector.isdecimal() else None

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the run: no second process trains it.

        Raises:
            HftermError: another process holds it.
        """
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(lock_file(self.path / "lock"))
            except Locked as exc:
                who = str(exc) or f"pid {self.status().get('pid')}"
                hint = f"follow it with 'hfterm train logs -F {self.name}'"
                raise HftermError(f"run {self.name!r} is being trained by {who}", hint) from exc
            yield

    def write_status(self, status: Mapping[str, Any]) -> None:
        """Replace ``status.json``."""
        text = to_json(redact_object(status), indent=2) + "\n"
        write_text(self.path / "status.json", text, fsync=status.get("state") != "running")

    def append(self, event: Mapping[str, Any]) -> None:
        """Add one line to ``events.jsonl``; ``t`` is filled in."""
        line = to_json({"t": round(time.time(), 3), **event}).encode() + b"\n"
        with (self.path / "events.jsonl").open("ab+") as stream:
            if size := stream.seek(0, os.SEEK_END):
                stream.seek(size - 1)
                if stream.read(1) != b"\n":  # a kill tore the line before
                    line = b"\n" + line
            stream.write(line)


def _event(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
