"""What runs in a worker process: chunks come in on its standard input, answers go out on its standard output.

The user's function has neither: it reads nothing, and what it prints goes to standard error. The process ends with
its parent, whatever the function is doing.
"""

import os
import pickle
import signal
import struct
import sys
import threading
from typing import IO, Any

from hfterm.data.python import named
from hfterm.data.python.calls import Caller, Chunk, Failure, Job
from hfterm.errors import HftermError

LENGTH = struct.Struct("!Q")


def send(stream: IO[bytes], value: Any) -> None:
    """Write one message.

    Raises:
        OSError: the other side is gone.
    """
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    stream.write(LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read one message.

    Raises:
        EOFError: the other side is gone.
    """
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    (length,) = LENGTH.unpack(head)
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)


def main() -> None:
    """Serve until the parent is gone; ``argv[1]`` is a pipe that it holds open as long as it lives."""
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C is the parent's to answer
    threading.Thread(target=_end_with, args=(int(sys.argv[1]),), daemon=True).start()
    source, target = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    # A line at a time: the lines of several workers must not run into each other.
    sys.stdin, sys.stdout = os.fdopen(0), os.fdopen(1, "w", 1, encoding="utf-8", errors="backslashreplace")
    try:
        job: Job = receive(source)
        sys.argv = [job.function.label]
        try:
            caller: Caller | None = Caller(job, named.load(job.function))
        except HftermError as exc:
            caller, failure = None, Failure(exc.message, exc.hint, exc.exit_code, _trace(exc))
        send(target, None if caller is not None else failure)
        while caller is not None:
            chunk: Chunk = receive(source)
            send(target, caller(chunk))
    except (EOFError, OSError):
        pass


def _trace(exc: HftermError) -> str:
    import traceback

    return "".join(traceback.format_exception(exc.__cause__)) if exc.__cause__ else ""


def _end_with(pipe: int) -> None:
    """Wait until the other end of a pipe is closed, then end this process and all that the function started."""
    while os.read(pipe, 1):
        pass
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    main()
