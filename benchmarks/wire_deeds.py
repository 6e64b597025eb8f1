"""What single deeds cost: an answer that is streamed, the end of a log of 10 GB, a list of 100,000 rows.

For ``benchmarks/wire.py``, which prints this after its own tables. CPU seconds and bytes: on a busy machine wall
times say little.
"""

import itertools
import json
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from hfterm.inference.pretend import ANSWERS
from support.cli import environment
from support.openai_server import OpenAIServer, Reply
from support.ptys import Pty

BIN = Path(sys.executable).parent
SIZE = (120, 40)
TOKENS, RATE = 2000, 100
GIB = 1 << 30
LOG_SIZE, LOG_SECONDS = 10 * GIB, 60.0
LAST = "step 99999 the last line"

# An answer streamed into Textual's own widget, as its documentation shows it.
MARKDOWN = """
import asyncio, json, sys
from textual.app import App
from textual.containers import VerticalScroll
from textual.widgets import Markdown, Static
pieces = json.load(open(sys.argv[1]))
class Bare(App):
    def compose(self):
        yield Static("hello, this is a chat")
        with VerticalScroll() as scroll:
            scroll.anchor()
            yield Markdown(id="m")
    async def on_mount(self):
        self.run_worker(self.go())
    async def go(self):
        await asyncio.sleep(1)
        stream = Markdown.get_stream(self.query_one("#m"))
        for piece in pieces:
            await stream.write(piece)
            await asyncio.sleep(1 / float(sys.argv[2]))
        await stream.stop()
        self.query_one(Static).update("all has come")
Bare().run()
"""
# CPU milliseconds to fill a list and paint it; the app is there already.
LISTS = """
import asyncio, sys, time
kind, count = sys.argv[1], int(sys.argv[2])
rows = [(n, f"name-{n}", f"{n * 7 % 1000}") for n in range(count)]
async def measure(app, fill):
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        began = time.process_time()
        fill(app)
        await pilot.pause()
        print(1000 * (time.process_time() - began))
if kind == "hfterm":
    sys.path[:0] = sys.argv[3:]
    from support.dash import make_app
    from hfterm.dashboard.widgets.virtual_list import Column, VirtualList
    class Rows(VirtualList):
        COLUMNS = (Column("n", 8, right=True), Column("name", 20), Column("value"))
        def key(self, row): return row[0]
        def cells(self, row): return [(str(cell), "plain") for cell in row]
        def words(self, row): return row[1]
    shown, app = Rows(), make_app()
    async def main():
        async with app.run_test(size=(120, 40)) as pilot:
            await app.screen.mount(shown)
            app.screen.maximize(shown)
            await pilot.pause()
            began = time.process_time()
            shown.set_rows(rows)
            painted = shown.render_lines(shown.region.reset_offset)
            print(1000 * (time.process_time() - began))
            assert any("name-9" in line.text for line in painted), painted
    asyncio.run(main())
else:
    from textual.app import App
    from textual.widgets import DataTable, OptionList
    class Bare(App):
        def compose(self):
            yield DataTable() if kind == "DataTable" else OptionList()
    def fill(app):
        if kind == "DataTable":
            table = app.query_one(DataTable)
            table.add_columns("n", "name", "value")
            table.add_rows(rows)
        else:
            app.query_one(OptionList).add_options([" ".join(map(str, row)) for row in rows])
    asyncio.run(measure(Bare(), fill))
"""


def pieces() -> list[str]:
    """An answer of 2,000 tokens, with lists, tables and code."""
    found: list[str] = []
    for text in itertools.cycle(ANSWERS):
        found += re.findall(r"\s*\S{1,6}|\s+$", text)
        found.append("\n\n")
        if len(found) >= TOKENS:
            return found[:TOKENS]
    raise AssertionError


def chat(home: Path, cpu: Callable[[int], float]) -> dict[str, tuple[float, float]]:
    """Bytes and CPU seconds of an answer of 2,000 tokens, 100 a second, by program."""
    found: dict[str, tuple[float, float]] = {}
    answer = home / "pieces.json"
    answer.write_text(json.dumps(pieces()))
    env = environment(home, {"COLORTERM": "truecolor"})

    sent = threading.Event()

    def streamed() -> Iterator[str]:
        for piece in pieces():
            time.sleep(1 / RATE)
            yield piece
        sent.set()

    server = OpenAIServer()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        server.replies = [Reply(streamed())]  # type: ignore[arg-type]
        argv = [BIN / "hfterm", "ui", "--screen", "chat"]
        with Pty(argv, size=SIZE, env={**env, "HFTERM_MODEL": f"{server.url}#mara-7b"}, cwd=home) as term:
            term.wait_for("A new conversation", 120)
            term.settle(0.5, 5)
            before, spent = len(term.raw), cpu(term.pid)
            term.send("go\r")
            term.wait_until(sent.is_set, "all of the answer", 300)
            term.wait_gone("Esc stops", 60)
            term.settle(0.5, 5)
            found["hfterm (chat screen)"] = len(term.raw) - before, cpu(term.pid) - spent
            term.press("escape", "Q")
    finally:
        server.shutdown()
        server.server_close()
    for name, more in {
        "Textual's Markdown stream": {},
        "the same with hfterm's driver": {"TEXTUAL_DRIVER": "hfterm.dashboard.driver.driver:CellDriver"},
    }.items():
        with Pty([sys.executable, "-c", MARKDOWN, answer, str(RATE)], size=SIZE, env=env | more, cwd=home) as term:
            term.wait_for("this is a chat", 120)
            before, spent = len(term.raw), cpu(term.pid)
            term.wait_for("all has come", 300)
            found[name] = len(term.raw) - before, cpu(term.pid) - spent
    return found


def log(home: Path, peers: Path | None, cpu: Callable[[int], float]) -> dict[str, tuple[float, float, float]]:
    """CPU seconds and wall seconds until the end of a 10 GB log is shown, and MiB kept; NaN: not within a minute."""
    folder = home / "run"
    folder.mkdir(exist_ok=True)
    (folder / "trainer_state.json").write_text(json.dumps({"log_history": [{"step": 1, "loss": 1.0}]}))
    with open(folder / "train.log", "wb") as stream:  # sparse: it takes no room on the disk
        stream.write(b"step 0 the first line\n")
        stream.seek(LOG_SIZE)
        stream.write(b"\n" + "".join(f"step {n} loss 0.5\n" for n in range(99_900, 99_999)).encode() + LAST.encode())
        stream.write(b"\n")
    argvs = {"hfterm ui FOLDER": [BIN / "hfterm", "ui", "--screen", "runs", folder]}
    if peers is not None and (peers / "toolong/bin/tl").exists():
        argvs["toolong"] = [peers / "toolong/bin/tl", folder / "train.log"]
    found = {}
    for name, argv in argvs.items():
        with Pty(argv, size=SIZE, env=environment(home, {"COLORTERM": "truecolor"}), cwd=home) as term:
            began = time.monotonic()
            while LAST not in term.screen.text and time.monotonic() - began < LOG_SECONDS and not term.closed:
                term.pump(0.02)
            seconds = time.monotonic() - began if LAST in term.screen.text else float("nan")
            found[name] = cpu(term.pid), seconds, psutil.Process(term.pid).memory_info().rss / 2**20
            term.press("Q" if name.startswith("hfterm") else "ctrl+c")
            term.pump_for(0.5)
    return found


def lists(root: Path) -> dict[str, float]:
    """CPU milliseconds to fill a list and show its first rows."""
    found = {}
    for kind, count in (("hfterm", 100_000), ("OptionList", 10_000), ("DataTable", 10_000)):
        argv = [sys.executable, "-c", LISTS, kind, str(count), str(root), str(root / "tests")]
        done = subprocess.run(argv, capture_output=True, text=True, check=True)
        found[f"{kind}, {count:,} rows"] = float(done.stdout)
    return found


def tables(rounds: int, home: Path, peers: Path | None, cpu: Callable[[int], float]) -> None:
    """Measure, interleaved, and print Markdown tables of medians."""
    taken: dict[str, dict[str, list[tuple[float, ...]]]] = {"chat": {}, "log": {}, "lists": {}}
    for _ in range(rounds):
        for name, got in chat(home, cpu).items():
            taken["chat"].setdefault(name, []).append(got)
        for name, times in log(home, peers, cpu).items():
            taken["log"].setdefault(name, []).append(times)
        for name, spent in lists(Path(__file__).parents[1]).items():
            taken["lists"].setdefault(name, []).append((spent,))

    def rows(what: str, *formats: str) -> None:
        for name, found in taken[what].items():
            medians = map(statistics.median, zip(*found, strict=True))
            cells = [format(median, form) for median, form in zip(medians, formats, strict=True)]
            print(f"| {name} | {' | '.join(cells)} |")

    print("\n| an answer of 2,000 tokens, 100 a second | bytes | CPU s |\n|---|---:|---:|")
    rows("chat", ",.0f", ".2f")
    print("\n| the end of a log of 10 GB | CPU s | s | memory MiB |\n|---|---:|---:|---:|")
    rows("log", ".2f", ".1f", ".0f")
    print("\n| a list filled and shown | CPU ms |\n|---|---:|")
    rows("lists", ",.0f")
