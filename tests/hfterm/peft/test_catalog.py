import pytest

from hfterm.errors import UsageError
from hfterm.peft import catalog


def test_every_method_is_told() -> None:
    from peft.utils import PeftType

    rows = {row["method"]: row for row in catalog.ls()}
    assert {kind.value.lower() for kind in PeftType} <= rows.keys() and list(rows) == sorted(rows)
    lora = rows["lora"]
    assert lora["about"] == "Low Rank Adapter (LoRA)" and lora["paper"] == "https://huggingface.co/papers/2106.09685"
    assert lora["settings"] == {"r": 8, "lora_alpha": 8, "lora_dropout": 0.0, **lora["settings"]}
    # Measured with PEFT 0.21: 33 of its 45 methods merge exactly.
    merge = {name: row["merge"] for name, row in rows.items() if name not in ("dora", "rslora", "pissa", "olora")}
    if len(merge) == 45:
        assert sum(value is True for value in merge.values()) == 33
    assert merge["xlora"] is False and merge["beft"] is None
    assert rows["xlora"]["train"] is False and rows["dora"]["settings"]["use_dora"] is True
    assert rows["supertuning"]["paper"].startswith("https://arxiv.org/abs/")
    assert not any(row["about"].startswith(("This is the conf", "Creates", "Configuration")) for row in rows.values())


def test_one_method_has_settings_with_types_defaults_and_help() -> None:
    rows = {row["setting"]: row for row in catalog.settings("vera")}
    assert rows["r"] == {"setting": "r", "type": "int", "default": 256, "help": "Vera attention dimension"}
    assert rows["target_modules"]["default"] is None and "regex" in rows["target_modules"]["help"]
    assert list(rows)[-1] == "inference_mode", "what all methods share comes last"
    assert {row["setting"]: row for row in catalog.settings("DoRA")}["use_dora"]["default"] is True
    # Help that stands in the docstring alone is found there.
    assert "rank" in {row["setting"]: row for row in catalog.settings("osf")}["effective_rank"]["help"]
    with pytest.raises(UsageError, match="did you mean 'vera'"):
        next(catalog.settings("veraa"))
