"""``hfterm peft plan`` in real processes."""

import json
from pathlib import Path

from support.cli import Hfterm
from support.mem_models import LLAMA, folder


def test_a_recipe_that_fits_nowhere(hfterm: Hfterm, tmp_path: Path) -> None:
    model = folder(tmp_path / "model", LLAMA)
    (tmp_path / "recipe.yaml").write_text(
        json.dumps({"method": "sft", "model": model, "data": "d.jsonl", "max_length": 16, "peft": "ia3"})
    )
    asked = ("--recipe", "recipe.yaml", "--peft", "none", "--peft", "LoRA", "--peft", "vblora", "--gpus", "2x1M")
    done = hfterm("peft", "plan", *asked, "-f", "json", check=6, cwd=tmp_path)
    none, lora, vblora = json.loads(done.stdout)
    assert [row["method"] for row in (none, lora, vblora)] == ["none", "lora", "vblora"]
    assert none["fits"] is False and lora["fits"] is False and none["trainable"] == none["all"]
    assert lora["adapter"] > 4 * lora["trainable"] > 0
    # What does not go with the model is told, not left out.
    assert vblora["fits"] is None and "must be divisible by `vector_length` 256" in vblora["why"]
    assert "fits 2x" in done.stderr


def test_no_model(hfterm: Hfterm) -> None:
    assert "name a MODEL" in hfterm("peft", "plan", check=2).stderr
