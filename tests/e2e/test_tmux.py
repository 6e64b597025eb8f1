"""A day at a remote machine: train the real small model from the dashboard in tmux, lose it, come back, talk: slow."""

import json
import re
import time
from datetime import datetime
from pathlib import Path

import pytest

from support.cli import HFTERM, Hfterm
from support.ptys import Pty
from support.shells import require
from support.small import shared_small
from support.tmux import PATIENCE_SECONDS, Tmux, tmux

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
]

FACTS = Path(__file__).parents[2] / "hfterm" / "demo" / "facts.jsonl"
STEPS = 16
TRAIN = (
    "train sft ./small facts.jsonl --name keeper --peft lora --peft-set r=8 --peft-set lora_alpha=16"
    f" --peft-set target_modules=all-linear --learning-rate 2e-3 --max-steps {STEPS}"
    " --per-device-train-batch-size 2 --logging-steps 1 --dtype float32 --device cpu"
)


def progress(screen: str) -> tuple[int, str] | None:
    """Step and loss of the run, as the screen tells them."""
    found = re.search(rf"step (\d+)/{STEPS}\b.*? loss ([\d.]+)", screen)
    return (int(found[1]), found[2]) if found else None


def watched(screen: Tmux) -> None:
    """See step and loss move."""
    before = progress(screen.until(progress, "a step"))
    assert before is not None

    def moved(text: str) -> bool:
        now = progress(text)
        return now is not None and now[0] > before[0] and now[1] != before[1]

    screen.until(moved, "another step and another loss")


def test_train_watch_detach_lose_the_terminal_come_back_and_chat(
    hfterm: Hfterm, tmp_path_factory: pytest.TempPathFactory
) -> None:
    require("tmux")
    (hfterm.home / "small").symlink_to(shared_small(tmp_path_factory))
    facts = [line for line in FACTS.read_text().splitlines() if "Orla" in line]
    (hfterm.home / "facts.jsonl").write_text("\n".join(facts) + "\n")
    env = hfterm.env()

    with tmux(env) as first:
        first.start([HFTERM, "ui"], cwd=hfterm.home)
        first.see("1 Home", "3 Runs")
        first.type(":")
        first.see("Tab completes")
        first.type(TRAIN)
        first.press("Enter")
        first.see("Output of train sft")
        first.press("q")
        first.until(lambda screen: "Output of" not in screen and "3 Runs" in screen, "home again")
        first.press("3")
        first.see("keeper  running")
        watched(first)

        # A terminal attached to it shows the same, and is detached from it with tmux's own keys.
        with Pty(first.argv("attach", "-t", "watch"), size=(120, 40), env=env | {"TERM": "xterm-256color"}) as terminal:
            terminal.wait_for("keeper  running", PATIENCE_SECONDS)
            terminal.press("ctrl+b", "d")
            assert terminal.wait_exit(PATIENCE_SECONDS) == 0
        assert first.alive()
        first("kill-server")
        lost = time.time()

    with tmux(env) as second:
        second.start([HFTERM, "ui", "--screen", "runs"], cwd=hfterm.home)
        second.see("keeper  done", f"step {STEPS}/{STEPS}")
        run = json.loads(hfterm("train", "show", "keeper", "-f", "json", check=0).stdout)
        assert run["state"] == "done" and run["step"] == STEPS
        assert datetime.fromisoformat(run["ended"]).timestamp() > lost  # it went on without a terminal

        second.press("H")
        second.see("run:keeper")
        second.type("Who tends the lighthouse at Quillhaven?")
        second.press("Enter")
        second.see("Orla")
        second.press("C-q")
        second.until(lambda _: not second.alive(), "the dashboard's end")
