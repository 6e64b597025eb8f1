import json
from pathlib import Path

import pytest

from support import schema
from support.cli import Hfterm
from support.mem_models import LLAMA, folder

RECIPE = """\
method: sft
model: {model}
data: {data}
max_length: 16
per_device_train_batch_size: 2
"""


@pytest.fixture(autouse=True)
def _known(hfterm: Hfterm) -> None:
    schema.lay(hfterm.home / "hfterm")


def test_a_recipe_is_planned(hfterm: Hfterm, tmp_path: Path) -> None:
    model = folder(tmp_path / "m", {**LLAMA, "num_hidden_layers": 1})
    data = tmp_path / "rows.jsonl"
    data.write_text('{"text": "some words"}\n')
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(RECIPE.format(model=json.dumps(model), data=json.dumps(str(data))))
    # What the recipe says of sharing is what is planned; --set comes over it.
    words = ["--set", "gradient_checkpointing=true", "--set", "peft=none", "--gpus", "1x80G"]
    done = hfterm("train", "plan", recipe, *words, check=0)
    row = json.loads(done.stdout)
    assert row["strategy"] == "plain, checkpointing" and row["options"] == "--gradient-checkpointing"
    assert row["length"] == 16 and row["batch"] == 2 and row["fits"]
    assert row["trainable"] == row["parameters"]


def test_a_recipe_that_is_wrong(hfterm: Hfterm, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text("method: sft\nmodel: m\ndata: d\nmax_lenght: 3\n")
    done = hfterm("train", "plan", recipe, "--gpus", "80G", check=2)
    assert "max_lenght" in done.stderr and "max_length" in done.stderr
    assert hfterm("train", "plan", tmp_path / "none.yaml").code == 3
