"""``hfterm train stop``, on real trainings and on runs that are not running."""

import json
import os
import pty
import select
import subprocess
from pathlib import Path

import pytest

from hfterm import runs
from support.cli import HFTERM, Hfterm
from support.trainers import Trainer


def test_stopped_resumed_from_a_terminal_that_closes_and_killed(trainer: Trainer, hfterm: Hfterm) -> None:
    process = trainer.start("demo")
    trainer.wait_for_step("demo", 5)
    planned = json.loads(hfterm("train", "stop", "demo", "-n", check=0).stdout)
    assert planned["state"] == "running" and process.poll() is None
    done = hfterm("train", "stop", "demo", check=0)
    row = json.loads(done.stdout)
    assert process.wait(60) == 143 and done.stderr == "run 'demo' ends after its step\n"
    assert (row["state"], row["saved"], row["killed"]) == ("stopped", row["step"], False) and row["step"] >= 5
    shown = json.loads(hfterm("train", "show", "demo", check=0).stdout)
    assert f"at step {row['step']} of 6000; resume it with 'hfterm train resume demo'" in shown["ending"]

    said = in_a_terminal_that_closes(hfterm, f"{HFTERM} train resume demo; echo over")
    assert str(trainer.runs / "demo") in said and "follow it with 'hfterm train logs -F demo'" in said
    assert f"run 'demo' goes on from step {row['step']}" in said
    trainer.wait_for_step("demo", row["step"] + 20)
    resumed = trainer.status("demo")["pid"]
    assert (
        os.getsid(resumed) != os.getsid(0)
        and "is running, at step" in hfterm("train", "resume", "demo", check=2).stderr
    )

    killed = json.loads(hfterm("train", "stop", "demo", "--kill", "--grace", "0", check=0).stdout)
    assert (killed["state"], killed["killed"], killed["saved"]) == ("stopped", True, row["step"])
    freed = json.loads(hfterm("train", "rm", "demo", "-y", check=0).stdout)
    assert freed["freed_bytes"] > 10_000 and list(trainer.runs.iterdir()) == []


def in_a_terminal_that_closes(hfterm: Hfterm, script: str) -> str:
    """Type ``script`` in a shell in a terminal, and close the terminal once the shell has said "over"."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe("bash", ["bash", "--norc", "-ic", script + "; read -r"], hfterm.env())
    said = b""
    while b"\nover" not in said and select.select([terminal], [], [], 120)[0]:
        said += os.read(terminal, 65536)
    os.close(terminal)
    os.waitpid(pid, 0)
    return said.decode().replace("\r\n", "\n")


def test_a_run_that_is_not_running_is_stopped_already(hfterm: Hfterm, state: Path) -> None:
    run = runs.create("demo", {"method": "sft"})
    run.write_status({**run.status(), "state": "done", "step": 7})
    done = hfterm("train", "stop", "run:demo", check=0)
    row = json.loads(done.stdout)
    assert (row["state"], row["step"], row["asked"], row["saved"]) == ("done", 7, False, None)
    assert done.stderr == "run 'demo' is not running\n"
    assert hfterm("train", "stop", "-f", "quiet", stdin="demo\nrun:demo\n\n", check=0).lines == ["demo"]


@pytest.mark.parametrize(
    ("args", "stdin", "code", "words"),
    [
        (["nin"], "", 3, "no run named 'nin'; did you mean 'nine'?"),
        (["nope", "none"], "", 3, "2 of 2 runs could not be stopped: no run named 'nope'; no run named 'none'"),
        (["nope", "nine"], "", 7, "1 of 2 runs could not be stopped: no run named 'nope'"),
        (["../x"], "", 2, "cannot be a run's name"),
        ([], "", 2, "standard input names no run"),
        (["nine", "--grace", "-1"], "", 2, "--grace"),
        (["away"], "", 1, "run 'away' runs on gpu-07, not on this machine"),
    ],
)
def test_mistakes(hfterm: Hfterm, state: Path, args: list[str], stdin: str, code: int, words: str) -> None:
    runs.create("nine", {"method": "sft"}).write_status({"state": "done"})
    away = runs.create("away", {"method": "sft"})
    away.write_status({**away.status(), "host": "gpu-07"})
    done = hfterm("train", "stop", *args, stdin=stdin, check=code)
    assert words in done.stderr and "Traceback" not in done.stderr


def test_one_that_does_not_end_in_time(hfterm: Hfterm, state: Path) -> None:
    run = runs.create("demo", {"method": "sft"})
    stubborn = subprocess.Popen(
        ["bash", "-c", "trap '' TERM; echo up; while :; do sleep 0.05; done"], stdout=subprocess.PIPE
    )
    try:
        assert stubborn.stdout and stubborn.stdout.readline() == b"up\n"
        run.write_status({**run.status(), "pid": stubborn.pid, "process_started": None})
        done = hfterm("train", "stop", "demo", "--grace", "0.2", check=1)
        assert (
            "run 'demo' still runs after 0.2 s: it ends after its step; wait longer, or end it at once" in done.stderr
        )
        assert stubborn.poll() is None
    finally:
        stubborn.kill()
        stubborn.communicate()
