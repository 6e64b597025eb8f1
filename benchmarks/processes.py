"""One process, measured from outside: CPU seconds, wall seconds, peak memory, what it wrote."""

import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from typing import NamedTuple


class Taken(NamedTuple):
    """What a process took. ``cpu`` is user and system seconds; ``rows`` counts the braces that it wrote."""

    cpu: float
    wall: float
    peak_mib: float
    rows: int


def run(argv: Sequence[str], env: dict[str, str], cwd: str, stdin: str | None = None) -> Taken:
    """One process to its end; ``stdin`` names a file that comes to it through a pipe."""
    feeder = subprocess.Popen(["cat", stdin], stdout=subprocess.PIPE) if stdin else None
    with tempfile.TemporaryFile() as out:
        began = time.perf_counter()
        child = subprocess.Popen(
            argv,
            env=env,
            cwd=cwd,
            stdin=feeder.stdout if feeder else subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.DEVNULL,
        )
        if feeder and feeder.stdout:
            feeder.stdout.close()
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        if feeder:
            feeder.wait()
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"{' '.join(argv)} ended with {child.returncode}")
        out.seek(0)
        count = sum(piece.count(b"{") for piece in iter(lambda: out.read(1 << 16), b""))
    return Taken(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, count)


def stream(argv: Sequence[str], env: dict[str, str], cwd: str, data: bytes, length: int) -> Taken:
    """One process that is sent ``data`` over and over through a pipe, at least ``length`` bytes in all."""
    began = time.perf_counter()
    child = subprocess.Popen(argv, env=env, cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert child.stdin
    for _ in range(-(-length // len(data))):
        child.stdin.write(data)
    child.stdin.close()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(argv)} ended with {child.returncode}")
    return Taken(used.ru_utime + used.ru_stime, time.perf_counter() - began, used.ru_maxrss / 1024, 0)
