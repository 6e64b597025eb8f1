"""Getting repositories: ``hfterm hub get`` against ``hf download`` on the same server on loopback, interleaved.

    python benchmarks/hub.py [ROUNDS]

Both come from the environment of this Python; the server is ``hfterm hub share`` over a folder of files, without Xet.
Each run is a process with an empty cache (or, warm, a filled one); CPU seconds are user and system of the process,
memory its peak. About 8 GB of free disk are needed in the folder for temporary files. Prints Markdown tables.
"""

import contextlib
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path[:] = [entry for entry in sys.path if entry != str(Path(__file__).parents[1])]

from support.link import Link, bad_link  # noqa: E402

BIN = Path(sys.executable).parent
BIG_BYTES = 2 * 10**9
KILL_BYTES = 200_000_000
TOOLS = {"hfterm": ["hub", "get"], "hf": ["download", "--quiet"]}


class Cost(NamedTuple):
    """What a process cost: seconds and MiB."""

    cpu: float
    wall: float
    memory: float


def make(folder: Path) -> None:
    """Three repositories: a thousand small files, one of 2 GB (random every 64th block), one of 200 MB."""
    dice = random.Random(0)
    small = folder / "team" / "small"
    for n in range(1000):
        path = small / f"part-{n // 100}" / f"{n}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dice.randbytes(dice.randint(100, 8000)))
    for name, size, step in (("big", BIG_BYTES, 64 << 20), ("middle", KILL_BYTES, 1 << 20)):
        (folder / "team" / name).mkdir()
        with (folder / "team" / name / "model.safetensors").open("wb") as stream:
            for at in range(0, size, step):
                stream.seek(at)
                stream.write(dice.randbytes(min(1 << 20, size - at)))
            stream.truncate(size)


@contextlib.contextmanager
def served(folder: Path, env: dict[str, str]) -> Iterator[str]:
    args = [BIN / "hfterm", "hub", "share", "--dir", folder, "--port", "0", "--no-xet"]
    with subprocess.Popen(args, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def start(tool: str, repo: str, home: Path, endpoint: str) -> "subprocess.Popen[bytes]":
    env = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("HF_", "HFTERM_"))},
        "HOME": str(home), "HF_HOME": str(home / "hf"), "HFTERM_HOME": str(home / "hfterm"), "HF_ENDPOINT": endpoint,
        "HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }  # fmt: skip
    home.mkdir(exist_ok=True)
    args = [str(BIN / tool), *TOOLS[tool], repo]
    return subprocess.Popen(args, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def cost(*processes: "subprocess.Popen[bytes]", began: float) -> Cost:
    """What the processes cost together, from ``began`` to the end of the last."""
    cpu = memory = 0.0
    for process in processes:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, process.args
        cpu += used.ru_utime + used.ru_stime
        memory = max(memory, used.ru_maxrss / 1024)
    return Cost(cpu, time.monotonic() - began, memory)


def one(tool: str, repo: str, home: Path, endpoint: str, count: int = 1) -> Cost:
    began = time.monotonic()
    return cost(*(start(tool, repo, home, endpoint) for _ in range(count)), began=began)


def killed(tool: str, home: Path, link: Link, at: float) -> float:
    """Bytes sent again, as a share of the file, after a kill when so much of it had been sent."""
    link.log.clear()
    process = start(tool, "team/middle", home, link.url)
    while link.sent < at * KILL_BYTES:
        time.sleep(0.001)
    process.kill()
    process.wait()
    one(tool, "team/middle", home, link.url)
    return (link.sent - KILL_BYTES) / KILL_BYTES


def table(title: str, found: dict[str, dict[str, list[Cost]]]) -> None:
    print(f"\n| {title} | CPU s | `hf` | wall s | `hf` | peak MiB | `hf` |\n|---|---:|---:|---:|---:|---:|---:|")
    for row, by in found.items():
        middle = {tool: [statistics.median(c[n] for c in costs) for n in range(3)] for tool, costs in by.items()}
        cells = [
            f"{middle[tool][n]:.0f}" if n == 2 else f"{middle[tool][n]:.2f}"
            for n in range(3)
            for tool in ("hfterm", "hf")
        ]
        print(f"| {row} | {' | '.join(cells)} |")


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        make(base / "repositories")
        env = {**os.environ, "HF_HOME": str(base / "server"), "HFTERM_HOME": str(base / "server")}
        found: dict[str, dict[str, list[Cost]]] = {}
        again: dict[float, dict[str, list[float]]] = {}
        with served(base / "repositories", env) as endpoint, bad_link(endpoint, rate=20e6) as link:
            one("hfterm", "team/big", base / "first", endpoint)  # the server hashes it once
            shutil.rmtree(base / "first")

            def measure(row: str, tool: str, what: Cost) -> None:
                found.setdefault(row, {}).setdefault(tool, []).append(what)
                print(row, tool, what, file=sys.stderr, flush=True)

            for n in range(rounds):
                for tool in list(TOOLS)[:: 1 if n % 2 else -1]:
                    home = base / f"home-{tool}"
                    measure("1,000 small files", tool, one(tool, "team/small", home, endpoint))
                    measure("the same again, nothing new", tool, one(tool, "team/small", home, endpoint))
                    measure("one file of 2 GB", tool, one(tool, "team/big", home, endpoint))
                    shutil.rmtree(home)
                    measure("2 GB by two processes at once", tool, one(tool, "team/big", home, endpoint, 2))
                    shutil.rmtree(home)
                    for at in (0.5, 0.9):
                        share = killed(tool, home, link, at)
                        again.setdefault(at, {}).setdefault(tool, []).append(share)
                        print("killed", at, tool, share, file=sys.stderr, flush=True)
                        shutil.rmtree(home)
        table("getting", found)
        print("\n| killed at | sent again | `hf` |\n|---|---:|---:|")
        for at, by in again.items():
            print(f"| {at:.0%} | " + " | ".join(f"{statistics.median(by[tool]):.2%}" for tool in TOOLS) + " |")


if __name__ == "__main__":
    main()
