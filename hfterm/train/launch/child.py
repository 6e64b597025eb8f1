"""What each launched process runs first: it sees to the last words of the script, then becomes the script.

``python -m hfterm.train.launch.child [-m] SCRIPT ARGS...``. An exception that nobody caught goes to
``rank-N.json`` and ``rank-N.txt`` in the launch's folder instead of the terminal, where those of all
processes and the launcher's own would run into one another; a crash in native code leaves its stack there.
The script itself runs as by ``python SCRIPT``: same ``__main__``, ``sys.argv`` and ``sys.path``.
"""

import builtins
import faulthandler
import importlib.machinery
import os
import runpy
import signal
import sys
import threading
import time
import traceback
import types
from pathlib import Path
from typing import Any

from hfterm.errors import CheckFailedError, HftermError, OutOfMemoryError, one_line, translate
from hfterm.text import redact, to_json

CHILD = "hfterm.train.launch.child"
# Set by the launcher: the folder for last words, whether the script is to be alone, whether to show tracebacks too.
FOLDER, PLAIN, SHOW = "HFTERM_LAUNCH_FOLDER", "HFTERM_LAUNCH_PLAIN", "HFTERM_LAUNCH_TRACEBACKS"
# The launcher's process.
PARENT = "HFTERM_LAUNCH_PID"
# Of a run on several nodes: which life of the launch this is, from 0, and who leads all nodes.
LIFE, LEADER = "HFTERM_LAUNCH_LIFE", "HFTERM_LAUNCH_LEADER"
# What torchrun tells a process of its group. A script of one process works without one, and faster.
GROUP = (
    *("RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "GROUP_RANK", "GROUP_WORLD_SIZE", "ROLE_RANK"),
    *("ROLE_WORLD_SIZE", "ROLE_NAME", "MASTER_ADDR", "MASTER_PORT", "TORCHELASTIC_USE_AGENT_STORE"),
)
APART = "on a CPU give the script use_cpu (TrainingArguments) or cpu=True (Accelerator, PartialState)"
_MESSAGE = 500


def files(folder: str | os.PathLike[str], restart: int, rank: int) -> tuple[Path, Path]:
    """Where process ``rank`` leaves its exception, as JSON and as text, in its ``restart``-th life."""
    stem = Path(folder) / f"life-{restart}"
    return stem / f"rank-{rank}.json", stem / f"rank-{rank}.txt"


def die_with_parent(number: int = signal.SIGKILL) -> None:
    """Ask the kernel to end this process when the launcher does: none is left on a GPU. Linux only."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    ctypes.CDLL(None).prctl(1, int(number), 0, 0, 0)  # PR_SET_PDEATHSIG
    parent = os.environ.get(PARENT)
    if parent is not None and os.getppid() != int(parent):  # it was gone before that
        os.kill(os.getpid(), number)


def catch(folder: str) -> None:
    """Write down, in ``folder``, the exception or crash that ends this process."""
    rank, restart = int(os.environ.get("RANK", "0")), int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0"))
    facts, text = files(folder, restart, rank)
    show = os.environ.get(SHOW) == "1"

    def hook(kind: type[BaseException], value: BaseException, trace: types.TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        trace = _own(trace)
        words = redact("".join(traceback.format_exception(kind, value, trace)))
        try:
            with text.open("a", encoding="utf-8", errors="backslashreplace") as stream:
                stream.write(words)
            facts.write_text(to_json({"rank": rank, "restart": restart, **last_words(kind, value, trace)}), "utf-8")
        except OSError:
            sys.stderr.write(words)
            return
        if show:
            sys.stderr.write(words)

    try:
        text.parent.mkdir(parents=True, exist_ok=True)
        facts.unlink(missing_ok=True)  # of an earlier life of the same count: nodes came or went
        faulthandler.enable(text.open("a"))  # open as long as the process lives
    except OSError:
        return
    sys.excepthook = hook


def last_words(kind: type[BaseException], value: BaseException, trace: types.TracebackType | None) -> dict[str, Any]:
    """An exception as facts: type, message, where (``file:line in function``), time, oom."""
    name = (
        kind.__qualname__ if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}.{kind.__qualname__}"
    )
    message = redact(one_line(value))
    if isinstance(value, HftermError):  # says it all by itself
        return {"type": None, "message": message, "where": None, "time": time.time(), "oom": _memory(value)}
    return {
        "type": name,
        "message": message if len(message) <= _MESSAGE else message[: _MESSAGE - 3] + "...",
        "where": _where(value, trace),
        "time": time.time(),
        "oom": _memory(value),
    }


def _memory(value: BaseException) -> bool:
    """Whether an exception means that memory ran out, by the table of the libraries' errors."""
    return isinstance(value, Exception) and isinstance(translate(value), OutOfMemoryError)


def _where(value: BaseException, trace: types.TracebackType | None) -> str | None:
    """The innermost line of the user's own code, else the innermost of all."""
    if isinstance(value, SyntaxError) and value.filename:
        return f"{_short(value.filename)}:{value.lineno}"
    frames = traceback.extract_tb(trace)
    if not frames:
        return None
    libraries = tuple({os.path.dirname(os.__file__), os.path.join(sys.prefix, "lib")})
    own = [frame for frame in frames if not frame.filename.startswith((*libraries, "<"))]
    frame = (own or frames)[-1]
    place = f"{_short(frame.filename)}:{frame.lineno}"
    return place if frame.name == "<module>" else f"{place} in {frame.name}"


def _short(name: str) -> str:
    relative = os.path.relpath(name)
    return name if relative.startswith("..") else relative


def _own(trace: types.TracebackType | None) -> types.TracebackType | None:
    """The traceback from the script on, without how it was started."""
    ours = (__file__, "<frozen runpy>")
    at = trace
    while at is not None and at.tb_frame.f_code.co_filename in ours:
        at = at.tb_next
    return at


def group_made() -> str | None:
    """What is wrong with the group of processes that Accelerate made, in words; None where nothing is known to be.

    On a CPU it makes none for a script that asks for PartialState or TrainingArguments without a word for the CPU:
    each process then trains by itself.
    """
    world = int(os.environ.get("WORLD_SIZE", "1"))
    module = sys.modules.get("accelerate.state")
    made = getattr(getattr(module, "PartialState", None), "_shared_state", {}).get("num_processes")
    if made is None or made == world:
        return None
    return f"the script was to run on {world} processes together, and accelerate made {made} of it in each"


def watch_group(seconds: float = 20.0) -> None:
    """Warn, in the first process, once Accelerate's group has been another than ours for so long."""
    if os.environ.get("RANK") != "0" or int(os.environ.get("WORLD_SIZE", "1")) < 2:
        return

    def watch() -> None:
        since = 0.0
        while since < seconds:
            time.sleep(1)
            since = since + 1 if group_made() else 0.0
        sys.stderr.write(f"hfterm: warning: {group_made()}; {APART}\n")

    threading.Thread(target=watch, daemon=True).start()


def become_script(path: str, args: list[str]) -> None:
    """Run a file as ``python FILE ARGS`` does, in this process."""
    sys.argv = [path, *args]
    if not sys.flags.safe_path:
        sys.path[0] = os.path.dirname(os.path.realpath(path))
    main = types.ModuleType("__main__")
    main.__dict__.update(
        __file__=path,
        __builtins__=builtins,
        __loader__=importlib.machinery.SourceFileLoader("__main__", path),
        __spec__=None,
        __cached__=None,
    )
    sys.modules["__main__"] = main  # what multiprocessing and pickle look for by this name is the script's
    with open(path, "rb") as stream:
        code = compile(stream.read(), path, "exec", dont_inherit=True)
    exec(code, main.__dict__)


def main(argv: list[str]) -> None:
    """Become the script or module that ``argv`` names."""
    die_with_parent()
    if folder := os.environ.get(FOLDER):
        catch(folder)
    if os.environ.get(PLAIN) == "1":
        for name in GROUP:
            os.environ.pop(name, None)
    watch_group()
    try:
        become(argv)
    except SystemExit as exc:
        if exc.code not in (None, 0):
            raise
    if (wrong := group_made()) is not None:
        raise CheckFailedError(wrong, APART)


def become(argv: list[str]) -> None:
    """Run ``-m MODULE ARGS`` or ``SCRIPT ARGS`` in this process."""
    if argv[0] != "-m":
        become_script(argv[0], argv[1:])
        return
    sys.argv = argv[1:]
    if not sys.flags.safe_path:
        sys.path[0] = os.getcwd()
    runpy.run_module(argv[1], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except CheckFailedError as exc:
        sys.excepthook(type(exc), exc, exc.__traceback__)
        sys.exit(exc.exit_code)
