"""Worker processes that take chunks through a function; each is a fresh interpreter."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, Protocol

from hfterm.data.engine import cores
from hfterm.data.python.calls import Answer, Chunk, Job
from hfterm.data.python.worker import receive, send
from hfterm.errors import HftermError

# So long the endings of a function's libraries may take.
_END_SECONDS = 10.0


class Pending(Protocol):
    """An answer that is under way."""

    def result(self) -> Answer:
        """Wait for it."""
        ...

    def done(self) -> bool:
        """Whether it is there."""
        ...


class Pool(Protocol):
    """Where chunks are worked on, several at a time."""

    count: int

    def submit(self, chunk: Chunk) -> Pending:
        """Have a chunk worked on."""
        ...

    def close(self, *, now: bool) -> None:
        """End all work: ``now``, or what is under way first."""
        ...


class Workers:
    """So many processes on this machine, started as they are needed."""

    def __init__(self, job: Job, count: int) -> None:
        self.job, self.count = job, count
        self._lock = threading.Lock()
        self._all: list[_Worker] = []
        self._spare: list[_Worker] = []
        self._closed = False
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="hfterm-py")

    def submit(self, chunk: Chunk) -> "Future[Answer]":
        """Have a chunk worked on; the answer's error is a worker that could not begin, or died."""
        return self._threads.submit(self._ask, chunk)

    def _ask(self, chunk: Chunk) -> Answer:
        worker = self._take()
        answer = worker.ask(chunk)
        with self._lock:
            self._spare.append(worker)
        return answer

    def _take(self) -> "_Worker":
        with self._lock:
            if self._closed:
                raise HftermError("the workers are ended")
            if self._spare:
                return self._spare.pop()
            worker = _Worker(self.job, self.count)
            self._all.append(worker)
        return worker

    def close(self, *, now: bool) -> None:
        """End all processes: ``now``, whatever they are doing, or when their functions' own endings have run."""
        with self._lock:
            self._closed = True
        for worker in self._all:
            worker.end(now)
        for worker in self._all:
            worker.gone()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in self._all:
            worker.free()


class _Worker:
    """One process."""

    def __init__(self, job: Job, count: int) -> None:
        env = dict(os.environ)
        if count > 1:  # each takes its share of the processors, not all of them
            env.setdefault("OMP_NUM_THREADS", str(max(1, cores() // count)))
        theirs, self._life = os.pipe()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "hfterm.data.python.worker", str(theirs)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=(theirs,),
                env=env,
                process_group=0,
            )
        except OSError as exc:
            os.close(self._life)
            raise HftermError(f"cannot start a worker: {exc.strerror}", "lower --num-proc") from exc
        finally:
            os.close(theirs)
        assert self._process.stdin is not None and self._process.stdout is not None
        self._in: IO[bytes] = self._process.stdin
        self._out: IO[bytes] = self._process.stdout
        self._begun = False
        self._job = job

    def ask(self, chunk: Chunk) -> Answer:
        """Take a chunk through the function.

        Raises:
            HftermError: the function cannot be imported, or the process died.
        """
        try:
            if not self._begun:
                send(self._in, self._job)
                failure = receive(self._out)
                if failure is not None:
                    raise failure.error()
                self._begun = True
            send(self._in, chunk)
            answer: Answer = receive(self._out)
        except (EOFError, OSError) as exc:
            raise self._died(chunk) from exc
        return answer

    def _died(self, chunk: Chunk) -> HftermError:
        code = self._process.wait()
        if code == -signal.SIGKILL:
            hint = "where memory ran out: lower --num-proc or --batch-size"
            return HftermError(f"a worker was killed (SIGKILL) at {chunk.label}", hint)
        if code < 0:
            name = signal.Signals(-code).name if -code in {s.value for s in signal.Signals} else f"signal {-code}"
            return HftermError(f"a worker died of {name} at {chunk.label}")
        return HftermError(f"a worker ended with exit code {code} at {chunk.label}")

    def end(self, now: bool) -> None:
        """Tell the process to end; ``now``: kill it and all that it started."""
        with contextlib.suppress(OSError):
            if not now:
                self._in.close()
            elif self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)

    def gone(self) -> None:
        """Wait until the process has ended; one that does not is killed."""
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.end(now=True)
            self._process.wait()

    def free(self) -> None:
        """Close what leads to it."""
        with contextlib.suppress(OSError):
            os.close(self._life)
        for stream in (self._in, self._out):
            with contextlib.suppress(OSError, ValueError):
                stream.close()
