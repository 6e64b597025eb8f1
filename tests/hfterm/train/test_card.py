"""The model card of a run."""

import pytest
import yaml

from hfterm import runs
from hfterm.hub.card import split
from hfterm.train.card import CARD, CURVES, base_model, card, logged
from support.told_runs import told

pytestmark = pytest.mark.usefixtures("isolated")


def test_it_tells_what_the_run_has_written_down() -> None:
    run = told("demo", data="it|chats.jsonl")
    files = card(run, folder=run.output())
    parts = split(files[CARD])
    assert parts["data"] == {
        "base_model": "org/base", "base_model_relation": "adapter", "library_name": "peft",
        "pipeline_tag": "text-generation", "tags": ["hfterm", "sft", "lora"],
    }  # fmt: skip
    text = parts["content"]
    assert "# demo" in text and "A LORA adapter for [org/base](https://huggingface.co/org/base)" in text
    for line in (
        "| loss | 2 |", "| eval_loss | 2.5 |", "| peak memory | 1.0 GiB |", "| tokens per second | 100 |",
        "| 40 | 2 | 2.5 |", "| data | `it\\|chats.jsonl` |", f"| SHA-256 | `{'ab' * 32}` |", "| examples | 12 |",
        "| `learning_rate` | `0.0002` |", "| `peft_set.r` | `8` |", "| torch | 2.13 |", "| git commit | `c0ffee` |",
        f"![Loss over the steps]({CURVES})",
    ):  # fmt: skip
        assert line in text, line
    assert "<title>demo: loss</title>" in files[CURVES]


def test_neither_secrets_nor_paths_of_this_machine_nor_notes() -> None:
    run = told("demo")
    (run.path / runs.NOTE).write_text("for my eyes")
    text = "".join(card(run, folder=run.output()).values())
    assert "hfterm train sft org/base chats.jsonl" in text
    for private in ("/home/ann", "hf_0123456789", "/usr/bin", "my eyes", str(run.path)):
        assert private not in text


def test_a_checkpoint_knows_nothing_of_what_came_later() -> None:
    run = told("demo")
    text = card(run, step=20, folder=run.output("20"))[CARD]
    assert "at step 20 of the run" in text and "| steps | 20 |" in text and "| loss | 3 |" in text
    assert "| eval_loss | 3.5 |" in text and "| 40 |" not in text and "eval_loss | 2.5" not in text
    assert logged(run, 20)["loss"][-1] == (20.0, 3.0)


def test_a_run_that_tells_next_to_nothing() -> None:
    run = runs.create("old", {"method": "sft"})
    files = card(run)
    assert list(files) == [CARD] and split(files[CARD])["data"]["library_name"] == "transformers"
    assert "# old" in files[CARD]


def test_the_base_model_of_a_run_of_a_run() -> None:
    runs.create("first", {"method": "sft", "model": "org/base@main"})
    second = runs.create("second", {"method": "dpo", "model": "run:first@best"})
    assert base_model(second, None) == "org/base"
    local = runs.create("local", {"method": "dpo", "model": "/models/mine"})
    circle = runs.create("circle", {"method": "dpo", "model": "run:circle"})
    gone = runs.create("gone", {"method": "dpo", "model": "run:nowhere"})
    assert base_model(local, None) is base_model(circle, None) is base_model(gone, None) is None


def test_the_metadata_is_yaml_whatever_the_names() -> None:
    run = told("demo", eval_data="hf://datasets/team/pairs@main/test.jsonl", data="hf://datasets/team/chats/a.jsonl")
    front = card(run, folder=run.output())[CARD].split("---")[1]
    assert yaml.safe_load(front)["datasets"] == ["team/chats", "team/pairs"]
