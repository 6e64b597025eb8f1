"""What the dashboard costs a terminal and its line, against its peers, interleaved in one run.

    python benchmarks/wire.py [ROUNDS] [--peers FOLDER]

Every program runs in a pseudo-terminal that answers what a terminal answers. Measured from outside: CPU
seconds of the process tree until its first frame and until it is quiet, bytes up to then, resident memory,
bytes a second while nothing is pressed, and how long a key takes and how many bytes it brings, on a free
line and on one of 10 kB/s. hfterm shows `hfterm ui --demo` (eight GPUs, a curve, a log, at 1 Hz); it is run
as it is, and with Textual's own driver. FOLDER may hold environments of the peers (nvitop, wandb, oterm,
toolong), each in a folder of its name; those that are missing are left out. Then :mod:`wire_deeds`. Prints
Markdown tables.
"""

import argparse
import contextlib
import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import psutil

# The tests have a folder named hfterm too: the checkout comes before it.
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1]))

import wire_deeds

from support.cli import environment
from support.fakenvml.build import Machine, build
from support.ptys import Pty

BIN = Path(sys.executable).parent
SIZES = ((80, 24), (120, 40), (240, 60))
IDLE_SECONDS = 6.0
SLOW = 10_000
# A frame is there when so many signs can be seen.
FRAME_SIGNS = 20

FIELDS = ("frame_cpu", "start_cpu", "start_bytes", "memory", "idle_bps", "idle_cpu", "key_ms", "key_bytes")

BARE = """
from textual.app import App
from textual.widgets import Footer, Static
class Bare(App):
    BINDINGS = [("n", "next", "next")]
    n = 0
    def compose(self):
        yield Static("hello", id="s")
        yield Footer()
    def action_next(self):
        self.n += 1
        self.query_one("#s").update(f"hello {self.n}")
Bare().run()
"""
PLAIN_DRIVER = """
from hfterm.dashboard import launch, terminal
import os, sys
found = launch.check()
terminal.apply(found)
os.environ.pop("TEXTUAL_DRIVER", None)
from hfterm.dashboard.app import HftermApp, Options
from hfterm.dashboard.sources import pretend
HftermApp(pretend(), Options(), found).run()
"""


class Program(NamedTuple):
    """A program to measure; ``key`` is one that changes the screen a little, ``leave`` ends it."""

    name: str
    argv: Sequence[str | Path]
    key: str
    leave: tuple[str, ...]
    # What stands on the screen after the key if it did not before, and the other way round; "": any byte answers it.
    sign: str = ""
    env: dict[str, str] = {}  # noqa: RUF012 (never changed)


def programs(home: Path, peers: Path | None) -> list[Program]:
    """hfterm, Textual with nothing in it, and the peers that are there."""
    python = sys.executable
    found = [
        Program("hfterm ui --demo", [BIN / "hfterm", "ui", "--demo"], "y", ("Q",), "  log "),
        Program("the same, Textual's driver", [python, "-P", "-c", PLAIN_DRIVER], "y", ("Q",), "  log "),
        Program("Textual with nothing in it", [python, "-c", BARE], "n", ("ctrl+q",)),
    ]
    if peers is None:
        return found
    machine = Machine(build(home / "nvml"), home / "nvml" / "settings")
    nvml = {name: value for name, value in machine.env.items() if name != "PYTHONPATH"}
    threading.Thread(target=busy, args=(machine,), daemon=True).start()
    log = home / "big.log"
    log.write_text("".join(f"2026-11-23 08:00:00 step {n} loss {1 / (n + 1):.5f}\n" for n in range(20_000)))
    rows = [
        Program("nvitop (8 GPUs)", [peers / "nvitop/bin/nvitop", "--interval", "1"], "down", ("q",), "", nvml),
        Program("wandb leet symon", [peers / "wandb/bin/wandb", "beta", "leet", "symon"], "g", ("q", "ctrl+c")),
        Program("oterm", [peers / "oterm/bin/oterm"], "tab", ("ctrl+q",)),
        Program("toolong (20k lines)", [peers / "toolong/bin/tl", log], "up", ("ctrl+c",)),
    ]
    return found + [row for row in rows if Path(row.argv[0]).exists()]


def busy(machine: Machine) -> None:
    """Eight GPUs whose figures change as those of GPUs at work do, once a second, while their folder is there."""
    chance = random.Random(0)
    while machine.library.exists():
        with contextlib.suppress(FileNotFoundError):
            machine.set(
                gpus=8,
                util=",".join(str(chance.randint(90, 99)) for _ in range(8)),
                used=",".join(str(chance.randint(70_000, 74_000)) for _ in range(8)),
            )
        time.sleep(1)


def tree(pid: int) -> list[psutil.Process]:
    """A process and all below it."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def cpu(pid: int) -> float:
    """CPU seconds of a process tree, those of ended children included."""
    total = 0.0
    for process in tree(pid):
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def resident(pid: int) -> float:
    """MiB of memory that a process tree keeps."""
    total = 0
    for process in tree(pid):
        try:
            total += process.memory_info().rss
        except psutil.Error:
            continue
    return total / 2**20


def signs(term: Pty) -> int:
    """Signs that can be seen."""
    return sum(not c.isspace() for c in term.screen.text)


def one(program: Program, size: tuple[int, int], home: Path, rate: int = 0) -> dict[str, float | None]:
    """Start a program, leave it alone, press its key, end it."""
    got: dict[str, float | None] = {}
    env = environment(home, {"COLORTERM": "truecolor", **program.env})
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # who starts a program twice has it compiled
    with Pty(program.argv, size=size, env=env, cwd=home, rate=rate) as term:
        began = time.monotonic()
        while signs(term) < FRAME_SIGNS and time.monotonic() - began < 30 and not term.closed:
            term.pump(0.005)
        got["frame_s"], got["frame_cpu"] = time.monotonic() - began, cpu(term.pid)
        quiet_since, before = time.monotonic(), len(term.raw)
        while time.monotonic() - quiet_since < 0.7 and time.monotonic() - began < 20:
            term.pump(0.02)
            if len(term.raw) != before:
                quiet_since, before = time.monotonic(), len(term.raw)
        got["start_bytes"], got["start_cpu"] = len(term.raw), cpu(term.pid)
        spent = cpu(term.pid)
        got["idle_bps"] = term.pump_for(IDLE_SECONDS) / IDLE_SECONDS
        got["idle_cpu"] = 100 * (cpu(term.pid) - spent) / IDLE_SECONDS
        delays, sizes = [], []
        for _ in range(5):
            term.settle(0.05, 1.0)
            mark, pressed, before = len(term.raw), time.monotonic(), program.sign in term.screen.text
            term.press(program.key)
            while time.monotonic() - pressed < 3:
                term.pump(0.001)
                if (program.sign in term.screen.text) != before if program.sign else len(term.raw) > mark:
                    break
            delays.append(1000 * (time.monotonic() - pressed))
            term.settle(0.1, 1.0)
            sizes.append(len(term.raw) - mark)
        got["key_ms"], got["key_bytes"] = statistics.median(delays), statistics.median(sizes)
        got["memory"] = resident(term.pid)
        for key in program.leave:
            term.press(key)
            term.pump_for(0.2)
    return got


def main() -> None:
    """Measure round by round, every program in each, and print medians."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rounds", nargs="?", type=int, default=3)
    parser.add_argument("--peers", type=Path)
    args = parser.parse_args()
    taken: dict[tuple[str, str], list[dict[str, float | None]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        rows = programs(home, args.peers)
        for _ in range(args.rounds):
            for program in rows:
                for size in SIZES:
                    if size != (120, 40) and not program.name.startswith(("hfterm", "the same", "nvitop")):
                        continue
                    taken.setdefault((program.name, f"{size[0]}x{size[1]}"), []).append(one(program, size, home))
                taken.setdefault((program.name, "slow"), []).append(one(program, (120, 40), home, SLOW))
                print(program.name, json.dumps(taken[program.name, "120x40"][-1]), file=sys.stderr)

    def median(name: str, case: str, field: str) -> str:
        values = [r[field] for r in taken.get((name, case), []) if r[field] is not None]
        if not values:
            return "-"
        value = statistics.median(values)
        return f"{value:,.2f}" if value < 10 and field.endswith(("cpu", "_s")) else f"{value:,.0f}"

    print("| 120x40 | first frame CPU s | start CPU s | start bytes | memory MiB | idle B/s | idle CPU % |"
          " key ms | key bytes | key ms at 10 kB/s |")  # fmt: skip
    print("|---|" + "---:|" * 9)
    for program in rows:
        cells = [median(program.name, "120x40", field) for field in FIELDS]
        print(f"| {program.name} | {' | '.join(cells)} | {median(program.name, 'slow', 'key_ms')} |")
    print("\n| idle B/s | 80x24 | 120x40 | 240x60 |\n|---|---:|---:|---:|")
    for program in rows:
        cells = [median(program.name, f"{w}x{h}", "idle_bps") for w, h in SIZES]
        print(f"| {program.name} | {' | '.join(cells)} |")
    with tempfile.TemporaryDirectory() as folder:
        wire_deeds.tables(args.rounds, Path(folder), args.peers, cpu)


if __name__ == "__main__":
    os.environ.pop("NO_COLOR", None)
    main()
