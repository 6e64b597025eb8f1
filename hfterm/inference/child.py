"""A process of our own that talks in JSON Lines: objects in on its stdin, objects out on its stdout.

It ends when its stdin closes, which the system does for us whenever and however we end. What it writes to
stderr is kept (the end of it) for the case that it dies.
"""

import contextlib
import json
import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

KEPT_STDERR = 8192
# A child whose stdin is closed should be gone in no time.
PATIENCE_SECONDS = 5.0


class Child:
    """A running child; ``on_message`` gets its objects and ``on_end`` (exit code, last stderr), in another thread.

    The exit code is negative for a signal, as in :mod:`subprocess`. ``on_end`` is called once, after the last
    message.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        on_message: Callable[[dict[str, Any]], None],
        on_end: Callable[[int, str], None],
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._on_message, self._on_end = on_message, on_end
        # In a process group of its own: Ctrl-C on the terminal is for us to translate.
        self._process = subprocess.Popen(
            list(argv),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            process_group=0,
            env=dict(env) if env is not None else None,
        )
        self.pid = self._process.pid
        self._stderr = b""
        self._writing = threading.Lock()
        self._errors = threading.Thread(target=self._read_errors, name="worker-stderr", daemon=True)
        self._errors.start()
        self._reader = threading.Thread(target=self._read, name="worker-stdout", daemon=True)
        self._reader.start()

    def send(self, message: Mapping[str, Any]) -> None:
        """Give it an object; one that is gone says so through ``on_end`` and not here."""
        data = memoryview(json.dumps(message).encode("ascii") + b"\n")
        assert self._process.stdin is not None
        with self._writing, contextlib.suppress(OSError, ValueError):
            while data:
                data = data[self._process.stdin.write(data) :]

    def close(self) -> None:
        """Let it end; one that does not is killed. Returns when it is gone."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.close()
        try:
            self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        if threading.current_thread() is not self._reader:
            self._reader.join()

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None and self._process.stdin is not None
        rest = b""
        while chunk := os.read(stream.fileno(), 65536):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                # A library may have written here before the child took its stdout over.
                with contextlib.suppress(ValueError):
                    if isinstance(message := json.loads(line), dict):
                        self._on_message(message)
        code = self._process.wait()
        # A grandchild may hold stderr open: no waiting for that.
        self._errors.join(1.0)
        stream.close()
        with self._writing, contextlib.suppress(OSError):
            self._process.stdin.close()
        self._on_end(code, self._stderr.decode("utf-8", "replace"))

    def _read_errors(self) -> None:
        stream = self._process.stderr
        assert stream is not None
        with stream:
            while chunk := os.read(stream.fileno(), 65536):
                self._stderr = (self._stderr + chunk)[-KEPT_STDERR:]
