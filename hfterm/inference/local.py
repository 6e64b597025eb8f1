"""A model on this machine, in a process of its own: a screen never stalls, a crash loses nothing."""

import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

from hfterm import errors
from hfterm.errors import HftermError, OutOfMemoryError, one_line
from hfterm.inference.child import Child
from hfterm.inference.engine import (
    WAKE_SECONDS,
    Done,
    Event,
    Loading,
    Messages,
    Meter,
    Note,
    Piece,
    State,
    Stopped,
    never,
)
from hfterm.inference.sampling import Sampling
from hfterm.text import redact, whole

# A stopped answer ends here although the worker is still busy reading a long prompt.
GRACE_SECONDS = 0.5

_STOP: dict[str, Any] = {"stop": True}


class LocalEngine:
    """A reference (folder, Hub id, ``run:NAME``), loaded in a worker process when first needed.

    ``device`` is as :func:`hfterm.inference.device.pick` takes it; ``name`` is shown (default: the reference).
    The worker ends with this process, however this one ends; when the worker dies, the next question starts
    another.
    """

    def __init__(self, ref: str, device: str | None = None, *, name: str | None = None) -> None:
        self.ref, self.device, self.name = ref, device, name or ref
        self.detail = ""
        self._child: Child | None = None
        self._generation = 0  # which child is the current one
        self._ready = self._dead = self._closing = False
        self._error: HftermError | None = None
        self._busy, self._changing = threading.Lock(), threading.Lock()
        self._asked = 0
        # What the answer under way waits for; SimpleQueue.put may be called in a signal handler.
        self._inbox: queue.SimpleQueue[dict[str, Any]] | None = None

    @property
    def state(self) -> State:
        """What it is doing."""
        if self._child is None:
            return "dead" if self._dead else "idle"
        if not self._ready:
            return "loading"
        return "answering" if self._busy.locked() else "ready"

    @property
    def pid(self) -> int | None:
        """The worker's process id."""
        return self._child.pid if self._child is not None else None

    def start(self) -> None:
        """Begin to load, unless that is done or under way."""
        self._running()

    def _running(self) -> Child:
        with self._changing:
            if self._child is None:
                self._ready = self._dead = self._closing = False
                self._error, self.detail = None, "starting"
                argv = [sys.executable, "-P", "-m", "hfterm.inference.worker", self.ref, self.device or "", self.name]
                # As hfterm.cli.run does for itself: waiting threads of torch must not starve the screen.
                env = {"GOMP_SPINCOUNT": "10000"} if "OMP_WAIT_POLICY" not in os.environ else {}
                self._generation += 1
                ended = partial(self._ended, self._generation)
                self._child = Child(argv, on_message=self._received, on_end=ended, env=env | os.environ)
            return self._child

    def _received(self, message: dict[str, Any]) -> None:
        """A message of the worker, in the reading thread."""
        if "loading" in message:
            self.detail = message["loading"]
        elif "ready" in message:
            self._ready, self.detail = True, "on {device}, {dtype}".format(**message["ready"])
        elif "fatal" in message:
            self._error = rebuilt(message["fatal"])
            return
        if (inbox := self._inbox) is not None:
            inbox.put(message)

    def _ended(self, generation: int, code: int, stderr: str) -> None:
        """The worker is gone, in the reading thread."""
        with self._changing:
            if self._closing:
                error = HftermError(f"{self.name} was closed")
            else:
                error = self._error or _death(self.name, code, stderr)
            self._child, self._ready = None, False
            self._dead, self.detail = not self._closing, "" if self._closing else str(error)
        if (inbox := self._inbox) is not None:
            inbox.put({"ended": generation, "why": error})

    def answer(self, messages: Messages, sampling: Sampling, stopped: Stopped = never) -> Iterator[Event]:
        """Answer a conversation, loading the model first if need be.

        Raises:
            HftermError: as :func:`hfterm.inference.load.load_model` and :func:`hfterm.inference.chat.stream`;
                the worker died; another answer is under way.
        """
        if not self._busy.acquire(blocking=False):
            raise HftermError(f"{self.name} is still answering", "stop that answer first")
        child, finished = None, False
        try:
            self._asked += 1
            self._inbox = queue.SimpleQueue()
            if stopped():
                finished = True
                yield Meter().done("stopped", None, None)
                return
            child, generation = self._running(), self._generation
            said = [{**m, "content": whole(str(m["content"]))} for m in messages]
            child.send({"ask": self._asked, "messages": said, "sampling": sampling.as_dict()})
            if not self._ready and self.detail:
                yield Loading(self.detail)
            for event in self._events(child, generation, self._inbox):
                finished = isinstance(event, Done)
                yield event
        except HftermError:
            finished = True
            raise
        finally:
            self._inbox = None
            if child is not None and not finished:
                child.send({"stop": self._asked})
            self._busy.release()

    def _events(self, child: Child, generation: int, inbox: "queue.SimpleQueue[dict[str, Any]]") -> Iterator[Event]:
        number, meter, pieces, stopping = self._asked, Meter(), 0, False
        while True:
            try:
                message = inbox.get(timeout=GRACE_SECONDS if stopping else WAKE_SECONDS)
            except queue.Empty:
                if not stopping:
                    continue
                message = _STOP
            if message is _STOP:
                child.send({"stop": number})
                if stopping or not self._ready:
                    yield meter.done("stopped", None, pieces or None)
                    return
                stopping = True
            elif "loading" in message:
                yield Loading(message["loading"])
            elif "ready" in message:
                meter = Meter()
            elif "ended" in message:
                if message["ended"] == generation:
                    raise message["why"]
            elif message.get("ask") != number:
                pass  # the rest of an answer that was left
            elif "piece" in message:
                meter.piece()
                pieces += 1
                yield Piece(message["piece"])
            elif "note" in message:
                yield Note(message["note"])
            elif "error" in message:
                raise rebuilt(message["error"])
            elif "done" in message:
                yield Done(**message["done"])
                return

    def stop(self) -> None:
        """End the answer within a token; while the model loads or reads a long prompt, at once."""
        if (inbox := self._inbox) is not None:
            inbox.put(_STOP)

    def close(self) -> None:
        """End the worker, and wait until it is gone."""
        with self._changing:
            child, self._closing = self._child, True
        if child is not None:
            child.close()


def rebuilt(described: dict[str, Any]) -> HftermError:
    """The error that :func:`hfterm.inference.worker.describe` described."""
    kind = getattr(errors, str(described.get("kind")), HftermError)
    if not (isinstance(kind, type) and issubclass(kind, HftermError)):
        kind = HftermError
    return kind(str(described.get("message")), described.get("hint"))


def _death(name: str, code: int, stderr: str) -> HftermError:
    """Why a worker died that did not say so itself."""
    again = "ask again to start another"
    if code == -signal.SIGKILL:
        return OutOfMemoryError(
            f"the process of {name} was killed, as the system does when memory runs out",
            "choose a smaller model or free some memory, then ask again",
        )
    last = redact(one_line((stderr.strip().splitlines() or [""])[-1])[:200])
    said = f": {last}" if last else ""
    if code < 0:
        try:
            what = signal.Signals(-code).name
        except ValueError:
            what = f"signal {-code}"
        return HftermError(f"the process of {name} died of {what}{said}", again)
    return HftermError(f"the process of {name} ended with exit code {code}{said}", again)
