import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hfterm import jobs
from hfterm.train.schema.document import parse
from hfterm.train.sweep import work
from hfterm.train.sweep.grid import axes, combinations
from hfterm.train.sweep.trials import plan

# A trainer that saves when it is told to stop.
TRAINER = """
import pathlib, signal, sys, time
def stop(number, frame):
    pathlib.Path("saved").write_text(str(number))
    sys.exit(128 + number)
signal.signal(signal.SIGINT, stop)
signal.signal(signal.SIGTERM, stop)
pathlib.Path("ready").touch()
while True:
    time.sleep(0.05)
"""
SWEEP = """
import signal, sys
from hfterm.errors import Terminated
from hfterm.train.sweep import work
def stop(number, frame):
    raise Terminated
signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    work._train([sys.executable, "trainer.py"])
except (KeyboardInterrupt, Terminated) as exc:
    print(type(exc).__name__)
"""


@pytest.mark.parametrize(("number", "name"), [(signal.SIGINT, "KeyboardInterrupt"), (signal.SIGTERM, "Terminated")])
def test_a_signal_reaches_the_run_once_and_is_waited_for(tmp_path: Path, number: signal.Signals, name: str) -> None:
    (tmp_path / "trainer.py").write_text(TRAINER)
    sweep = subprocess.Popen([sys.executable, "-P", "-c", SWEEP], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while not (tmp_path / "ready").exists():
        assert sweep.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    os.kill(sweep.pid, number)
    said, _ = sweep.communicate(timeout=120)
    assert said == f"{name}\n" and (tmp_path / "saved").read_text() == str(int(number))


def test_how_a_run_ended() -> None:
    assert work._train([sys.executable, "-c", ""]) is None
    assert work._train([sys.executable, "-c", "raise SystemExit(8)"]) == "exit 8: out of memory (with advice)"
    killed = work._train([sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
    assert killed == "killed by SIGKILL"


def test_a_run_reads_the_recipe_as_it_was_when_the_sweep_began(known: Path) -> None:
    text = b"# mine\nmethod: sft\nmodel: m\ndata: d\n"
    document = parse(text, "r.yaml")
    kept = work.keep(document, "x")
    assert kept.read_bytes() == text and kept.name == "x.yaml" and kept.is_relative_to(known / "hfterm")
    trial = plan(document, (), combinations(axes(["target_modules=[q,v]"])), "x")[0]
    assert work.argv(trial, kept, (("seed", "1"),), ["-q"]) == jobs.hfterm_argv(
        "train", "run", str(kept), "--set", "seed=1", "--set", "peft.target_modules=[q,v]", "--name", "x-1", "--resume", "-q",
    )  # fmt: skip
