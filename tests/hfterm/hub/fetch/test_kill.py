"""Killed at random: nothing wrong, nothing begun again, nothing left over."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hfterm.hub.client import Repo
from hfterm.hub.fetch.get import How, get
from support.cli import environment
from support.hub import Hub
from support.link import Link

KILLS = 50
SIZE = 12_000_000
# Starts a process for each line it reads, at a fork's cost: prints its number, and after another line how it ended.
FORKER = """
import os, sys
from hfterm.hub.client import Repo
from hfterm.hub.fetch.get import How, get
for line in sys.stdin:
    repo, connections = line.split()
    pid = os.fork()
    if not pid:
        get(Repo(repo), how=How(connections=int(connections)))
        os._exit(0)
    print(pid, flush=True)
    sys.stdin.readline()
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


@contextmanager
def forker(env: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-P", "-c", FORKER], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        assert process.stdin
        process.stdin.close()


def killed(process: "subprocess.Popen[str]", pid: int) -> int:
    """Kill a process; returns how it ended."""
    assert process.stdin and process.stdout
    os.kill(pid, signal.SIGKILL)
    process.stdin.write("\n")
    process.stdin.flush()
    return int(process.stdout.readline())


def test_killed_fifty_times(hub: Hub, link: Link, cache: Path, isolated: Path) -> None:
    seed = random.randrange(10**6)
    print("seed", seed)
    dice = random.Random(seed)
    data = dice.randbytes(SIZE)
    made = hub.seed({"w.bin": data})
    blobs = cache / f"models--{made.id.replace('/', '--')}" / "blobs"
    partial = blobs / f"{hashlib.sha256(data).hexdigest()}.hfterm.incomplete"
    env = environment(isolated, {**hub.env(), "HF_ENDPOINT": link.url, "HF_HOME": str(isolated / "hf")})
    link.rate = 10e6  # so that there is something to be killed in
    ended, stops = [], [0]
    resumed = 0
    with forker(env) as process:
        assert process.stdin and process.stdout
        for kill in range(KILLS):
            # What is sent in one go is in order: where it stopped is told by the length.
            connections = 1 if kill < KILLS // 2 else 2
            ordered = connections == 1 and partial.exists()
            stopped_at, since = partial.stat().st_size if ordered else 0, len(link.bodies())
            process.stdin.write(f"{made.id} {connections}\n")
            process.stdin.flush()
            pid = int(process.stdout.readline())
            time.sleep(dice.random() * 0.05)
            if dice.random() < 0.5:  # else in whatever it does first
                more = link.sent + dice.randrange(SIZE // KILLS)
                until = time.monotonic() + 2  # it may have come to its end
                while link.sent < more and time.monotonic() < until:
                    time.sleep(0.001)
            ended.append(killed(process, pid))
            first = [asked.start for asked in link.bodies()[since:] if "w.bin" in asked.path][:1]
            if ordered and first:
                # What the one before asked for may reach the link late.
                assert first[0] in (stopped_at, stops[-1]), kill
                resumed += first == [stopped_at]
                stops.append(stopped_at)
            if ended[-1] == 0:  # it was faster than we: again from nothing
                (path,) = cache.rglob("w.bin")
                assert path.read_bytes() == data and not list(cache.rglob("*.incomplete"))
                path.resolve().unlink()
    print("ended", sorted(set(ended)), "resumed", resumed, "MB sent", link.sent / 1e6)
    assert set(ended) <= {0, -signal.SIGKILL} and ended.count(-signal.SIGKILL) >= 10 and resumed
    link.rate = None
    got = get(Repo(made.id), how=How(retries=0))
    assert Path(got.path, "w.bin").read_bytes() == data
    assert not [p for p in cache.rglob("*") if p.name.endswith((".incomplete", ".tmp"))]


def test_what_is_sent_again_is_nothing_to_speak_of(hub: Hub, link: Link, cache: Path, isolated: Path) -> None:
    """Killed when all that was sent has arrived: not a byte of it is sent again."""
    import threading

    from support.link import Fault

    data = random.Random(3).randbytes(SIZE)
    made = hub.seed({"w.bin": data})
    over = threading.Event()
    stops = iter((SIZE // 2, SIZE * 9 // 10 - SIZE // 2))
    link.fault = lambda asked: Fault(after=next(stops), stall=over) if "w.bin" in asked.path else None
    env = environment(isolated, {**hub.env(), "HF_ENDPOINT": link.url, "HF_HOME": str(isolated / "hf")})
    with forker(env) as process:
        assert process.stdin and process.stdout
        for have in (SIZE // 2, SIZE * 9 // 10):
            process.stdin.write(f"{made.id} 1\n")
            process.stdin.flush()
            pid = int(process.stdout.readline())
            until = time.monotonic() + 60
            while not any(p.stat().st_size == have for p in cache.rglob("*.incomplete")):
                assert time.monotonic() < until
                time.sleep(0.002)
            assert killed(process, pid) == -signal.SIGKILL
    over.set()
    link.fault = lambda asked: None
    got = get(Repo(made.id))
    assert Path(got.path, "w.bin").read_bytes() == data
    assert [asked.start for asked in link.bodies() if "w.bin" in asked.path] == [0, SIZE // 2, SIZE * 9 // 10]
    assert sum(asked.sent for asked in link.bodies() if "w.bin" in asked.path) == SIZE
