"""The end of a dashboard that failed: one line on the screen, the whole trace in a file, never a local variable.

Textual prints tracebacks with the values of all locals (``App._fatal_error``): tokens among them would stand on the
screen, in the scrollback and in every screenshot.
"""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hfterm import paths
from hfterm.errors import one_line, translate
from hfterm.output import Output
from hfterm.text import redact, sanitize

if TYPE_CHECKING:
    from textual.app import App

_SHOWN_FRAMES = 4


@dataclass(frozen=True)
class Report:
    """What to say after the terminal is restored: ``lines`` for stderr, and the exit ``code``."""

    code: int
    lines: tuple[str, ...]
    log: Path | None


def report(error: BaseException, folder: Path | None = None) -> Report:
    """Write the trace of ``error`` to ``crash.log`` in ``folder`` (default: the state folder); say what happened.

    An error that a user can cause is said as every command says it, with its exit code; anything else is a bug.
    """
    error = _cause(error)
    log = _keep(error, folder or paths.state_dir())
    known = translate(error)
    if known is not None:
        return Report(known.exit_code, (_safe(f"hfterm: {known}"),), log)
    message = one_line(error)
    name = type(error).__name__
    places = [f"{_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in _frames(error)]
    lines = [f"hfterm: bug: {name}: {message}" if message else f"hfterm: bug: {name}"]
    lines += [f"  at {place}" for place in reversed(places[-_SHOWN_FRAMES:])]
    where = f"the trace is in {log}" if log else "the trace could not be saved"
    lines.append(f"hfterm: {where}; please report it with the output of 'hfterm doctor'")
    return Report(1, tuple(map(_safe, lines)), log)


def fatal(app: App[Any]) -> None:
    """Close ``app`` because of the exception it caught; call it instead of ``App._fatal_error``.

    What to say is printed when Textual has restored the terminal; the first error is the one that counts.
    """
    if not app._exit_renderables:
        error = app._exception or sys.exc_info()[1]
        said = report(error or RuntimeError("the app ended for an unknown reason"))
        app._return_code = said.code
        app._exit_renderables.append(said.lines[0])

        def say() -> None:
            if app._exit_renderables:
                app._exit_renderables.clear()
                Output().say("\n".join(said.lines))

        # Rich would wrap and cut, and in Textual's debug mode show more than this.
        app._print_error_renderables = say  # type: ignore[method-assign]
    app._close_messages_no_wait()


def _cause(error: BaseException) -> BaseException:
    """The exception of the code itself, where Textual wraps it (a worker that failed)."""
    inner = getattr(error, "error", None)
    return inner if type(error).__name__ == "WorkerFailed" and isinstance(inner, BaseException) else error


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Where it happened, our own code if any of it was there."""
    frames = list(traceback.extract_tb(error.__traceback__))
    ours = [frame for frame in frames if f"{os.sep}hfterm{os.sep}" in frame.filename]
    return ours or frames


def _short(filename: str) -> str:
    """A file's path from its package on: no home folder, no user name."""
    parts = Path(filename).parts
    for root in ("site-packages", "dist-packages"):
        if root in parts:
            return "/".join(parts[len(parts) - parts[::-1].index(root) :])
    if "hfterm" in parts:
        return "/".join(parts[len(parts) - 1 - parts[::-1].index("hfterm") :])
    return parts[-1] if parts else filename


def _safe(text: str) -> str:
    return redact(sanitize(text))


def _keep(error: BaseException, folder: Path) -> Path | None:
    """Write the whole trace, readable by the user alone; None when that is not possible."""
    log = folder / "crash.log"
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            log.unlink()  # never write through a link that someone else put there
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.writelines(f"{_safe(line)}\n" for line in _trace(error))
        return log
    return None


def _trace(error: BaseException) -> Iterator[str]:
    import platform
    from importlib import metadata

    from hfterm.processes import now, redact_command

    yield f"{now()} {redact_command(sys.argv)}"
    versions = [f"python {platform.python_version()}"]
    for name in ("hfterm", "textual", "rich"):
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions.append(f"{name} {metadata.version(name)}")
    yield f"{', '.join(versions)}; {platform.platform()}; TERM={os.environ.get('TERM', '')}"
    # capture_locals stays off.
    for part in traceback.TracebackException.from_exception(error).format():
        yield from part.rstrip("\n").split("\n")
