"""Models measured as they are: what training said of them at its end comes out again."""

import math
from pathlib import Path

import pytest

from hfterm.errors import UsageError
from hfterm.output import Output
from hfterm.train.measure import measure
from hfterm.train.recipes import SftRecipe
from hfterm.train.run import train
from hfterm.train.task_recipes import ClassifyRecipe
from support.tiny import facts_file, tiny_model
from support.tiny_tasks import bert, lines, opinions

pytestmark = pytest.mark.usefixtures("isolated")
QUIET = Output("json", quiet=True)


def test_an_adapter_with_its_head_and_a_language_model(tmp_path: Path) -> None:
    base = bert(tmp_path / "bert")
    data, other = str(lines(tmp_path / "train.jsonl", opinions(80))), lines(tmp_path / "test.jsonl", opinions(20, 5))
    how = {"peft": "lora", "learning_rate": 1e-2, "num_train_epochs": 6.0, "eval_data": str(other), "device": "cpu"}
    done = train(ClassifyRecipe(str(base), data, **how), QUIET, name="opinions")
    said = measure("run:opinions", [str(other)], QUIET, settings={"metric": "accuracy"})
    assert (said["task"], said["records"], said["accuracy"]) == ("classify", 20, done.metrics["eval_accuracy"])
    assert said["loss"] == pytest.approx(done.metrics["eval_loss"])
    # Records of one label alone: the model knows both.
    good = lines(tmp_path / "good.jsonl", [row for row in opinions(20, 5) if row["label"] == "good"])
    assert measure("run:opinions", [str(good)], QUIET, settings={})["accuracy"] == said["accuracy"] == 1.0

    with pytest.raises(UsageError, match="not trained for this task: it has no head for it"):
        measure(str(base), [str(other)], QUIET, task="classify", settings={})
    with pytest.raises(UsageError, match="--mlm-probability means nothing for classify"):
        measure("run:opinions", [str(other)], QUIET, settings={"mlm_probability": 0.1})
    with pytest.raises(UsageError, match="cannot be measured by grpo"):
        measure("run:opinions", [str(other)], QUIET, task="grpo", settings={})

    model, facts = tiny_model(tmp_path / "model"), str(facts_file(tmp_path / "facts.jsonl"))
    done = train(SftRecipe(str(model), facts, eval_data=facts, max_steps=4, device="cpu"), QUIET, name="facts")
    said = measure("run:facts", [facts], QUIET, settings={})
    assert said["loss"] == pytest.approx(done.metrics["eval_loss"])
    assert said["perplexity"] == pytest.approx(math.exp(said["loss"]))
    before = measure(str(model), [facts], QUIET, settings={"per_device_train_batch_size": 1})
    assert before["loss"] > said["loss"] and before["task"] == "sft"
