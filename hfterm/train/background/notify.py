"""Tell somebody that a run has ended: a command line of theirs, with the facts in its environment."""

import os
import subprocess
from collections.abc import Callable
from typing import Any

from hfterm import runs
from hfterm.errors import NotFoundError, one_line
from hfterm.processes import now
from hfterm.text import redact

# A command that does not end by then is ended: the supervisor must not stay for ever.
MOST_SECONDS = 600.0


def facts(name: str, code: int, state: str, error: str | None) -> dict[str, str]:
    """The variables: HFTERM_RUN, _STATE, _EXIT_CODE, _PATH, _OUTPUT, _METHOD, _BASE_MODEL, _STEP, _MAX_STEPS, _LOSS,
    _SECONDS, _ERROR, _ENDED; empty where there is nothing to say, and without secrets.
    """
    status: dict[str, Any] = {}
    asked: dict[str, Any] = {}
    path = output = ""
    try:
        run = runs.get(name)
        status, asked = run.status(), run.facts()
        path = str(run.path) if run.path.is_dir() else ""
        output = str(run.path / "output") if (run.path / "output").is_dir() else ""
    except NotFoundError:
        pass
    values = {
        "RUN": name, "STATE": state, "EXIT_CODE": code, "PATH": path, "OUTPUT": output,
        "METHOD": asked.get("method"), "BASE_MODEL": asked.get("model"), "STEP": status.get("step"),
        "MAX_STEPS": status.get("max_steps"), "LOSS": status.get("loss"), "SECONDS": status.get("seconds"),
        "ERROR": error or status.get("error"), "ENDED": status.get("ended") or now(),
    }  # fmt: skip
    return {f"HFTERM_{key}": "" if value is None else redact(str(value)) for key, value in values.items()}


def notify(command: str, variables: dict[str, str], say: Callable[[str], None], timeout: float = MOST_SECONDS) -> bool:
    """Run ``command`` in a shell; whether it ended well. One that fails is only told of."""
    try:
        with subprocess.Popen(
            ["/bin/sh", "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=2,  # ours is for results
            env={**os.environ, **variables},
            process_group=0,
        ) as process:
            try:
                code = process.wait(timeout)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                say(f"the command of --notify was ended after {timeout:g} s")
                return False
    except OSError as exc:
        say(f"the command of --notify cannot be run: {one_line(exc)}")
        return False
    if code:
        say(f"the command of --notify ended with exit code {code if code > 0 else 128 - code}")
    return code == 0
