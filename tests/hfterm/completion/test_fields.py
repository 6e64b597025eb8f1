import os
from pathlib import Path

import pytest

from hfterm.completion import fields
from hfterm.completion.values import complete
from hfterm.train.recipes import RECIPES
from hfterm.train.schema.ours import OURS
from support.fields import CATALOG, keep


def test_settings_of_the_method(isolated: Path) -> None:
    keep(isolated / "hfterm/cache")
    lora = ["bias=", "init_lora_weights=", "r=", "use_dora=", "use_rslora="]
    assert complete("peftkeys", "") == lora, "LoRA where no method is named; nothing that PEFT fills in"
    assert complete("peftkeys", "use", ["--peft", "qlora"]) == ["use_dora=", "use_rslora="]
    assert complete("peftkeys", "", ["--peft", "lora", "--peft=ia3"]) == ["target_modules="]
    assert complete("peftkeys", "", ["--peft", "none"]) == complete("peftkeys", "nothing") == []
    assert complete("peftkeys", "bias=") == ["bias=all", "bias=lora_only", "bias=none"]
    assert complete("peftkeys", "init_lora_weights=") == [
        f"init_lora_weights={value}" for value in ("false", "pissa", "true")
    ], "no words about a value"
    assert complete("peftkeys", "use_dora=t") == ["use_dora=true"]
    assert complete("peftkeys", "r=") == complete("peftkeys", "nothing=") == []


def test_what_the_catalog_keeps_will_do(isolated: Path) -> None:
    cache = isolated / "hfterm/cache"
    assert complete("peftkeys", "") == complete("fieldkeys", "", ["sft"]) == [], "nothing is kept"
    keep(cache, "peft/methods-1.json", CATALOG)
    assert complete("peftkeys", "") == ["bias=", "r=", "use_dora="]
    assert complete("peftkeys", "bias=") == ["bias=all", "bias=none"]
    assert complete("peftkeys", "use_dora=") == ["use_dora=false", "use_dora=true"]
    torn = keep(cache)
    torn.write_text(torn.read_text()[:-40])
    assert complete("peftkeys", "use_d") == [], "a torn file tells nothing, and no traceback"
    old = keep(cache, "train-schema/old.json", {"classes": {}, "peft": {"lora": {"base": "lora", "fields": []}}})
    keep(cache)
    os.utime(old, (1, 1))
    assert "use_rslora=" in complete("peftkeys", ""), "the newest"


def test_fields_of_the_trainer(isolated: Path) -> None:
    keep(isolated / "hfterm/cache")
    assert complete("fieldkeys", "", ["train", "sft", "--set"]) == ["loss_type=", "packing="]
    assert complete("fieldkeys", "packing=", ["sft"]) == ["packing=false", "packing=true"]
    assert complete("fieldkeys", "", ["clm"]) == ["learning_rate="], "nothing that hfterm decides"


@pytest.mark.parametrize(
    ("text", "keys", "inner"),
    [
        ("method: sft\npeft: ia3\n", ["loss_type=", "packing=", "peft."], ["peft.target_modules="]),
        ("# c\nmethod: 'sft' # x\npeft:\n  method: ia3\n", ["loss_type=", "packing=", "peft."], ["peft.target_modules="]),
        ("method: clm\n", ["learning_rate=", "peft."], ["peft.use_dora=", "peft.use_rslora="]),
        ("\xff\0", ["learning_rate=", "peft."], ["peft.use_dora=", "peft.use_rslora="]),
    ],
)  # fmt: skip
def test_keys_of_a_recipe(isolated: Path, text: str, keys: list[str], inner: list[str]) -> None:
    keep(isolated / "hfterm/cache")
    recipe = isolated / "my.yaml"
    recipe.write_bytes(text.encode("latin-1"))
    assert complete("recipekeys", "", [str(recipe)]) == keys
    assert complete("recipekeys", "peft.t", [str(recipe)]) + complete("recipekeys", "peft.use", [str(recipe)]) == inner
    assert "peft.use_dora=true" in complete("recipekeys", "peft.use_dora=", ["gone.yaml"])


def test_what_stands_here_twice_is_the_same() -> None:
    told = {name: recipe.ARGUMENTS for name, recipe in RECIPES.items()}
    assert {name: fields.ARGUMENTS.get(name, fields.OTHERS) for name in RECIPES} == told
    assert set(OURS) == fields.DECIDED
