"""Runs from outside: stop, resume, note. Nothing heavy is imported; the trainer is another process."""

import contextlib
import json
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hfterm import jobs, runs, supervised
from hfterm.errors import HftermError, NotFoundError, UsageError, one_line
from hfterm.files import write_text
from hfterm.monitor import signals
from hfterm.processes import is_alive, now, redact_command
from hfterm.runs import Run
from hfterm.text import redact, to_json

# With kill but no grace: what a step and a checkpoint may take.
GRACE_SECONDS = 60.0
# Nothing withstands being killed, but a process that waits for a disk or a driver goes only then.
KILL_SECONDS = 30.0
# In a run's folder: who was asked to stop and when; the job that it was resumed by.
_ASKED, _JOB = "stop.json", "job.txt"
_UNDER_WAY = ("queued", "running")
# For what goes on as a job with no supervisor above it: its output goes to the run's log.
ALONE = {"_HFTERM_APART": "1"}
Clock = Callable[[], float]


@dataclass(frozen=True)
class Stopped:
    """How a run ended that was to stop. ``saved`` is the step of its newest checkpoint, ``asked`` whether it was
    running at all, ``killed`` whether it had to be killed, ``seconds`` how long it was waited for.
    """

    name: str
    state: str
    step: int | None
    max_steps: int | None
    saved: int | None
    asked: bool
    killed: bool
    seconds: float


def ask_to_stop(run: Run) -> bool:
    """Ask a run's process to save a checkpoint after its step, and to end. False: it is not running.

    A queued run does not begin any more. One that was asked already is not asked again: a second signal would make
    it drop the step and the checkpoint.

    Raises:
        HftermError: it runs on another machine. AccessError: the process is somebody else's.
    """
    status = run.status()
    state = run.state(status)
    if state == "queued":
        return _stop_waiting(run)
    if state != "running":
        return _stop_job(run)
    _require_here(run, status)
    supervised.ask_stop(run.name)
    if stopping(run):
        return True
    try:
        signals.send(status["pid"], "TERM", started=status.get("process_started"))
    except NotFoundError:
        return False
    _remember(run, status)
    return True


def _stop_waiting(run: Run, how: str = "TERM") -> bool:
    """End the process that is about to begin the run, or to begin it again."""
    facts = supervised.waiting(run.name)
    if not facts:
        return False
    _require_here(run, facts)
    supervised.ask_stop(run.name)
    try:
        signals.send(facts["pid"], how, started=facts.get("process_started"))
    except NotFoundError:
        return False
    return True


def _stop_job(run: Run) -> bool:
    """Stop the job that is about to take the run up: it has nothing to save yet."""
    job = job_of(run)
    if job is None or not job.stop():
        return False
    job.wait(GRACE_SECONDS)
    return True


def stopping(run: Run) -> str | None:
    """Since when (ISO 8601 UTC) a running run has been asked to stop; None when it has not."""
    status, asked = run.status(), _read(run.path / _ASKED)
    same = all(asked.get(key) == status.get(key) for key in ("pid", "process_started", "host"))
    return asked.get("asked") if asked and same and status.get("state") == "running" else None


def _remember(run: Run, status: dict[str, Any]) -> None:
    who = {key: status.get(key) for key in ("pid", "process_started", "host")}
    with contextlib.suppress(OSError):  # a full disk: the signal is what counts
        write_text(run.path / _ASKED, to_json({**who, "asked": now()}) + "\n", fsync=False)


def await_end(
    run: Run,
    *,
    grace: float | None = None,
    kill: bool = False,
    asked: bool = True,
    clock: Clock = time.monotonic,
    poll: float = 0.1,
) -> Stopped:
    """Wait until a run has ended: for ``grace`` seconds (None: as long as it takes), then kill it, if ``kill``.

    Raises:
        HftermError: it still runs after ``grace`` seconds. AccessError: the process is somebody else's.
    """
    began = clock()
    grace = GRACE_SECONDS if kill and grace is None else grace
    while run.state() in _UNDER_WAY and (grace is None or clock() - began < grace):
        time.sleep(poll)
    killed = kill and _kill(run)
    status = run.status()
    if (state := run.state(status)) in _UNDER_WAY:
        raise HftermError(
            f"run {run.name!r} still runs after {grace:g} s: it ends after its step",
            f"wait longer, or end it at once with 'hfterm train stop --kill {run.name}'",
        )
    saved = max(run.checkpoints(), default=None)
    seconds = round(clock() - began, 1)
    return Stopped(run.name, state, status.get("step"), status.get("max_steps"), saved, asked, killed, seconds)


def stop(run: Run, *, grace: float | None = None, kill: bool = False) -> Stopped:
    """:func:`ask_to_stop`, then :func:`await_end`."""
    asked = ask_to_stop(run)
    return await_end(run, grace=grace, kill=kill, asked=asked)


def _kill(run: Run) -> bool:
    status = run.status()
    if run.state(status) == "queued":
        return _kill_waiting(run)
    if run.state(status) != "running":
        return False
    _require_here(run, status)
    supervised.ask_stop(run.name)
    pid, started = status["pid"], status.get("process_started")
    try:
        signals.send(pid, "KILL", started=started)
    except NotFoundError:
        return False
    for name in run.facts().get("trials") or ():  # of a sweep: the one at work is in a session of its own
        _kill(Run(str(name), run.path.parent / str(name)))
    until = time.monotonic() + KILL_SECONDS
    while is_alive(pid, started):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    # It could not say so itself. Its last threads may hold the lock a little longer.
    while time.monotonic() < until:
        with contextlib.suppress(OSError, HftermError), run.lock():
            if (newest := run.status()).get("state") == "running":
                run.write_status({**newest, "state": "stopped", "ended": now(), "exit_code": 128 + signal.SIGKILL})
            break
        time.sleep(0.02)
    return True


def _kill_waiting(run: Run) -> bool:
    """Kill the process that is about to begin the run, and say so for it."""
    facts = supervised.waiting(run.name)
    if not _stop_waiting(run, "KILL"):
        return False
    until = time.monotonic() + KILL_SECONDS
    while is_alive(facts["pid"], facts.get("process_started")) and time.monotonic() < until:
        time.sleep(0.02)
    code = 128 + signal.SIGKILL
    with contextlib.suppress(OSError, HftermError):
        end = {"state": "stopped", "ended": now(), "exit_code": code}
        supervised.write(run.name, {**facts, "phase": supervised.ENDED, **end})
        if run.path.is_dir():
            with run.lock():
                run.write_status({**run.status(), **end})
    return True


def _require_here(run: Run, status: dict[str, Any]) -> None:
    host = status.get("host")
    if host != socket.gethostname():
        raise HftermError(
            f"run {run.name!r} runs on {host}, not on this machine ({socket.gethostname()})",
            f"stop it there: ssh {host} hfterm train stop {run.name}",
        )


def resume(
    run: Run,
    *,
    wait: float | None = None,
    say: Callable[[str], None] = lambda text: None,
    clock: Clock = time.monotonic,
    poll: float = 0.1,
) -> jobs.Job:
    """Go on with a run in a process that outlives this one; returns once it has taken the run up.

    ``wait`` is for how many seconds to wait for that (None: as long as it takes): it loads the model first.
    ``say`` is told where it goes on.

    Raises:
        UsageError: the run is running, being resumed, done or damaged.
        HftermError: it could not go on; the message says why, and has the exit code of the attempt.
    """
    check_resumable(run)
    facts = run.facts()
    env = ALONE if facts["method"] == "sweep" else None
    title = f"train {facts['method']} {run.name}"
    job = jobs.start(jobs.hfterm_argv(*resume_words(run)), title=title, cwd=folder_of(run), env=env)
    with contextlib.suppress(OSError):
        write_text(run.path / _JOB, job.id + "\n", fsync=False)
    saved = max(run.checkpoints(), default=None)
    if facts["method"] == "sweep":
        say(f"sweep {run.name!r} goes on with its runs that are not done")
    else:
        where = "at step 0: it has no checkpoint" if saved is None else f"from step {saved}"
        say(f"run {run.name!r} goes on {where}")
    if isinstance(command_line := facts.get("command"), list) and command_line[1:2] == ["demo"]:
        say("once it is trained, 'hfterm demo' goes on with what comes after")
    began = clock()
    while wait is None or clock() - began < wait:
        state, status = job.state(), run.status()
        if status.get("pid") == job.facts().get("pid") and status.get("state") == "running":
            return job
        if state == "done":
            return job
        if state != "running":
            raise not_begun(run, job, "resume")
        time.sleep(poll)
    return job


def resume_words(run: Run) -> tuple[str, ...]:
    """The words after ``hfterm`` that go on with a run; it must be resumable."""
    facts = run.facts()
    if facts["method"] == "sweep":
        return ("train", "sweep", *map(str, facts["sweep"]), "--name", run.name, "--progress", "plain")
    return ("train", str(facts["method"]), "--resume", "--name", run.name, "--progress", "plain", *push_words(run))


def push_words(run: Run) -> tuple[str, ...]:
    """The options by which a run is pushed as was asked before; none where it was not, or the Hub is switched off."""
    from hfterm.hub.client import offline

    asked = _read(run.path / "push.json")
    if not asked.get("repo") or offline():
        return ()
    private = asked.get("private")
    return ("--push", str(asked["repo"]), *([] if private is None else ["--private" if private else "--public"]))


def folder_of(run: Run) -> str | None:
    """The folder in which a run must go on; None: any will do, as a training keeps whole paths."""
    facts = run.facts()
    return str(facts["cwd"]) if facts.get("method") == "sweep" and Path(str(facts.get("cwd"))).is_dir() else None


def log_size(run: Run) -> int:
    """Bytes in a run's log so far."""
    try:
        return (run.path / "log.txt").stat().st_size
    except OSError:
        return 0


def check_done(run: Run) -> None:
    """Raise why a run has not come to its end, with the exit code it had.

    Raises:
        HftermError: it failed, was stopped or is lost.
    """
    status = run.status()
    if why := run.ending(status):
        error = HftermError(f"run {run.name!r}: {why}")
        code = status.get("exit_code")
        error.exit_code = code if isinstance(code, int) and code else 1
        raise error


def check_resumable(run: Run) -> None:
    """Refuse a run that cannot go on, or needs not.

    Raises:
        UsageError: it is running, being resumed, done or damaged.
    """
    status = run.status()
    state, name = run.state(status), run.name
    if state == "queued":
        raise UsageError(
            f"run {name!r} is queued: it waits for {supervised.waiting_for(run.path)}",
            f"follow it with 'hfterm train attach {name}'",
        )
    if state == "running":
        raise UsageError(
            f"run {name!r} is running, at step {status.get('step')} (pid {status.get('pid')} on {status.get('host')})",
            f"follow it with 'hfterm train logs -F {name}'",
        )
    if state == "done":
        raise UsageError(f"run {name!r} is done: there is nothing to resume", f"its output is run:{name}")
    if not run.path.is_dir():
        command = redact_command(run.facts().get("command") or ["hfterm", "train"])
        raise UsageError(f"run {name!r} never began: there is nothing to resume", f"start it anew: {command}")
    if run.facts().get("method") == "launch" and state != "damaged":
        command = redact_command(run.facts().get("command") or ["hfterm", "train", "launch"])
        raise UsageError(
            f"run {name!r} is a script of your own, which only you can resume", f"start it anew: {command}"
        )
    if state == "damaged" or "recipe" not in (facts := run.facts()) or not facts.get("method"):
        raise UsageError(f"run {name!r} is damaged and cannot resume: {run.path}", "start a new one")
    if (job := job_of(run)) and job.state() == "running":
        raise UsageError(f"run {name!r} is being resumed already, by job {job.id}", f"see {job.out}")


def job_of(run: Run) -> jobs.Job | None:
    """The job that the run was started or resumed by last; None where there is none (any more)."""
    if ident := supervised.job_id(run.name):
        with contextlib.suppress(HftermError):
            return jobs.get(ident)
    with contextlib.suppress(OSError, HftermError):
        return jobs.get((run.path / _JOB).read_text("utf-8").strip())
    return None


def not_begun(run: Run, job: jobs.Job, verb: str) -> HftermError:
    """The error for a job that was to "begin" or "resume" a run, and did not: in its own last words."""
    lines = [one_line(line) for line in job.output() if line.strip()]
    told = [line.removeprefix("hfterm: ") for line in lines if line.startswith("hfterm: ")]
    told = [line for line in told if not line.startswith("warning: ")]
    silent = "it was stopped before it was at work" if job.state() == "stopped" else "it ended without a word"
    why = (told or lines or [silent])[-1]
    error = HftermError(f"run {run.name!r} did not {verb}: {redact(why)}", f"all it said is in {job.out}")
    error.exit_code = job.exit_code() or 1
    return error


def note(run: Run, text: str | None) -> None:
    """Keep a note with the run (secrets blanked out); None or nothing but blanks removes it."""
    if text is None or not text.strip():
        (run.path / runs.NOTE).unlink(missing_ok=True)
    else:
        write_text(run.path / runs.NOTE, redact(text.strip()) + "\n")


def _read(path: Path) -> dict[str, Any]:
    with contextlib.suppress(OSError, ValueError):
        value = json.loads(path.read_text("utf-8"))
        return value if isinstance(value, dict) else {}
    return {}
