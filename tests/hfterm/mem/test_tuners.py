"""Methods side by side; the adapter's size is that of a file that is really saved."""

from pathlib import Path

import pytest

from hfterm.errors import CheckFailedError, UsageError
from hfterm.mem import tuners
from hfterm.mem.ask import Ask
from hfterm.mem.machine import Gpus
from hfterm.peft import methods, params
from support.mem_models import LLAMA, folder

SAVED = ["lora", "dora", "vera", "ia3", "loha", "lokr", "oft", "ln_tuning", "prompt_tuning", "p_tuning",
         "prefix_tuning", "adalora", "boft"]  # fmt: skip


def test_the_adapter_is_as_large_as_it_is_when_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import peft
    import transformers

    monkeypatch.setenv("HFTERM_HOME", str(tmp_path / "home"))
    model = folder(tmp_path / "model", {**LLAMA, "num_hidden_layers": 2})
    ask = Ask(model, batch=2, length=16, dtype="float32")
    rows = {row.method: row for row in tuners.compare(ask, SAVED, Gpus(1, 2**40))}
    config = transformers.AutoConfig.from_pretrained(model)
    for method in SAVED:
        settings = {"total_step": 9} if method == "adalora" else {}
        tuned = peft.get_peft_model(
            transformers.AutoModelForCausalLM.from_config(config), methods.config(method, settings)
        )
        tuned.save_pretrained(str(tmp_path / method))
        row = rows[method]
        assert row.adapter == (tmp_path / method / "adapter_model.safetensors").stat().st_size, method
        assert (row.trainable, row.all) == tuned.get_nb_trainable_parameters(), method
        assert row.row is not None and row.row.fits is True and row.row.trained == row.trainable
    assert rows["ia3"].trainable == params.count(model, "ia3", {}).trainable
    assert rows["ia3"].record()["percent"] == params.count(model, "ia3", {}).percent


def test_all_weights_four_bits_and_what_does_not_go(tmp_path: Path) -> None:
    model = folder(tmp_path, {**LLAMA, "num_hidden_layers": 4})
    wide = Ask(model, batch=1, length=8)
    none, lora, qlora, vblora = tuners.compare(wide, ["none", "lora", "qlora", "vblora"])
    assert none.trainable == none.all and none.adapter == none.all * 4  # type: ignore[operator]
    assert none.row and lora.row and qlora.row and none.row.fits is None
    assert (qlora.row.ask.bits, qlora.row.ask.peft) == (4, "lora") and qlora.adapter == lora.adapter
    assert vblora.row is None and "must be divisible by `vector_length` 256" in str(vblora.why)
    assert vblora.record()["device"] is None and none.record()["percent"] == 100
    tuners.check([vblora, lora])
    with pytest.raises(UsageError, match="vblora: PEFT method 'vblora' with these settings does not fit"):
        tuners.check([vblora])
    small = Gpus(1, 2**20)
    rows = list(tuners.compare(wide, ["lora"], small, fit=True))
    assert rows[0].row is not None and rows[0].row.fits is False
    with pytest.raises(CheckFailedError, match="does not fit 1x"):
        tuners.check(rows)
    with pytest.raises(UsageError, match="--peft-set is for one method"):
        list(tuners.compare(Ask(model, peft_set={"r": 4}), ["lora", "ia3"]))


def test_names() -> None:
    assert {*tuners.USUAL} <= {*methods.names(), "none", "qlora"}
    assert tuners.chosen(["LoRA", "p-tuning", "lora"], ["lora", "p_tuning"]) == ["lora", "p_tuning"]
    with pytest.raises(UsageError, match="no such PEFT method 'lorra'; did you mean 'lora'"):
        tuners.chosen(["lorra"], ["lora", "none"])
