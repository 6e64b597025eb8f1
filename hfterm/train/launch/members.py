"""The nodes of a Slurm job that train a run together: the first leads, the others do as it says.

``srun`` starts the same command on every node. The one of the first node plans the run and keeps its files; those of
the others, its members, connect to it and wait. What is said, a JSON object a line::

    member to leader   {"node": 1, "job": "42", "host": "b", "processes": 8, "device": "cuda"}
                       {"code": 0, ...}         its processes have ended; more as a node over ssh tells
    leader to member   {"begin": PORT, "life": 0}, {"say": "TERM"}, {"end": CODE}

Nothing said here is run: a member trains with what its own command line and its job say.
"""

import contextlib
import json
import random
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from hfterm.errors import CheckFailedError, HftermError, NetworkError
from hfterm.output import Output
from hfterm.text import sanitize, to_json
from hfterm.train.launch import nodes
from hfterm.train.launch.child import LIFE
from hfterm.train.launch.plan import Asked
from hfterm.train.launch.shape import Shape
from hfterm.train.launch.slurm import Place

# How long to wait for the others: the first may have much data to prepare.
WAIT_SECONDS = 3600.0
# How long the first waits before it says what it waits for, and how long to tell the others that all is over.
SAY_SECONDS, END_SECONDS = 60.0, 60.0
_LINE = 1 << 20


class Member:
    """Another node of the job, as the leader sees it (a :class:`nodes.Link`)."""

    def __init__(self, connection: socket.socket, hello: dict[str, Any]) -> None:
        self.hello, self.name = hello, sanitize(str(hello.get("host")))
        self.told: dict[str, Any] = {}
        self._connection, self._gone = connection, False
        self._code: int | None = 0
        connection.settimeout(None)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with self._connection, contextlib.suppress(OSError):
            for facts in lines(self._connection):
                code = facts.pop("code", None)
                if isinstance(code, int):
                    self.told, self._code = facts, code
        self._gone = True

    def _send(self, **facts: Any) -> None:
        with contextlib.suppress(OSError):
            self._connection.sendall(to_json(facts).encode() + b"\n")

    def begin(self, port: int, life: int) -> None:
        """Have it start its processes, which meet the others at ``port`` of the first node."""
        self.told, self._code = {}, None
        self._send(begin=port, life=life)

    def poll(self) -> int | None:
        """The exit code of its share; None while it is at work."""
        if self._code is None and self._gone:
            return 255
        return self._code

    def say(self, word: str) -> None:
        """Pass a signal on by its name."""
        self._send(say=word)

    def cut(self) -> None:
        """End its processes at once."""
        self.say("KILL")

    def let_go(self) -> None:
        """End its processes if they have not ended; the connection stays for the next life."""
        if self.poll() is None:
            self.cut()
            until = time.monotonic() + END_SECONDS
            while self.poll() is None and time.monotonic() < until:
                time.sleep(0.05)

    def lost(self) -> HftermError | None:
        """That the connection broke, if it did."""
        return NetworkError(f"the connection to {self.name} broke") if self._gone and not self.told else None

    def end(self, code: int) -> None:
        """Tell it how all ended."""
        self._send(end=code)
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)


def lines(connection: socket.socket) -> Iterator[dict[str, Any]]:
    """The objects that come over a connection, until it ends; lines that hold none are left out."""
    with connection.makefile("rb") as stream:
        while line := stream.readline(_LINE):
            with contextlib.suppress(ValueError):
                if isinstance(facts := json.loads(line), dict):
                    yield facts


class Gate:
    """Context of the leader: the members come in, and learn how it ended when it is left."""

    def __init__(self, place: Place, out: Output) -> None:
        self.place, self.out, self.members = place, out, dict[int, Member]()

    def __enter__(self) -> "Gate":
        global _gate
        dual = socket.has_dualstack_ipv6()
        family = socket.AF_INET6 if dual else socket.AF_INET
        try:
            self._listener = socket.create_server(
                ("", self.place.port), family=family, dualstack_ipv6=dual, backlog=min(4096, self.place.nodes)
            )
        except OSError as exc:
            raise NetworkError(
                f"cannot listen for the other nodes on port {self.place.port}: {exc.strerror or exc}",
                "another program has it; the port follows from the job's number: submit it again",
            ) from exc
        self._listener.settimeout(0.2)
        _gate = self
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, trace: object) -> None:
        global _gate
        _gate = None
        code = 0
        if exc is not None:
            from hfterm.train.launch.node import told

            code = told(exc)[0] or 1
        with contextlib.suppress(OSError):
            # Those that have yet to come would wait for nothing.
            until = time.monotonic() + END_SECONDS
            while self.missing() and time.monotonic() < until:
                self.admit()
            for member in self.members.values():
                member.end(code)
        self._listener.close()

    def missing(self) -> int:
        """How many members have yet to come."""
        return self.place.nodes - 1 - len(self.members)

    def admit(self) -> None:
        """Let in one member, if one comes in the next moment."""
        try:
            connection, _ = self._listener.accept()
        except TimeoutError:
            return
        connection.settimeout(10)
        hello: dict[str, Any] = {}
        with contextlib.suppress(OSError):
            hello = next(lines(connection), {})
        number = hello.get("node")
        if hello.get("job") != self.place.job or not isinstance(number, int):
            connection.close()
        elif 0 < number < self.place.nodes and number not in self.members:
            self.members[number] = Member(connection, hello)
        else:
            connection.close()

    def all(self, shape: Shape, stop: nodes.Stop) -> list[Member]:
        """All members, once they are there; none where a signal came before that.

        Raises:
            NetworkError: one did not come. CheckFailedError: one would train otherwise than this node.
        """
        began, said = time.monotonic(), False
        while self.missing() and stop.first is None:
            self.admit()
            waited = time.monotonic() - began
            if waited > WAIT_SECONDS:
                raise NetworkError(f"{self.missing()} of {self.place.nodes} nodes have not come in {waited:.0f} s")
            if waited > SAY_SECONDS and not said:
                said = True
                self.out.note(f"waiting for {self.missing()} of {self.place.nodes} nodes")
        if stop.first is not None:
            return []
        for _, member in sorted(self.members.items()):
            for key, wanted in (("processes", shape.processes), ("device", shape.device)):
                if (has := member.hello.get(key)) != wanted:
                    raise CheckFailedError(
                        f"{member.name} would train with {key} {has!r}, and this node with {wanted!r}",
                        "give all nodes the same command, and the same kind and number of GPUs",
                    )
        return [member for _, member in sorted(self.members.items())]


_gate: Gate | None = None


def start(asked: Asked, shape: Shape, out: Output) -> None:
    """Train as ``asked`` on this node, the first, and on all others of the job; return when all have ended well.

    Raises:
        As :func:`nodes.start`. UsageError: this is not the first node of a job.
    """
    gate = _gate
    if gate is None:
        raise CheckFailedError("a run on the nodes of a Slurm job begins with the command of a training method")
    place, port = gate.place, free_port()

    def begin(links: list[nodes.Link], stop: nodes.Stop) -> None:
        found = gate.all(shape, stop)
        if stop.first is not None:
            return
        share = replace(asked, nnodes=str(place.nodes), node_rank=0, rdzv=f"{place.first}:{port}")
        task = {"asked": asdict(share), "cwd": ".", "env": {}, "verbose": out.verbose}
        words = [sys.executable, "-P", "-u", "-m", nodes.NODE]
        links.append(nodes.reach(socket.gethostname(), words, task, ssh=False))
        for member in found:
            member.begin(port, int(asked.env.get(LIFE) or 0))
            links.append(member)

    nodes.run(begin, out, announce=False)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    for _ in range(100):
        port = random.SystemRandom().randrange(20000, 30000)
        with contextlib.suppress(OSError), socket.create_server(("", port)):
            return port
    raise NetworkError("no port between 20000 and 30000 is free on this machine")
