"""Processes that outlive the terminal that started them.

``<state>/jobs/ID/`` holds::

    job.json   title, argv (secrets blanked out), cwd, host, started, pid, process_started; at the end
               ended and exit_code
    out.txt    what it writes, standard output and errors together

A small keeper (``python -m hfterm.jobs FOLDER COMMAND...``) runs the command in a session without a terminal,
waits for it, and writes down how it ended, whatever becomes of the program that started it. Only the standard
library is used here.
"""

import contextlib
import difflib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from hfterm import paths, tail
from hfterm.errors import HftermError, NotFoundError, one_line
from hfterm.files import write_text
from hfterm.processes import is_alive, now, process_start, redact_words, seconds_since
from hfterm.text import to_json

STATES = ("running", "done", "failed", "stopped", "lost")
# Kept of those that have ended.
KEEP = 50
# Exit codes of what was asked to end.
_STOPPED = (128 + signal.SIGINT, 128 + signal.SIGTERM)
# A job on another machine (shared disk) is lost when its keeper has not been heard of for longer.
_HEARTBEAT_SECONDS, _LOST_SECONDS = 60.0, 300.0
# A keeper takes its process's number down within milliseconds.
_START_SECONDS = 30.0


def hfterm_argv(*args: str) -> list[str]:
    """The command line that calls this very hfterm: the same Python, nothing shadowed by the current folder."""
    return [sys.executable, "-P", "-m", "hfterm", *args]


def jobs_dir() -> Path:
    """The folder that holds one folder a job."""
    return paths.state_dir() / "jobs"


def start(
    argv: Sequence[str], *, title: str, cwd: str | os.PathLike[str] | None = None, env: Mapping[str, str] | None = None
) -> "Job":
    """Start ``argv`` detached from this process and its terminal, and return at once.

    ``cwd`` is the folder it runs in (default: the current one), ``env`` variables over those of this process.
    A command that cannot be run is a job that failed (127), with the reason in its output.

    Raises:
        HftermError: no process can be started. OSError: the state folder cannot be written.
    """
    folder = _new_folder(title)
    facts = {"id": folder.name, "title": title, "argv": redact_words(argv), "cwd": os.fspath(cwd or Path.cwd())}
    job = Job(folder.name, folder)
    job._write({**facts, "host": socket.gethostname(), "started": now()})
    variables = {**os.environ, **(env or {})}
    if home := variables.get("HFTERM_HOME"):
        variables["HFTERM_HOME"] = os.path.abspath(os.path.expanduser(home))
    with (folder / "out.txt").open("ab") as out:
        try:
            done = subprocess.run(
                [sys.executable, "-P", "-m", "hfterm.jobs", str(folder), *argv],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=cwd, env=variables, start_new_session=True,
            )  # fmt: skip
        except OSError as exc:
            shutil.rmtree(folder, ignore_errors=True)
            raise HftermError(f"cannot start a process: {one_line(exc)}") from exc
    if done.returncode:
        raise HftermError(f"cannot start {title!r}: {job.last_words() or f'exit {done.returncode}'}", f"see {out.name}")
    prune()
    return job


def _new_folder(title: str) -> Path:
    """A folder named by the time (UTC, so that names sort by it) and the title."""
    stem = re.sub(r"[^A-Za-z0-9]+", "-", title).strip("-").lower()[:40].strip("-") or "job"
    base = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{stem}"
    jobs_dir().mkdir(parents=True, exist_ok=True)
    folder = jobs_dir().absolute() / base
    number = 1
    while True:
        try:
            folder.mkdir()
            return folder
        except FileExistsError:
            number += 1
            folder = folder.with_name(f"{base}-{number}")


def all_jobs() -> list["Job"]:
    """All jobs, newest first."""
    try:
        names = [entry.name for entry in os.scandir(jobs_dir()) if entry.name[:1].isdigit() and entry.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [Job(name, jobs_dir() / name) for name in sorted(names, reverse=True)]


def get(ident: str) -> "Job":
    """The job of that id.

    Raises:
        NotFoundError: there is none; the nearest are named.
    """
    known = [job.id for job in all_jobs()]
    if ident not in known:
        near = difflib.get_close_matches(ident, known, n=2)
        raise NotFoundError(f"no job {ident!r}", f"did you mean {' or '.join(map(repr, near))}?" if near else None)
    return Job(ident, jobs_dir() / ident)


def prune(keep: int = KEEP) -> list[str]:
    """Remove all jobs that have ended but the ``keep`` newest; return their ids."""
    ended = [job for job in all_jobs() if job.state() != "running"]
    gone = []
    for job in ended[max(0, keep) :]:
        with contextlib.suppress(OSError, HftermError):
            job.remove()
            gone.append(job.id)
    return gone


@dataclass(frozen=True)
class Job:
    """One job's folder. Reading never fails on what is missing or torn."""

    id: str
    path: Path

    def facts(self) -> dict[str, Any]:
        """``job.json``, with ``keeper``: its pid and process_started."""
        with contextlib.suppress(OSError, ValueError):
            value = json.loads((self.path / "job.json").read_text(encoding="utf-8"))
            return value if isinstance(value, dict) else {}
        return {}

    @property
    def out(self) -> Path:
        """The file with what it wrote."""
        return self.path / "out.txt"

    @property
    def title(self) -> str:
        """What it was started as."""
        return str(self.facts().get("title") or self.id)

    def state(self) -> str:
        """One of ``STATES``; "stopped" is one that a signal asked to end, "lost" one that ended unseen."""
        facts = self.facts()
        if _alive(facts, self.path):
            return "running"
        # It may have ended between our look at the file and our look at the process.
        code = facts.get("exit_code", self.facts().get("exit_code"))
        if not isinstance(code, int):
            return "lost"
        return "done" if code == 0 else "stopped" if code in _STOPPED else "failed"

    def exit_code(self) -> int | None:
        """How it ended (128 + the signal when one killed it); None while it runs, and of a lost one."""
        code = self.facts().get("exit_code")
        return code if isinstance(code, int) else None

    def describe(self) -> dict[str, Any]:
        """A record: id, title, state, exit_code, started, ended, pid, argv, cwd, path."""
        facts = self.facts()
        shown = {name: facts.get(name) for name in ("exit_code", "started", "ended", "pid", "argv", "cwd")}
        return {"id": self.id, "title": self.title, "state": self.state(), **shown, "path": str(self.path)}

    def output(self, last: int = 20) -> list[str]:
        """The last lines that it wrote."""
        return [line.decode("utf-8", "replace") for line in tail.follow(self.out, last=last)][-last:]

    def last_words(self) -> str:
        """The last line that it wrote, blank ones apart."""
        return next((one_line(line) for line in reversed(self.output()) if line.strip()), "")

    def stop(self, *, kill: bool = False) -> bool:
        """Ask it to end; with ``kill`` end it and what it started at once. False: it runs no more.

        Raises:
            HftermError: it runs on another machine.
        """
        facts = self.facts()
        if not _alive(facts, self.path):
            return False
        if facts.get("host") != socket.gethostname():
            raise HftermError(f"job {self.id} runs on {facts.get('host')}, not here", "stop it there")
        pid = facts.get("pid")
        if not is_alive(pid, facts.get("process_started")) or not isinstance(pid, int):
            return False
        with contextlib.suppress(ProcessLookupError):
            if kill:
                os.killpg(pid, signal.SIGKILL)
            else:
                os.kill(pid, signal.SIGTERM)
        return True

    def wait(self, timeout: float | None = None, *, poll: float = 0.05) -> str:
        """Wait until it has ended, or for ``timeout`` seconds; return its state."""
        until = None if timeout is None else time.monotonic() + timeout
        while (state := self.state()) == "running" and (until is None or time.monotonic() < until):
            time.sleep(poll)
        return state

    def remove(self) -> None:
        """Remove its folder.

        Raises:
            HftermError: it is running.
        """
        if self.state() == "running":
            raise HftermError(f"job {self.id} is running", "stop it first")
        away = self.path.with_name(f".{self.id}.{os.getpid()}.old")
        self.path.rename(away)
        shutil.rmtree(away, ignore_errors=True)

    def _write(self, facts: Mapping[str, Any]) -> None:
        write_text(self.path / "job.json", to_json(facts, indent=2) + "\n", fsync="exit_code" in facts)


def _alive(facts: Mapping[str, Any], folder: Path) -> bool:
    if "exit_code" in facts or not facts:
        return False
    if facts.get("host") != socket.gethostname():
        with contextlib.suppress(OSError):
            return time.time() - (folder / "job.json").stat().st_mtime < _LOST_SECONDS
        return False
    keeper = facts.get("keeper")
    if not isinstance(keeper, dict):
        return seconds_since(facts.get("started", "")) < _START_SECONDS
    both = (keeper, facts)
    return any(is_alive(one.get("pid"), one.get("process_started")) for one in both)


# --- the keeper ---------------------------------------------------------------------------


def main(words: Sequence[str]) -> int:
    """Leave the one who started us, then run ``words[1:]`` for the job whose folder is ``words[0]``."""
    folder, *argv = words
    ready, say_ready = os.pipe()
    if os.fork():
        # The one who waits for us may go on as soon as the command runs. Orphaned, the keeper is nobody's zombie.
        os.close(say_ready)
        os._exit(0 if os.read(ready, 1) else 1)
    os.close(ready)
    os.setsid()
    return _Keeper(Job(Path(folder).name, Path(folder))).keep(argv, say_ready)


class _Keeper:
    def __init__(self, job: Job) -> None:
        self.job, self.facts = job, job.facts()
        self.child: subprocess.Popen[bytes] | None = None
        self.early: int | None = None

    def keep(self, argv: Sequence[str], say_ready: int) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._pass_on)
        self.facts["keeper"] = {"pid": os.getpid(), "process_started": process_start(os.getpid())}
        self.job._write(self.facts)
        try:
            # A group of its own: it can be killed with all it starts, and we remain to say so.
            self.child = subprocess.Popen(argv, process_group=0)
        except OSError as exc:
            sys.stderr.write(f"hfterm: cannot run {argv[0]!r}: {one_line(exc.strerror or exc)}\n")
            self._end(127)
            os.write(say_ready, b".")
            return 0
        self.facts |= {"pid": self.child.pid, "process_started": process_start(self.child.pid)}
        self.job._write(self.facts)
        os.write(say_ready, b".")
        os.close(say_ready)
        if self.early is not None:
            self._pass_on(self.early, None)
        signal.signal(signal.SIGALRM, self._beat)
        signal.setitimer(signal.ITIMER_REAL, _HEARTBEAT_SECONDS, _HEARTBEAT_SECONDS)
        code = self.child.wait()
        self._end(code if code >= 0 else 128 - code)
        return 0

    def _end(self, code: int) -> None:
        self.job._write({**self.facts, "ended": now(), "exit_code": code})

    def _pass_on(self, number: int, frame: FrameType | None) -> None:
        if self.child is None:
            self.early = number
        else:
            self.child.send_signal(number)

    def _beat(self, number: int, frame: FrameType | None) -> None:
        with contextlib.suppress(OSError):
            os.utime(self.job.path / "job.json")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
