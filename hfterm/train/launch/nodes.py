"""The same launch on several hosts over ssh: started together, stopped together, one line when it fails.

Each host runs ``python -m hfterm.train.launch.node`` of the same path as here, in the same folder. What to
run, and the environment, go through ssh's standard input, never through arguments, which every user of a
machine can read. The stream stays open: a word on it passes a signal on, and its end (a dropped line, a
dead launcher) ends the processes there.
"""

import contextlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

from hfterm.errors import HftermError, MissingExtraError, NetworkError
from hfterm.interrupts import Caught, raise_for
from hfterm.output import Output
from hfterm.text import to_json
from hfterm.train.launch import failures
from hfterm.train.launch.agent import Failed
from hfterm.train.launch.hosts import Host
from hfterm.train.launch.plan import Asked

NODE = "hfterm.train.launch.node"
# Begins a line by which a node tells how it ended; no program prints this by itself.
MARK = "\x1ehfterm-launch "
# What nodes get of our environment: settings of the libraries, and nothing of this machine or session.
PASSED = re.compile(
    r"(HF|HFTERM|HUGGING_FACE|TRANSFORMERS|TOKENIZERS|DATASETS|ACCELERATE|TORCH|PYTORCH|NCCL|GLOO|UCX|FI|OMP|MKL|"
    r"WANDB|MLFLOW|TRACKIO|COMET|DS|DEEPSPEED|PYTHON)(_[A-Z0-9_]+)|PYTHON[A-Z]+|PATH|LD_LIBRARY_PATH|(all|http|https|no)_proxy"
)
_SSH = ("-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=accept-new", "-o", "ServerAliveInterval=30")
# How long the others get once one has failed: their partner is gone, they have nothing to wait for.
_GRACE_SECONDS = 60.0
# ... and how long to be gone once they are killed.
_KILL_SECONDS = 30.0


class Link(Protocol):
    """A node that takes part in a launch. ``told``: what it said of itself at its end."""

    name: str
    told: dict[str, Any]

    def poll(self) -> int | None:
        """Its exit code; None while it is at work."""

    def say(self, word: str) -> None:
        """Pass a signal on by its name: INT, TERM, or KILL for at once."""

    def cut(self) -> None:
        """Break the connection, which ends what runs there."""

    def let_go(self) -> None:
        """Give back all that the link holds; what still runs there ends."""

    def lost(self) -> HftermError | None:
        """Why it ended, if it could not say so itself; None where nothing is known but its exit code."""


@dataclass
class Node:
    """A node that is reached through the pipes of a process: ssh, or one of our own on this machine."""

    name: str
    process: "subprocess.Popen[bytes]"
    reader: threading.Thread
    told: dict[str, Any]
    ssh: bool = True

    def poll(self) -> int | None:
        """Its exit code; None while it is at work."""
        return self.process.poll()

    def say(self, word: str) -> None:
        """Pass a signal on by its name."""
        with contextlib.suppress(OSError, ValueError):
            assert self.process.stdin is not None
            self.process.stdin.write(word.encode() + b"\n")
            self.process.stdin.flush()

    def cut(self) -> None:
        """End the stream, and with it the processes there."""
        self.process.kill()

    def let_go(self) -> None:
        """End it if it has not ended, and close the pipes."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join(5)
        with contextlib.suppress(OSError):
            assert self.process.stdin is not None
            self.process.stdin.close()

    def lost(self) -> HftermError | None:
        """What ssh says of a host that it does not reach, or has lost."""
        code, said = self.process.returncode, self.told.get("said", b"").decode("utf-8", "backslashreplace").strip()
        if self.ssh and code == 255:
            return NetworkError(f"cannot reach {self.name} over ssh: {said or 'it said nothing'}")
        if code in (126, 127):
            return HftermError(f"{self.name} has no {sys.executable}", "install hfterm there at the same place")
        if code == -signal.SIGKILL:
            return NetworkError(f"what led the processes on {self.name} was killed by SIGKILL")
        return None


def passed(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The part of the environment that nodes get."""
    return {name: value for name, value in environ.items() if PASSED.fullmatch(name)}


def remote(python: str = sys.executable) -> str:
    """The command line that a host is given: it holds nothing of the user's."""
    quoted = "'" + python.replace("'", "'\\''") + "'"
    return f"exec {quoted} -P -u -m {NODE}"


def words(host: Host, ssh: str = "ssh") -> list[str]:
    """The command that reaches a host."""
    return [ssh, *_SSH, "--", host.name, remote()]


def start(hosts: Sequence[Host], asked: Asked, out: Output, *, announce: bool = True, **task: Any) -> None:
    """Launch on each host as ``asked``; return when all have ended well. ``task``: more for the nodes to know.

    Raises:
        Failed: a process failed there. MissingExtraError: there is no ssh here. NetworkError: a host is not
        reached. HftermError: hfterm is not there. KeyboardInterrupt, Terminated: stopped by a signal.
    """
    ssh = shutil.which("ssh")
    if ssh is None:
        raise MissingExtraError("--nodes needs ssh, which is not installed", "or start each node by hand: --node-rank")
    common = {"cwd": str(Path.cwd()), "env": passed(), "verbose": out.verbose, **task}

    def begin(links: list[Link], stop: Stop) -> None:
        for host, share in zip(hosts, shares(hosts, asked), strict=True):
            links.append(reach(host.name, words(host, ssh), {"asked": asdict(share), **common}))

    run(begin, out, announce=announce)


def run(begin: "Callable[[list[Link], Stop], None]", out: Output, *, announce: bool = True) -> None:
    """Have ``begin`` start nodes, adding them to its list; return when all have ended well.

    Raises:
        As :func:`start`.
    """
    links: list[Link] = []
    stop = Stop(links, out if announce else None)
    with stop:
        try:
            begin(links, stop)
            stop.tell()
            _wait(links, stop)
        finally:
            for link in links:
                link.let_go()
    stop.raise_it()
    _judge(links)


def shares(hosts: Sequence[Host], asked: Asked) -> list[Asked]:
    """What each host is asked: its number, how many processes, and where all meet."""
    meet = asked.rdzv or f"{hosts[0].address}:{random.SystemRandom().randrange(20000, 30000)}"
    return [
        replace(asked, nproc=asked.nproc or host.slots, nnodes=str(len(hosts)), node_rank=number, rdzv=meet)
        for number, host in enumerate(hosts)
    ]


def reach(name: str, command: Sequence[str], task: dict[str, Any], *, ssh: bool = True) -> Node:
    """Start a node by ``command``, and give it its ``task``."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    assert process.stdin is not None
    with contextlib.suppress(OSError):  # it ended at once: its code and words say why
        process.stdin.write(to_json(task).encode() + b"\n")
        process.stdin.flush()
    told: dict[str, Any] = {}
    reader = threading.Thread(target=_relay, args=(process, told), daemon=True)
    reader.start()
    return Node(name, process, reader, told, ssh)


def _relay(process: "subprocess.Popen[bytes]", told: dict[str, Any]) -> None:
    """Pass on what a node writes to standard error as it comes; keep its last words, and how it ended."""
    assert process.stderr is not None
    mark, line = MARK.encode(), b""
    while block := os.read(process.stderr.fileno(), 65536):
        line += block
        *whole, line = line.split(b"\n")
        for one in whole:
            text, marked, facts = one.partition(mark)
            if marked:
                with contextlib.suppress(ValueError):
                    told.update(json.loads(facts))
            told["said"] = text or told.get("said", b"")
            _write(text + (b"" if marked else b"\n"))
        text, marked, rest = line.partition(mark[:1])  # a progress bar's line ends late
        _write(text)
        line = marked + rest
    _write(line)


def _write(data: bytes) -> None:
    with contextlib.suppress(OSError):
        while data:
            data = data[os.write(2, data) :]


def _wait(links: list[Link], stop: "Stop") -> None:
    """Until all have ended, or one failed and the others had their time."""
    until: float | None = None
    while any(link.poll() is None for link in links):
        if until is None and any(link.poll() for link in links):
            until = time.monotonic() + _GRACE_SECONDS
            if stop.first is None:
                for link in links:
                    link.say("TERM")
        if until is not None and stop.first is None and time.monotonic() > until:
            _end(links)
            return
        time.sleep(0.1)


def _end(links: list[Link]) -> None:
    """End what still runs, and see to it that it has."""
    for link in links:
        link.say("KILL")
    until = time.monotonic() + _KILL_SECONDS
    while any(link.poll() is None for link in links) and time.monotonic() < until:
        time.sleep(0.1)


def _judge(links: list[Link]) -> None:
    """Raise for the node that failed first, if one did."""
    world = next((link.told["world"] for link in links if link.told.get("world")), None)
    found = [(failures.from_facts(link.told["failure"]), link) for link in links if link.told.get("failure")]
    first = failures.first([failure for failure, _ in found]) if found else None
    # One that we told to stop ended because of another.
    inclined = (143, -signal.SIGTERM)
    silent = sorted(
        (link for link in links if link.poll() and not link.told.get("failure")),
        key=lambda link: link.poll() in inclined,
    )
    lost = next((error for link in silent if (error := link.lost()) is not None), None)
    if first is not None and (lost is None or not first.follows):
        link = next(link for failure, link in found if failure is first)
        raise Failed(first, world, Path(str(link.told.get("log", ""))), link.name)
    if lost is not None:
        raise lost
    for link in silent:
        code = link.poll() or 1
        if code in (130, 143) and not link.told.get("error"):  # a signal that did not come by way of us
            raise_for(signal.SIGINT if code == 130 else signal.SIGTERM)
        if link.told.get("error"):
            error = HftermError(f"{link.name}: {link.told['error']}", link.told.get("hint"))
        else:
            error = HftermError(f"{link.name} ended with exit code {code}", "what it said is above")
        error.exit_code = code if code > 0 else 128 - code
        raise error


class Stop(Caught):
    """Context: signals to stop are passed on to all nodes; the second lets go of them at once.

    ``out``: who is told; None: nobody.
    """

    def __init__(self, links: list[Link], out: Output | None) -> None:
        self._links, self._out = links, out
        self._told: list[Link] = []
        self.first: int | None = None

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """Tell the nodes to stop; the second one ends them."""
        if self.first is None:
            self.first = number
            if self._out is not None:
                with contextlib.suppress(RuntimeError):
                    self._out.note(f"told {len(self._links)} hosts to stop; once more to end at once")
            self.tell()
            return
        for link in self._links:
            link.cut()

    def tell(self) -> None:
        """Tell those to stop that were not told yet, if a signal has come."""
        if self.first is None:
            return
        for link in [link for link in self._links if link not in self._told]:
            self._told.append(link)
            link.say("INT" if self.first == signal.SIGINT else "TERM")

    def raise_it(self) -> None:
        """Raise what the signal means; nothing where there was none."""
        raise_for(self.first)
