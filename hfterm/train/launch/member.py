"""Another than the first node of a Slurm job: it trains its share when the first one says so.

See :mod:`hfterm.train.launch.members` for what the two say to each other.
"""

import contextlib
import queue
import signal
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from types import FrameType
from typing import Any

from hfterm.errors import HftermError, NetworkError, UsageError
from hfterm.interrupts import Caught, raise_for
from hfterm.output import Output
from hfterm.text import to_json
from hfterm.train.launch import slurm, spread
from hfterm.train.launch.child import LIFE
from hfterm.train.launch.members import SAY_SECONDS, WAIT_SECONDS, Gate, lines
from hfterm.train.launch.node import WORDS, Obedient, obey, told
from hfterm.train.launch.plan import Asked
from hfterm.train.launch.shape import Shape, in_slurm, shape
from hfterm.train.launch.slurm import Place
from hfterm.train.launch.start import start


class _Idle(Caught):
    """Context of a member between two lives: a word of the leader's that comes too late ends nothing."""

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """Raise what the signal means, unless it is such a word."""
        if not Obedient.words:
            raise_for(number)


def serve(place: Place, shape: Shape, asked: Asked, out: Output) -> None:
    """Be a member: train this node's share whenever the leader says so; return when it has ended well.

    Raises:
        NetworkError: the leader is not reached, or lost. HftermError: the leader failed; the error has its exit code.
        KeyboardInterrupt, Terminated: it was stopped.
    """
    inbox: queue.Queue[dict[str, Any]] = queue.Queue()
    over = threading.Event()
    with _reach(place, out) as connection, _Idle(), contextlib.ExitStack() as ending:
        ending.callback(over.set)

        def send(facts: dict[str, Any]) -> None:
            with contextlib.suppress(OSError):
                connection.sendall(to_json(facts).encode() + b"\n")

        def read() -> None:
            with contextlib.suppress(OSError):
                for facts in lines(connection):
                    if facts.get("say") in WORDS:
                        obey(facts["say"])
                    else:
                        inbox.put(facts)
                    if "end" in facts:
                        return
            if not over.is_set():
                # The one that keeps the run's files is gone. Told last: our signals are heeded only until then.
                obey("KILL")
            inbox.put({"gone": True})

        who = {"node": place.rank, "job": place.job, "host": socket.gethostname()}
        send({**who, "processes": shape.processes, "device": shape.device})
        threading.Thread(target=read, daemon=True).start()
        while True:
            facts = inbox.get()
            if "end" in facts:
                _ended(int(facts["end"]), place)
                return
            if "gone" in facts:
                raise NetworkError(f"the connection to the first node, {place.first}, broke")
            if not isinstance(facts.get("begin"), int):
                continue
            Obedient.words = 0
            meet = f"{place.first}:{facts['begin']}"
            env = {**asked.env, LIFE: str(facts.get("life", 0))}
            share = replace(asked, nnodes=str(place.nodes), node_rank=place.rank, rdzv=meet, env=env, max_restarts=0)
            code, words = 0, dict[str, Any]()
            try:
                start(share, out, announce=False, heed=Obedient)
            except BaseException as exc:
                code, words = told(exc)
            send({**words, "code": code})


def _ended(code: int, place: Place) -> None:
    if code in (130, 143):
        raise_for(signal.SIGINT if code == 130 else signal.SIGTERM)
    if code:
        error = HftermError(f"the first node, {place.first}, ended with exit code {code}", "its own output says why")
        error.exit_code = code
        raise error


def _reach(place: Place, out: Output) -> socket.socket:
    """A connection to the leader, which may have to prepare much before it listens."""
    began, said = time.monotonic(), False
    while True:
        try:
            connection = socket.create_connection((place.first, place.port), timeout=10)
        except OSError as exc:
            waited = time.monotonic() - began
            if waited > WAIT_SECONDS:
                raise NetworkError(
                    f"the first node, {place.first}, did not answer on port {place.port} in {waited:.0f} s: {exc}"
                ) from exc
            if waited > SAY_SECONDS and not said:
                said = True
                out.note(f"waiting for the first node, {place.first}, at port {place.port}")
            time.sleep(0.5)
            continue
        connection.settimeout(None)
        return connection


@contextlib.contextmanager
def part(recipe: Any, out: Output) -> Iterator[bool]:
    """Context: take this process's part in the recipe's run. False: it was that of a member, and is done.

    Raises:
        As :func:`serve`. UsageError: as :func:`hfterm.train.launch.shape.in_slurm`.
    """
    place = in_slurm(recipe) if recipe is not None else None
    if place is None:
        yield True
    elif place.rank == 0:
        with Gate(place, out):
            yield True
    else:
        made = shape(recipe.check())
        serve(place, made, spread.asked(made, None, out, {}), out)
        yield False


def is_member() -> bool:
    """Whether this process runs on another than the first node of a Slurm job: the first leads, and tells."""
    try:
        place = slurm.place()
    except UsageError:
        return False
    return place is not None and place.rank > 0
