"""Download one wheel through the user's own package installer, as they configured it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from hfterm import extras
from hfterm.errors import HftermError, NetworkError, NotFoundError, one_line
from hfterm.progress import Progress

POLL_SECONDS = 0.2
_NO_NETWORK = ("connection", "timed out", "timeout", "resolve", "network", "unreachable", "proxy", "ssl", "retrying")


def download(package: str, version: str, work: Path, progress: Progress, *, expected: int | None = None) -> Path:
    """Fetch ``package==version`` without its dependencies into ``work``.

    pip downloads the wheel, and its file is returned; without pip, uv unpacks it, and the folder with the
    package is returned. ``expected`` is the size in bytes, for the display only.

    Raises:
        NetworkError: the registry cannot be reached. NotFoundError: it has no such package.
        HftermError: neither pip nor uv is there, or it failed otherwise.
    """
    target, scratch = work / "got", work / "scratch"
    target.mkdir()
    scratch.mkdir()
    wanted = f"{package}=={version}"
    if extras.has_pip():
        argv = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input",
                "--disable-pip-version-check", "--progress-bar=off", "--dest", str(target), wanted]  # fmt: skip
    elif uv := shutil.which("uv"):
        argv = [uv, "pip", "install", "--no-deps", "--only-binary=:all:", "--no-progress", "--python", sys.executable,
                "--target", str(target), wanted]  # fmt: skip
    else:
        raise HftermError("neither pip nor uv is installed here", "install one: python -m ensurepip")
    with progress.task(f"downloading {package}", expected, "B") as task:
        # What it downloads grows in its temporary folder first: that is how far it is.
        code, said = _run(argv, scratch, lambda: task.update(_size(work)))
        if code == 0 and expected:
            task.update(expected)
    if code:
        raise _error(wanted, argv, said)
    wheels = sorted(target.glob("*.whl"))
    return wheels[0] if wheels else target


def _run(argv: list[str], scratch: Path, poll: Callable[[], None]) -> tuple[int, str]:
    log = scratch / "log.txt"
    with log.open("wb") as stream:
        # In a session of its own: Ctrl-C comes to us, and we end it.
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT, start_new_session=True,
            env={**os.environ, "TMPDIR": str(scratch)},
        )  # fmt: skip
        try:
            while True:
                try:
                    code = process.wait(POLL_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    poll()
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(3)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
    return code, log.read_text("utf-8", "replace")


def _size(folder: Path) -> int:
    total = 0
    for top, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(top) / name).stat().st_size
            except OSError:  # gone in between
                continue
    return total


def _error(wanted: str, argv: list[str], said: str) -> HftermError:
    tool = "pip" if "-m" in argv else "uv"
    lines = [one_line(line) for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")] or lines[-1:] or ["no message"]
    why = f"{tool} cannot get {wanted}: {errors[-1].partition(':')[2].strip() or errors[-1]}"[:300]
    if any(word in said.lower() for word in _NO_NETWORK):
        return NetworkError(
            f"the package registry cannot be reached ({why})", f"check the connection and {tool}'s configuration"
        )
    if "no matching distribution" in said.lower() or "no solution" in said.lower() or "not found" in said.lower():
        return NotFoundError(f"the package registry has no {wanted} ({why})", f"check {tool}'s configuration")
    return HftermError(why, f"see what '{tool} download {wanted}' says" if tool == "pip" else None)
