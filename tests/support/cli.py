"""Run the installed ``hfterm`` as a real process."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HFTERM = str(Path(sys.executable).parent / "hfterm")
# What a user's machine may have set and a test must not inherit.
_DROP = ("HF_", "HFTERM_", "HUGGING", "_HFTERM", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TMUX", "TERM", "PAGER")


@dataclass
class Result:
    """What a finished process left."""

    code: int
    stdout: str
    stderr: str

    @property
    def lines(self) -> list[str]:
        return self.stdout.splitlines()


def environment(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """An environment whose settings, state and caches lie under ``home``; the Hub is switched off."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(_DROP)}
    env |= {
        "HOME": str(home),
        "HFTERM_HOME": str(home / "hfterm"),
        "HF_HOME": str(home / "hf"),
        "HF_HUB_OFFLINE": "1",
        "TERM": "xterm-256color",
        "LC_ALL": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        # The checkout must never shadow the installed package.
        "PYTHONSAFEPATH": "1",
    }
    return env | dict(extra or {})


class Hfterm:
    """Calls ``hfterm`` with everything it keeps under ``home``."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def env(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        return environment(self.home, extra)

    def __call__(
        self,
        *args: str | Path,
        stdin: str | bytes | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        timeout: float = 120,
        check: int | None = None,
    ) -> Result:
        """Run to the end. ``check``: the exit code that is expected."""
        data = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [HFTERM, *map(str, args)],
            env=self.env(env),
            cwd=cwd or self.home,
            timeout=timeout,
            capture_output=True,
            **({"input": data} if data is not None else {"stdin": subprocess.DEVNULL}),
        )
        result = Result(done.returncode, done.stdout.decode(), done.stderr.decode("utf-8", "backslashreplace"))
        if check is not None:
            assert result.code == check, f"exit {result.code}, not {check}\n{result.stdout}\n{result.stderr}"
        return result

    def popen(
        self, *args: str | Path, env: Mapping[str, str] | None = None, **kwargs: Any
    ) -> "subprocess.Popen[bytes]":
        """Start and return the process; its streams are as ``kwargs`` say."""
        kwargs.setdefault("cwd", self.home)
        return subprocess.Popen([HFTERM, *map(str, args)], env=self.env(env), **kwargs)


def run(*args: str | Path, home: Path, **kwargs: Any) -> Result:
    """Run once with everything kept under ``home``."""
    return Hfterm(home)(*args, **kwargs)
