"""The process that holds a model for :class:`hfterm.inference.local.LocalEngine`.

``python -P -m hfterm.inference.worker REFERENCE DEVICE NAME``. In, one JSON object a line::

    {"ask": 7, "messages": [...], "sampling": {...}}     answer; asks are answered in order
    {"stop": 7}                                          end that answer, begun or not
    (end of input)                                       leave at once

Out::

    {"loading": "importing torch"}
    {"ready": {"device": "cpu", "dtype": "float32"}}
    {"ask": 7, "piece": "The"}    {"ask": 7, "note": "..."}
    {"ask": 7, "done": {"stop": "end", "prompt_tokens": 12, ...}}
    {"ask": 7, "error": {"kind": "UsageError", "message": "...", "hint": null}}
    {"fatal": {...}}                                     as error, of loading or a bug; the process ends
"""

import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import IO, Any

from hfterm.errors import HftermError, OutOfMemoryError, translate

# Out of memory while answering: the hint of the training commands would mislead.
MEMORY_HINT = "start a new conversation, or choose a smaller model"


def main() -> None:
    """Load the model, then answer until stdin closes."""
    # SIGINT may still come from a terminal's job control; the owner decides when an answer ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ref, device, name = sys.argv[1:4]
    commands, say = _take_streams()
    worker = Worker(say)
    threading.Thread(target=worker.listen, args=(commands,), daemon=True).start()
    try:
        worker.load(ref, device, name)
        worker.serve()
    except BaseException as exc:
        import traceback

        traceback.print_exc()
        say({"fatal": describe(exc)})
        sys.stderr.flush()
    os._exit(1)


def _take_streams() -> "tuple[IO[bytes], Say]":
    """Keep stdin and stdout for us: what libraries print goes to stderr, and they read nothing."""
    commands = os.fdopen(os.dup(0), "rb")
    out = os.dup(1)
    os.dup2(2, 1)
    devnull = os.open(os.devnull, os.O_RDONLY)
    os.dup2(devnull, 0)
    os.close(devnull)
    os.write(out, b"\n")  # ends a line that something has begun
    return commands, Say(out)


class Say:
    """Writes one object a line to the owner; any thread may."""

    def __init__(self, fd: int) -> None:
        self._fd, self._lock = fd, threading.Lock()

    def __call__(self, message: Mapping[str, Any]) -> None:
        """Write it; ends the process when the owner is gone."""
        data = memoryview(json.dumps(message).encode("ascii") + b"\n")
        with self._lock:
            try:
                while data:
                    data = data[os.write(self._fd, data) :]
            except OSError:
                os._exit(0)  # nobody listens any more


class Worker:
    """The asks that wait, and the engine that answers them."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self._asks: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._stopped: set[int] = set()
        self._engine: Any = None

    def listen(self, commands: IO[bytes]) -> None:
        """Read what the owner wants; leave the process when the owner is gone."""
        try:
            for line in commands:
                message = json.loads(line)
                if "stop" in message:
                    self._stopped.add(message["stop"])
                else:
                    self._asks.put(message)
        finally:
            os._exit(0)

    def load(self, ref: str, device: str, name: str) -> None:
        """Load the model, telling each stage; ``name`` is what the user calls it."""
        from hfterm.inference.direct import DirectEngine
        from hfterm.inference.load import load_model

        loaded = load_model(ref, device=device or None, stage=lambda text: self.say({"loading": text}))
        loaded.name = name
        self._engine = DirectEngine(loaded)
        self.say({"ready": {"device": loaded.device, "dtype": loaded.dtype}})

    def serve(self) -> None:
        """Answer the asks, one after the other, for ever."""
        while True:
            ask = self._asks.get()
            number = ask["ask"]
            try:
                self._answer(number, ask)
            except Exception as exc:
                if translate(exc) is None:
                    raise  # a broken CUDA context, a bug: the next process begins afresh
                self.say({"ask": number, "error": describe(exc)})
                _free_memory(exc)

    def _answer(self, number: int, ask: Mapping[str, Any]) -> None:
        from hfterm.inference.engine import Done, Note, Piece
        from hfterm.inference.sampling import Sampling

        if number in self._stopped:
            return self.say({"ask": number, "done": asdict(Done("stopped"))})
        told = partial(self._stopped.__contains__, number)
        for event in self._engine.answer(ask["messages"], Sampling.of(ask["sampling"]), told):
            if isinstance(event, Piece):
                self.say({"ask": number, "piece": event.text})
            elif isinstance(event, Note):
                self.say({"ask": number, "note": event.text})
            elif isinstance(event, Done):
                self.say({"ask": number, "done": asdict(event)})
            if number in self._stopped:
                self._engine.stop()
        return None


def describe(exc: BaseException) -> dict[str, Any]:
    """An error as an object; :func:`hfterm.inference.local.rebuilt` makes an error of it again."""
    known = translate(exc)
    if known is None:
        known = HftermError(
            f"the model's process failed: {type(exc).__name__}: {' '.join(str(exc).split())[:300]}",
            "if it happens again, please report it with the output of 'hfterm doctor'",
        )
    hint = MEMORY_HINT if isinstance(known, OutOfMemoryError) else known.hint
    return {"kind": type(known).__name__, "message": known.message, "hint": hint}


def _free_memory(exc: BaseException) -> None:
    """Give a GPU's memory back after it ran out: the frames of the traceback hold tensors."""
    if isinstance(translate(exc), OutOfMemoryError):
        exc.__traceback__ = None
        import gc

        import torch

        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


if __name__ == "__main__":
    main()
