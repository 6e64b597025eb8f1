"""What a trainer writes down while it works: status with a heartbeat, events, and the libraries' log."""

import contextlib
import logging
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from hfterm.errors import HftermError, Terminated, one_line, translate
from hfterm.processes import now, this_process
from hfterm.runs import Run
from hfterm.text import redact

HEARTBEAT_SECONDS = 5.0
# Logger -> level. Below these the libraries print whole configurations at every save.
LIBRARIES = {
    "transformers": logging.WARNING,
    "transformers.trainer": logging.INFO,
    "peft": logging.INFO,
    "accelerate": logging.INFO,
    "datasets": logging.WARNING,
    "torch": logging.WARNING,
    "huggingface_hub": logging.WARNING,
    "trl": logging.INFO,
    "py.warnings": logging.WARNING,
    "hfterm.train": logging.INFO,
}


class Journal:
    """Context: the run is "running" inside, and "done", "failed" or "stopped" after it, whatever happens.

    Inside it the libraries' log records, warnings and prints go to ``log.txt`` and nowhere else. ``process`` is who
    works on it (see :func:`hfterm.processes.this_process`), where that is not this process.
    """

    def __init__(self, run: Run, process: Mapping[str, Any] | None = None) -> None:
        self.run = run
        before = run.status()
        self._status: dict[str, Any] = {
            "state": "running",
            "step": before.get("step") or 0,
            "max_steps": before.get("max_steps"),
            "loss": before.get("loss"),
            "started": before.get("started") or now(),
            **(process or this_process()),
        }
        self._seconds_before = before.get("seconds") or 0.0
        self._began = time.monotonic()
        self._written = 0.0
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> "Journal":
        self._log_file = self._stack.enter_context((self.run.path / "log.txt").open("a", encoding="utf-8", buffering=1))
        self._stack.enter_context(libraries_to(self._log_file))
        self._stack.enter_context(contextlib.redirect_stdout(self._log_file))
        self.status()
        self._beat = threading.Thread(target=self._heartbeat, name="hfterm-heartbeat", daemon=True)
        self._beat.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self._ended.set()
        self._beat.join()
        # A full disk must not hide why the run ended.
        with contextlib.suppress(OSError):
            if exc is None:
                self.status(force=True, state="done", ended=now(), error=None, exit_code=0)
            elif isinstance(exc, KeyboardInterrupt | Terminated):
                code = 143 if isinstance(exc, Terminated) else 130
                self.status(force=True, state="stopped", ended=now(), error=None, exit_code=code)
            else:
                known = translate(exc) if isinstance(exc, Exception) else None
                error = str(known) if known else f"{type(exc).__name__}: {one_line(exc)}"
                self.status(force=True, state="failed", ended=now(), error=error, exit_code=_code(known))
                with contextlib.suppress(OSError):
                    self.event("error", error=redact(error))
                    if not isinstance(exc, HftermError):
                        traceback.print_exception(exc, file=self._log_file)
        with contextlib.suppress(OSError):
            self._stack.close()

    @property
    def seconds(self) -> float:
        """Seconds at work, those before a resume included."""
        return round(self._seconds_before + time.monotonic() - self._began, 3)

    def status(self, *, force: bool = False, **fields: Any) -> None:
        """Change fields of ``status.json``; it is rewritten at most once a second unless ``force``."""
        self.update(fields, force=force)

    def update(self, fields: Mapping[str, Any], *, force: bool = False) -> None:
        """As :meth:`status`, from a mapping."""
        with self._lock:
            self._status.update(fields)
            clock = time.monotonic()
            if force or clock - self._written >= 1.0:
                self._written = clock
                self.run.write_status({**self._status, "seconds": self.seconds, "heartbeat": now()})

    def event(self, event: str, **numbers: Any) -> None:
        """Add a line to ``events.jsonl``."""
        self.run.append({"event": event, **numbers})

    def log(self, text: str) -> None:
        """Add a line of our own to ``log.txt``."""
        logging.getLogger("hfterm.train").info(text)

    def last_loss(self) -> float | None:
        """The loss logged last, in an earlier life of the run."""
        losses = [e["loss"] for e in self.run.events() if isinstance(e.get("loss"), int | float)]
        return losses[-1] if losses else None

    def last_metrics(self) -> dict[str, float]:
        """The metrics evaluated last, in an earlier life of the run."""
        found = [e for e in self.run.events() if e.get("event") == "eval"]
        last = [e for e in found if e.get("step") == found[-1].get("step")]  # one for each of several data
        return {k: v for e in last for k, v in e.items() if k.startswith("eval_")}

    @property
    def max_steps(self) -> int | None:
        """How many steps the run was to make when it was last seen."""
        value = self._status.get("max_steps")
        return value if isinstance(value, int) else None

    def listen(self) -> None:
        """Let the libraries log again, after something quieted them."""
        for name, level in LIBRARIES.items():
            logging.getLogger(name).setLevel(level)

    def _heartbeat(self) -> None:
        while not self._ended.wait(HEARTBEAT_SECONDS):
            with contextlib.suppress(OSError):
                self.status(force=True)


def _code(known: HftermError | None) -> int:
    return known.exit_code if known else 1


@contextlib.contextmanager
def libraries_to(stream: Any) -> Any:
    """Send the libraries' log records and warnings to a stream, and give them back their own ways after."""
    handler = logging.StreamHandler(stream)
    formatter = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    handler.addFilter(_blank_secrets)
    loggers = [logging.getLogger(name) for name in LIBRARIES]
    before = [(logger, logger.handlers[:], logger.level, logger.propagate) for logger in loggers]
    for logger in loggers:
        parent = logger.name.partition(".")[0]
        child = parent != logger.name and parent in LIBRARIES
        logger.handlers[:] = [] if child else [handler]
        logger.propagate = child
        logger.setLevel(LIBRARIES[logger.name])
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        for logger, handlers, level, propagate in before:
            logger.handlers[:] = handlers
            logger.setLevel(level)
            logger.propagate = propagate
        sys.stderr.flush()


def _blank_secrets(record: logging.LogRecord) -> bool:
    record.msg, record.args = redact(record.getMessage()), None
    return True
