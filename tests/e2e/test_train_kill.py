"""Trainings that are killed, damaged, starved of disk and stopped, and go on as if nothing had been.

All lives are forked from one process that has imported the libraries; see support/lives.py.
"""

import json
import random
import re
import shutil
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from hfterm.runs import MARKER, Run
from hfterm.train import checkpoints
from support.cli import environment
from support.lives import Lives, after, after_begin, alive, differences, in_save
from support.tiny import facts_file, tiny_model

ARGS = ("train", "sft", "./tiny", "facts.jsonl", "--learning-rate", "2e-2", "--progress", "none")
# Nothing divides anything: steps, epochs (of 12), logs, evaluations, saves.
HARD = (
    *("--num-train-epochs", "6", "--peft", "none", "--per-device-train-batch-size", "1"),
    *("--gradient-accumulation-steps", "2", "--set", "train_sampling_strategy=group_by_length"),
    *("--set", "dataloader_num_workers=1", "--eval-data", "facts.jsonl", "--eval-steps", "13"),
    *("--save-steps", "5", "--logging-steps", "4", "--keep", "best,last,3"),
)
LORA = (
    *("--max-steps", "40", "--peft-set", "lora_dropout=0.1", "--save-steps", "7", "--logging-steps", "3"),
    *("--keep", "best,last,3"),
)


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lives]:
    folder = tmp_path_factory.mktemp("lives")
    model = tiny_model(folder / "tiny")
    config = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps({**config, "attention_dropout": 0.1}))
    facts_file(folder / "facts.jsonl", repeat=2)
    with Lives(environment(folder), folder) as made:
        yield made


def finished(lives: Lives, name: str, *args: str) -> Run:
    """A run of that name, trained without a break."""
    run = lives.run(name)
    if not run.path.exists():
        assert lives.live(*ARGS, *args, "--name", name) == 0, lives.said
    return run


@pytest.mark.parametrize("args", [HARD, LORA], ids=["all-weights", "lora"])
def test_killed_at_any_moment_a_run_is_the_same_to_the_bit(lives: Lives, args: tuple[str, ...]) -> None:
    name = "lora" if args is LORA else "full"
    whole = finished(lives, name, *args)
    run = lives.run(f"{name}-killed")
    again = (*ARGS, *args, "--name", run.name, "--resume")
    chance = random.Random(7)
    moments: list[Callable[[], Callable[[], bool]]] = [
        lambda: in_save(run, 1, skip=2),
        lambda: after_begin(run, chance.uniform(0.1, 0.5)),
        lambda: in_save(run, 6, skip=1),
    ]
    if args is HARD:
        moments += [
            lambda: after(chance.uniform(0.0, 0.5)),
            lambda: in_save(run, 9, skip=1),
            lambda: after_begin(run, chance.uniform(0.2, 0.8)),
        ]
    for moment in moments:
        assert lives.live(*again, moment=moment()) in (-signal.SIGKILL, 0), lives.said
    assert lives.live(*again) == 0, lives.said
    assert sum(event["event"] == "begin" for event in run.events()) >= 2, "it was killed"
    assert differences(whole, run) == []
    assert run.best() == whole.best() and list(run.checkpoints()) == list(whole.checkpoints())


def broken_off(lives: Lives, name: str) -> Run:
    """A run as LORA's was before its last step: with its checkpoints at 28 and 35, and nothing after them."""
    whole = finished(lives, "lora", *LORA)
    run = lives.run(name)
    shutil.copytree(whole.path, run.path)
    shutil.rmtree(run.path / "output")
    shutil.rmtree(run.checkpoints()[40])
    run.write_status({**run.status(), "state": "stopped"})
    assert list(run.checkpoints())[-2:] == [28, 35]
    return run


@pytest.mark.parametrize("name", ["optimizer.pt", "scheduler.pt", "rng_state.pth"])
def test_without_a_file_that_the_trainer_would_do_without_an_earlier_checkpoint_is_used(
    lives: Lives, name: str
) -> None:
    """By itself the Trainer goes on with a fresh optimizer, schedule or random state, and says nothing."""
    run = broken_off(lives, f"without-{name}")
    (run.checkpoints()[35] / name).unlink()
    code, said = lives.hear("train", "sft", "--resume", "--name", run.name, "--progress", "none")
    assert code == 0
    assert f"warning: run {run.name!r}: checkpoint-35 is damaged, so left out: {name} is missing\n" in said
    assert f"run {run.name!r} goes on from step 28 of 40\n" in said
    assert differences(lives.run("lora"), run) == []
    assert checkpoints.damaged(run) == [], "the run has passed that step again"


def test_when_no_checkpoint_is_whole_nothing_is_begun(lives: Lives) -> None:
    run = broken_off(lives, "all-damaged")
    for folder in run.checkpoints().values():
        with (folder / "trainer_state.json").open("a") as stream:
            stream.write(" ")
    before = list(run.checkpoint_folders())
    code, said = lives.hear("train", "sft", "--resume", "--name", run.name, "--progress", "none")
    assert code == 1 and "cannot resume: no checkpoint of it is whole (checkpoint-35: trainer_state.json has" in said
    assert list(run.checkpoint_folders()) == before and not (run.path / "output").exists()
    # Nor does a new run take its name.
    code, said = lives.hear(*ARGS, *LORA, "--name", run.name)
    assert code == 2 and "a run named 'all-damaged' exists" in said


def test_a_disk_that_fills_up_in_mid_save_leaves_the_last_good_state(lives: Lives) -> None:
    run = broken_off(lives, "full-disk")
    again = ("train", "sft", "--resume", "--name", run.name, "--progress", "none")
    code, said = lives.hear(*again, largest=100_000)
    assert code == 1
    assert f"hfterm: run 'full-disk' is saved at step 35; resume with: hfterm {' '.join(again[:-2])}\n" in said
    assert "hfterm: no space left on device" in said
    assert list(run.checkpoint_folders()) == list(run.checkpoints()) and max(run.checkpoints()) == 35
    assert checkpoints.problems(run.checkpoints()[35]) == []
    assert lives.live(*again) == 0 and differences(lives.run("lora"), run) == []


def test_what_stays_is_as_asked_and_may_change(lives: Lives) -> None:
    run = broken_off(lives, "kept")
    again = ("train", "sft", "--resume", "--name", run.name, "--progress", "none")
    code, said = lives.hear(*again, "--keep", "bests")
    assert code == 2 and "cannot keep 'bests'; give best, last" in said
    assert lives.live(*again, "--keep", "every:20") == 0
    assert list(run.checkpoints()) == [40]


def test_a_loss_that_is_no_number_names_its_records_and_spoils_no_checkpoint(lives: Lives) -> None:
    args = ("--learning-rate", "1e30", "--save-steps", "1", "--name", "nan")
    code, said = lives.hear(*ARGS, *args)
    assert code == 1
    found = re.search(r"training diverged at step (\d+): .* on records ([\d, ]+) of (\S+); lower --learning", said)
    assert found and 0 < len(found[2].split(", ")) <= 4 and found[3] == "facts.jsonl"
    run = lives.run("nan")
    assert max(run.checkpoints(), default=0) < int(found[1])
    assert all((folder / MARKER).exists() for folder in run.checkpoint_folders().values())


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_asked_to_stop_in_mid_save_it_stops_there(lives: Lives, number: signal.Signals, code: int) -> None:
    run = lives.run(f"stopped-{code}")
    pid = lives.begin(*ARGS, "--num-train-epochs", "500", "--save-steps", "5", "--name", run.name)
    moment = in_save(run, 1)
    while not moment():
        assert alive(pid), lives.said
        time.sleep(0.0005)
    assert lives.end(pid, number) == code
    saved = max(run.checkpoints())
    assert run.status()["state"] == "stopped" and run.status()["step"] == saved
    assert f"hfterm: run {run.name!r} stopped at step {saved}; resume with: " in lives.said
