"""Trainings that are killed, damaged, starved of disk and stopped, and go on as if nothing had been.

All lives are forked from one process that has imported the libraries; see support/lives.py.
"""

import json
import random
import signal
from collections.abc import Callable, Iterator

import pytest

from hfterm.runs import Run
from support.cli import environment
from support.lives import Lives, after, after_begin, differences, in_save
from support.tiny import facts_file, tiny_model

ARGS = ("train", "sft", "./tiny", "facts.jsonl", "--learning-rate", "2e-2", "--progress", "none")
# Nothing divides anything: steps, epochs (of 12), logs, evaluations, saves.
HARD = (
    *("--num-train-epochs", "6", "--peft", "none", "--per-device-train-batch-size", "1"),
    *("--gradient-accumulation-steps", "2", "--set", "train_sampling_strategy=group_by_length"),
    *("--set", "dataloader_num_workers=1", "--eval-data", "facts.jsonl", "--eval-steps", "13"),
    *("--save-steps", "5", "--logging-steps", "4", "--keep", "best,last,3"),
)
LORA = ("--max-steps", "40", "--peft-set", "lora_dropout=0.1", "--save-steps", "7", "--logging-steps", "3")


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


def step_of(run: Run) -> int:
    return max(run.checkpoints(), default=0)


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
