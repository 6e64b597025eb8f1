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
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any

from hfterm.errors import HftermError, MissingExtraError, NetworkError
from hfterm.interrupts import Caught, raise_for
from hfterm.output import Output
from hfterm.text import to_json
from hfterm.train.launch import failures
from hfterm.train.launch.agent import Failed
from hfterm.train.launch.hosts import Host
from hfterm.train.launch.plan import Asked

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


@dataclass
class _Node:
    host: Host
    process: "subprocess.Popen[bytes]"
    reader: threading.Thread
    told: dict[str, Any]

    def say(self, word: str) -> None:
        """Pass a signal on by its name."""
        with contextlib.suppress(OSError, ValueError):
            assert self.process.stdin is not None
            self.process.stdin.write(word.encode() + b"\n")
            self.process.stdin.flush()


def passed(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The part of the environment that nodes get."""
    return {name: value for name, value in environ.items() if PASSED.fullmatch(name)}


def remote(python: str = sys.executable) -> str:
    """The command line that a host is given: it holds nothing of the user's."""
    quoted = "'" + python.replace("'", "'\\''") + "'"
    return f"exec {quoted} -P -u -m hfterm.train.launch.node"


def words(host: Host, ssh: str = "ssh") -> list[str]:
    """The command that reaches a host."""
    return [ssh, *_SSH, "--", host.name, remote()]


def start(hosts: Sequence[Host], asked: Asked, out: Output) -> None:
    """Launch on each host as ``asked``; return when all have ended well.

    Raises:
        Failed: a process failed there. MissingExtraError: there is no ssh here. NetworkError: a host is not
        reached. HftermError: hfterm is not there. KeyboardInterrupt, Terminated: stopped by a signal.
    """
    ssh = shutil.which("ssh")
    if ssh is None:
        raise MissingExtraError("--nodes needs ssh, which is not installed", "or start each node by hand: --node-rank")
    common = {"cwd": str(Path.cwd()), "env": passed(), "verbose": out.verbose}
    nodes: list[_Node] = []
    stop = _Stop(nodes, out)
    with stop:
        try:
            for host, share in zip(hosts, shares(hosts, asked), strict=True):
                nodes.append(_start(ssh, host, {"asked": asdict(share), **common}))
            _wait(nodes, stop)
        finally:
            for node in nodes:
                _let_go(node)
    stop.raise_it()
    _judge(nodes)


def shares(hosts: Sequence[Host], asked: Asked) -> list[Asked]:
    """What each host is asked: its number, how many processes, and where all meet."""
    meet = asked.rdzv or f"{hosts[0].address}:{random.SystemRandom().randrange(20000, 30000)}"
    return [
        replace(asked, nproc=asked.nproc or host.slots, nnodes=str(len(hosts)), node_rank=number, rdzv=meet)
        for number, host in enumerate(hosts)
    ]


def _let_go(node: _Node) -> None:
    if node.process.poll() is None:
        node.process.kill()
    node.process.wait()
    node.reader.join(5)
    with contextlib.suppress(OSError):
        assert node.process.stdin is not None
        node.process.stdin.close()


def _start(ssh: str, host: Host, task: dict[str, Any]) -> _Node:
    process = subprocess.Popen(words(host, ssh), stdin=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    assert process.stdin is not None
    with contextlib.suppress(OSError):  # it ended at once: its code and words say why
        process.stdin.write(to_json(task).encode() + b"\n")
        process.stdin.flush()
    told: dict[str, Any] = {}
    reader = threading.Thread(target=_relay, args=(process, told), daemon=True)
    reader.start()
    return _Node(host, process, reader, told)


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


def _wait(nodes: list[_Node], stop: "_Stop") -> None:
    """Until all have ended, or one failed and the others had their time."""
    until: float | None = None
    while any(node.process.poll() is None for node in nodes):
        if until is None and any(node.process.poll() for node in nodes):
            until = time.monotonic() + _GRACE_SECONDS
            if stop.first is None:
                for node in nodes:
                    node.say("TERM")
        if until is not None and stop.first is None and time.monotonic() > until:
            return
        time.sleep(0.1)


def _judge(nodes: list[_Node]) -> None:
    """Raise for the node that failed first, if one did."""
    world = next((node.told["world"] for node in nodes if node.told.get("world")), None)
    found = [(failures.from_facts(node.told["failure"]), node) for node in nodes if node.told.get("failure")]
    if found:
        first = failures.first([failure for failure, _ in found])
        node = next(node for failure, node in found if failure is first)
        raise Failed(first, world, Path(str(node.told.get("log", ""))), node.host.name)
    # One that we told to stop ended because of another.
    for node in sorted(nodes, key=lambda node: node.process.returncode in (143, -signal.SIGTERM, -signal.SIGKILL)):
        code = node.process.returncode
        if not code:
            continue
        said = node.told.get("said", b"").decode("utf-8", "backslashreplace").strip()
        if code == 255:
            raise NetworkError(f"cannot reach {node.host.name} over ssh: {said or 'it said nothing'}")
        if code in (126, 127):
            raise HftermError(f"{node.host.name} has no {sys.executable}", "install hfterm there at the same place")
        if node.told.get("error"):
            error = HftermError(f"{node.host.name}: {node.told['error']}", node.told.get("hint"))
        else:
            error = HftermError(f"{node.host.name} ended with exit code {code}", "what it said is above")
        error.exit_code = code if code > 0 else 128 - code
        raise error


class _Stop(Caught):
    """Context: signals to stop are passed on to all hosts; the second lets go of them at once."""

    def __init__(self, nodes: list[_Node], out: Output) -> None:
        self._nodes, self._out = nodes, out
        self.first: int | None = None

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """Tell the hosts to stop; the second one ends the streams."""
        if self.first is None:
            self.first = number
            with contextlib.suppress(RuntimeError):
                self._out.note(f"told {len(self._nodes)} hosts to stop; once more to end at once")
            for node in self._nodes:
                node.say("INT" if number == signal.SIGINT else "TERM")
            return
        for node in self._nodes:  # the stream ends, and with it the processes there
            node.process.kill()

    def raise_it(self) -> None:
        """Raise what the signal means; nothing where there was none."""
        raise_for(self.first)
