"""``hfterm train resume``, of a run that was killed, and of what cannot be resumed."""

import json
import os
import signal
from pathlib import Path

from hfterm import jobs, runs
from support.cli import Hfterm
from support.trainers import Trainer


def test_a_killed_run_is_lost_resumed_followed_and_done(trainer: Trainer, hfterm: Hfterm) -> None:
    process = trainer.start("demo", "--max-steps", "200", "--save-steps", "50")
    trainer.wait_for_step("demo", 55)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    shown = json.loads(hfterm("train", "show", "demo", check=0).stdout)
    assert shown["state"] == "lost" and f"its process {process.pid} on" in shown["ending"]
    assert "of 200; resume it with 'hfterm train resume demo'" in shown["ending"]
    earlier = (trainer.runs / "demo" / "log.txt").read_text()
    done = hfterm("train", "resume", "run:demo", "-F", check=0)
    assert earlier + done.stdout == (trainer.runs / "demo" / "log.txt").read_text(), "only what is new is printed"
    assert "step 200 of 200: loss" in done.stdout and (trainer.runs / "demo" / "output").is_dir()
    again = hfterm("train", "resume", "demo", check=2)
    assert again.stderr == "hfterm: run 'demo' is done: there is nothing to resume; its output is run:demo\n"


def test_a_resume_that_fails_says_why(hfterm: Hfterm, state: Path) -> None:
    run = runs.create("demo", {"method": "sft", "recipe": {"model": "x", "data": "y", "nonsense": 1}})
    run.write_status({**run.status(), "state": "stopped"})
    done = hfterm("train", "resume", "demo", "-f", "json", check=2)
    assert done.stdout == "" and "run 'demo' did not resume: " in done.stderr and "nonsense" in done.stderr
    assert str(jobs.all_jobs()[0].out) in done.stderr
    assert "no run named 'nope'" in hfterm("train", "resume", "nope", check=3).stderr
    assert "standard input names none" in hfterm("train", "resume", stdin="", check=2).stderr


def test_nothing_heavy_is_imported_to_control_runs(hfterm: Hfterm, state: Path) -> None:
    runs.create("demo", {"method": "sft"}).write_status({"state": "done"})
    for args in (["stop", "demo"], ["resume", "demo"], ["note", "demo"], ["rm", "demo", "-y"]):
        done = hfterm("train", *args, env={"PYTHONPROFILEIMPORTTIME": "1"})
        imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
        assert "hfterm" in imported and not imported & {"torch", "transformers", "huggingface_hub", "numpy", "textual"}


def test_a_resumed_run_may_wait_for_others(hfterm: Hfterm, state: Path) -> None:
    for name, how in (("old", "stopped"), ("busy", "running")):
        run = runs.create(name, {"method": "sft", "model": "m", "recipe": {"gpus": None}})
        run.write_status({**run.status(), "state": how})
    done = hfterm("train", "resume", "old", "--after", "busy", check=0)
    assert "run 'old' is queued: it waits for run 'busy'" in done.stderr and done.stdout == f"{state / 'old'}\n"
    rows = {row["name"]: row for row in map(json.loads, hfterm("train", "ls", check=0).lines)}
    assert (rows["old"]["state"], rows["old"]["waits_for"]) == ("queued", "run 'busy'")
    assert "run 'old' is queued" in hfterm("train", "resume", "old", check=2).stderr
    assert json.loads(hfterm("train", "stop", "old", check=0).stdout)["state"] == "stopped"
    assert runs.get("old").state() == "stopped"
    for words, said in (
        (["-d", "-F"], "--detach leaves it, --follow looks on"),
        (["--after", "old"], "run 'old' cannot wait for itself"),
        (["--public"], "--public is for --push"),
        (["--push", "a/b"], "HF_HUB_OFFLINE is set"),
    ):
        assert said in hfterm("train", "resume", "old", *words, check=2).stderr
