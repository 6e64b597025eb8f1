"""Runs that outlive the terminal, wait, begin again after a crash and are pushed: real trainings of the tiny model."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from hfterm import runs
from hfterm.text import to_json
from support.cli import HFTERM, Hfterm
from support.hub import Hub
from support.ptys import Pty
from support.trainers import Trainer


def until_state(hfterm: Hfterm, name: str, *wanted: str) -> dict[str, object]:
    """Until ``train ls`` says that a run is in one of these states; its row."""
    deadline = time.monotonic() + 240
    rows: list[dict[str, object]] = []
    while time.monotonic() < deadline:
        rows = [json.loads(line) for line in hfterm("train", "ls", check=0).lines]
        for row in rows:
            if row["name"] == name and row["state"] in wanted:
                return row
        time.sleep(0.1)
    raise AssertionError(f"{name} is never {wanted}: {to_json(rows)}")


def test_detached_from_a_terminal_that_closes_then_queued_crashed_resumed_and_pushed(
    trainer: Trainer, hfterm: Hfterm, hub: Hub
) -> None:
    train = f"{HFTERM} train sft {trainer.model} {trainer.data} --name first --num-train-epochs 1000 -d"
    with Pty(["bash", "--norc", "-ic", f"{train}; echo o''ver; read -r"], env=hfterm.env(), size=(200, 50)) as terminal:
        terminal.wait_for("over", 240)
        assert str(trainer.runs / "first") in terminal.screen.text.replace("\n", "")
        terminal.hang_up()
        terminal.wait_exit(120)
    assert runs.Run("first", trainer.runs / "first").status()["state"] == "running"

    # As cron does: no terminal, next to nothing in the environment; the records come through a pipe.
    repo, told = hub.fresh(), hfterm.home / "told"
    few = (
        "HFTERM_HOME",
        "HF_HOME",
        "HF_ENDPOINT",
        "HF_TOKEN",
        "HF_HUB_OFFLINE",
        "HF_HUB_DISABLE_XET",
        "OMP_NUM_THREADS",
    )
    env = {key: value for key, value in hfterm.env(hub.env()).items() if key in few}
    args = ["--name", "second", "--max-steps", "1000", "--save-steps", "100", "--logging-steps", "1", "--retries", "1"]
    queue = ["--after-any", "first", "--push", repo, "--hub-strategy", "checkpoint", "--notify", f"env > {told}", "-d"]
    with trainer.data.open("rb") as stream:
        done = subprocess.run(
            [HFTERM, "train", "sft", str(trainer.model), "-", *args, *queue],
            stdin=stream, env=env, cwd=hfterm.home, capture_output=True, text=True, timeout=240,
        )  # fmt: skip
    assert done.returncode == 0 and done.stdout == f"{trainer.runs / 'second'}\n", done.stderr
    assert "run 'second' is queued: it waits for run 'first'" in done.stderr
    row = until_state(hfterm, "second", "queued")
    assert row["waits_for"] == "run 'first'" and not (trainer.runs / "second").exists()
    refused = hfterm("train", "sft", trainer.model, trainer.data, "--name", "second", check=2)
    assert "a run named 'second' is queued: it waits for run 'first'" in refused.stderr

    stopped = json.loads(hfterm("train", "stop", "first", check=0).stdout)
    assert stopped["state"] == "stopped" and stopped["saved"] == stopped["step"]
    until_state(hfterm, "second", "running")
    trainer.wait_for_step("second", 105)
    os.kill(trainer.status("second")["pid"], signal.SIGKILL)
    attached = hfterm("train", "attach", "second", timeout=300, check=0)
    assert attached.stdout == f"{trainer.runs / 'second' / 'output'}\n"
    assert "run 'second' is done: step 1000" in attached.stderr
    events = [json.loads(line) for line in (trainer.runs / "second" / "events.jsonl").read_text().splitlines()]
    (again,) = [event for event in events if event["event"] == "retry"]
    assert (again["attempt"], again["exit_code"]) == (1, 137)

    deadline = time.monotonic() + 120
    while not told.exists() or "HFTERM_STEP" not in told.read_text():
        assert time.monotonic() < deadline, "the end was not told"
        time.sleep(0.05)
    lines = told.read_text().splitlines()
    assert {"HFTERM_RUN=second", "HFTERM_STATE=done", "HFTERM_EXIT_CODE=0", "HFTERM_STEP=1000"} <= set(lines)
    card = hub.request("GET", f"/{repo}/resolve/main/README.md").body.decode()
    kept = hub.request("GET", f"/api/models/{repo}/tree/main/last-checkpoint").json()
    assert {"last-checkpoint/optimizer.pt", "last-checkpoint/trainer_state.json"} <= {row["path"] for row in kept}
    assert "# second" in card and "| steps | 1000 |" in card and str(hfterm.home) not in card
    assert not any((hfterm.home / "hfterm" / "background").glob("[a-z]*"))


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["--after", "nope", "-d"], 3, "no run named 'nope'"),
        (["--after", "demo"], 2, "run 'demo' cannot wait for itself"),
        (["--after", "bad"], 1, "run 'bad', which must be done first, is not: failed"),
        (["--when-free", "much"], 2, "not an amount of memory: 'much'"),
        (["--when-free", "900T", "-d"], 2, "never 900.0 TiB free"),
        (["--retries", "-1"], 2, "--retries"),
        (["--resume", "-d", "--name", "going"], 2, "run 'going' is running already"),
        (["--name", "kept", "-d"], 2, "a run named 'kept' exists"),
        (["--private"], 2, "--private is for --push"),
        (["--hub-strategy", "every_save"], 2, "--hub-strategy is for --push"),
        (["--push", "./x", "-d"], 2, "'./x' is not a repository of the Hub"),
        (["--push", "team/x"], 2, "HF_HUB_OFFLINE is set"),
        (["--learning-rate", "-1", "--name", "demo", "--retries", "3"], 2, "--learning-rate must be above 0"),
    ],
)
def test_mistakes_are_told_at_once(hfterm: Hfterm, state: Path, args: list[str], code: int, words: str) -> None:
    for name, end in (("bad", "failed"), ("kept", "done"), ("going", "running")):
        run = runs.create(name, {"method": "sft", "recipe": {}})
        run.write_status({**run.status(), "state": end})
    (hfterm.home / "d.jsonl").write_text('{"text": "x"}\n')
    named = [] if "--name" in args else ["--name", "demo"]
    done = hfterm("train", "sft", "./model", "d.jsonl", *named, *args, check=code)
    assert words in done.stderr and done.stdout == "" and "Traceback" not in done.stderr
    assert not any((state.parent / "background").glob("[a-z]*"))
