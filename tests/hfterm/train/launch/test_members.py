"""What the nodes of a Slurm job say to each other, over real connections."""

import contextlib
import signal
import socket
import threading
from collections.abc import Callable

import pytest

from hfterm.errors import CheckFailedError, HftermError, NetworkError, Terminated
from hfterm.output import Output
from hfterm.text import to_json
from hfterm.train.launch import member, members, nodes
from hfterm.train.launch.plan import Asked
from hfterm.train.launch.shape import Shape
from hfterm.train.launch.slurm import Place

SHAPE = Shape(4, "cpu", nodes=2)
QUIET = Output(quiet=True, progress="none")


def place(rank: int, port: int) -> Place:
    return Place(2, rank, "127.0.0.1", port, "77")


def gate_in_thread(port: int, meanwhile: Callable[[members.Gate], None]) -> threading.Thread:
    """A leader in a thread; ``meanwhile`` is what it does before it leaves its gate."""

    def lead() -> None:
        with contextlib.suppress(HftermError, Terminated), members.Gate(place(0, port), QUIET) as gate:
            meanwhile(gate)

    thread = threading.Thread(target=lead)
    thread.start()
    return thread


def serve(port: int, shape: Shape = SHAPE) -> None:
    member.serve(place(1, port), shape, Asked("module", module=True), QUIET)


def test_a_member_learns_how_all_ended() -> None:
    for raised, expected in ((None, None), (CheckFailedError("no"), 6), (Terminated(), Terminated)):

        def leave(gate: members.Gate, raised: BaseException | None = raised) -> None:
            if raised is not None:
                raise raised

        port = members.free_port()
        leader = gate_in_thread(port, leave)
        if expected is None:
            serve(port)
        elif expected is Terminated:
            with pytest.raises(Terminated):
                serve(port)
        else:
            with pytest.raises(HftermError, match=r"the first node, 127\.0\.0\.1, ended with exit code 6") as ended:
                serve(port)
            assert ended.value.exit_code == 6
        leader.join(60)
        assert not leader.is_alive()


def test_a_node_that_would_train_otherwise_is_refused() -> None:
    port, said = members.free_port(), list[str]()

    def check(gate: members.Gate) -> None:
        try:
            gate.all(SHAPE, nodes.Stop([], None))
        except CheckFailedError as exc:
            said.append(exc.message)
            raise

    leader = gate_in_thread(port, check)
    with pytest.raises(HftermError):
        serve(port, Shape(2, "cpu", nodes=2))
    leader.join(60)
    assert said and said[0].endswith("would train with processes 2, and this node with 4")


def test_strangers_are_turned_away() -> None:
    port, found = members.free_port(), list[int]()

    def admit(gate: members.Gate) -> None:
        while gate.missing():
            gate.admit()
        found.extend(gate.members)

    leader = gate_in_thread(port, admit)
    for hello in (b"GET / HTTP/1.0\r\n\r\n", b"[]\n", b'{"job": "78", "node": 1}\n', b'{"job": "77", "node": 9}\n'):
        while True:
            try:
                stranger = socket.create_connection(("127.0.0.1", port), timeout=60)
                break
            except ConnectionRefusedError:
                continue
        with stranger:
            stranger.sendall(hello)
            stranger.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionResetError):
                assert stranger.recv(1) == b""
    serve(port)
    leader.join(60)
    assert found == [1]


def test_a_leader_that_is_gone_ends_its_member() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def vanish() -> None:
            connection, _ = server.accept()
            with connection:
                assert next(members.lines(connection))["node"] == 1
                connection.sendall(to_json({"begin": "no port"}).encode() + b"\nno object\n")

        leader = threading.Thread(target=vanish)
        leader.start()
        readers = set(threading.enumerate())
        strays = list[int]()
        before = signal.signal(signal.SIGTERM, lambda number, frame: strays.append(number))
        try:
            with pytest.raises(NetworkError, match="the connection to the first node"):
                serve(port)
            for thread in set(threading.enumerate()) - readers:
                thread.join(60)
        finally:
            signal.signal(signal.SIGTERM, before)
        leader.join(60)
        assert not strays  # none of its signals reaches who called it
