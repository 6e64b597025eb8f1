"""Python, its environment, hfterm itself and its settings."""

import os
import platform
import shutil
import sys
from pathlib import Path

from hfterm import __version__, config
from hfterm.errors import ConfigError
from hfterm.monitor.checks import Check

GROUP = "Python"
OLDEST = (3, 11)


def checks() -> list[Check]:
    """Rows of this subject."""
    return [_python(), _environment(), Check(GROUP, "hfterm", "ok", __version__, _where()), _command(), *_settings()]


def _python() -> Check:
    version = f"{platform.python_implementation()} {platform.python_version()}"
    detail = f"{platform.system()} {platform.release()} {platform.machine()}"
    if sys.version_info < OLDEST:
        return Check(GROUP, "python", "fail", version, detail, "install Python 3.11 or later")
    if sys.maxsize <= 1 << 32:
        return Check(GROUP, "python", "warn", f"{version}, 32 bits", detail, "install a 64-bit Python")
    return Check(GROUP, "python", "ok", version, detail)


def _environment() -> Check:
    if sys.prefix != sys.base_prefix:
        return Check(GROUP, "environment", "ok", "virtual environment", sys.prefix)
    if conda := os.environ.get("CONDA_PREFIX"):
        return Check(GROUP, "environment", "ok", "conda", conda)
    return Check(
        GROUP, "environment", "info", "no virtual environment", sys.prefix, "keep versions apart: python -m venv .venv"
    )


def _where() -> str:
    return str(Path(config.__file__).parent)


def _command() -> Check:
    """Whether the ``hfterm`` that the shell finds is this one."""
    found, ours = shutil.which("hfterm"), Path(sys.executable).parent / "hfterm"
    if found is None:
        return Check(
            GROUP, "command", "info", "not on PATH", None, f"add {ours.parent} to PATH, or use python -m hfterm"
        )
    if ours.exists() and not os.path.samefile(found, ours):
        return Check(
            GROUP, "command", "warn", found, f"this is {ours}", "activate the environment you mean, or mend PATH"
        )
    return Check(GROUP, "command", "ok", found)


def _settings() -> list[Check]:
    rows, found = [], []
    config.reload()
    try:
        for key in config.SETTINGS:
            config.lookup(key)
    except ConfigError as exc:
        found.append(str(exc))
    for problem in dict.fromkeys(found + config.problems()):
        rows.append(Check(GROUP, "settings", "warn", "unusable", problem, "mend it with 'hfterm config edit'"))
    used = [str(path) for path, table in config.files() if table]
    return rows or [Check(GROUP, "settings", "ok", ", ".join(used) or "defaults")]
