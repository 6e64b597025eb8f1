"""What :mod:`hfterm.isolated` runs as a program: a job in an environment of its own, or an installer.

``python -I isolated_child.py job WORKER`` reads one line of JSON, calls ``main`` of the file WORKER with it and writes
``{"answer": ...}`` or ``{"error": ...}``; ``... command ARG...`` runs a command. Standard input stays open for as long
as somebody waits: when it ends, the whole process group does. The Python that runs it need not have hfterm, so only the
standard library is used here.
"""

import json
import os
import runpy
import signal
import subprocess
import sys
import threading


def _end_with_input() -> None:
    """End with all that was started from here when standard input ends."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()


def _line() -> bytes:
    """The first line of standard input, and no byte more."""
    found = bytearray()
    while (byte := os.read(0, 1)) not in (b"", b"\n"):
        found += byte
    return bytes(found)


def job(worker: str) -> int:
    """Run a worker's ``main``; its answer goes to standard output, whatever libraries print."""
    told = json.loads(_line())
    _end_with_input()
    out = os.dup(1)
    os.dup2(2, 1)
    try:
        said = {"answer": runpy.run_path(worker)["main"](told)}
    except Exception as exc:
        import traceback

        traceback.print_exc()
        said = {"error": f"{type(exc).__name__}: {exc}" if str(exc) else type(exc).__name__}
    with os.fdopen(out, "w", encoding="utf-8") as stream:
        json.dump(said, stream)
    return 0


def command(argv: list[str]) -> int:
    """Run a command that gets no input; its exit code."""
    _end_with_input()
    code = subprocess.run(argv, stdin=subprocess.DEVNULL).returncode
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    done = job(sys.argv[2]) if sys.argv[1] == "job" else command(sys.argv[2:])
    sys.stdout.flush()
    os._exit(done)  # the thread that reads standard input is not waited for
