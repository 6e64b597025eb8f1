"""Adapters on weights of 4 and 8 bits: what is refused, what is in force, and that they learn and resume to the bit."""

import json
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hfterm import extras
from hfterm.errors import HftermError, MissingExtraError, UsageError
from hfterm.output import Output
from hfterm.train import quantized
from hfterm.train.recipes import recipe_class
from support import interrupted, tiny_tasks
from support.tiny import FACTS, tiny_model


def asked(**more: Any) -> Any:
    return recipe_class("sft")("m", "d", **{"load_in": "4bit", **more})


@pytest.mark.parametrize(
    ("recipe", "config", "words"),
    [
        (asked(peft="loha"), {"peft_type": "LOHA"}, "--peft loha does not compute with quantized weights"),
        (asked(peft="pissa"), {"init_lora_weights": "pissa"}, "begins with what it computes from whole weights"),
        (asked(load_in="8bit", peft="dora"), {"use_dora": True}, "DoRA .* on a GPU only; take --load-in 4bit"),
        (asked(zero=3), {}, "--zero shares weights out"),
        (asked(fsdp=True), {}, "--fsdp shares weights out"),
    ],
)
def test_what_cannot_work_is_refused(recipe: Any, config: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        quantized.check(recipe, SimpleNamespace(**{"peft_type": "LORA", **config}), "cpu")


def test_whole_weights_and_other_widths_are_refused() -> None:
    with pytest.raises(UsageError, match="weights of 4 bits cannot be tuned; put an adapter on them: --peft lora"):
        asked(peft="none").check()
    with pytest.raises(UsageError, match="--load-in: weights are loaded in 4bit or 8bit, not '3bit'"):
        asked(load_in="3bit").check()
    assert asked(load_in=None, peft="none").check() and asked().check()


def test_a_missing_library_is_named_with_its_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    with pytest.raises(MissingExtraError, match=r"this needs bitsandbytes.*; run: pip install 'hfterm\[train\]'"):
        quantized.check(asked(), SimpleNamespace(peft_type="LORA"), "cpu")
    quantized.check(asked(load_in=None), None, "cpu")


def test_its_warning_at_import_is_not_heard() -> None:
    """``Failed to load CPU gemm_4bit_forward`` comes from the logger of bitsandbytes/backends/cpu/ops.py."""
    extras.check("train")
    assert not logging.getLogger("bitsandbytes.backends.cpu.ops").isEnabledFor(logging.WARNING)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    for library in ("bitsandbytes", "trl"):
        pytest.importorskip(library)
    folder = tmp_path_factory.mktemp("quantized")
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith(("HF_", "HFTERM_"))]:
            patch.delenv(name)
        patch.setenv("HFTERM_HOME", str(folder / "hfterm"))
        patch.setenv("HF_HOME", str(folder / "hf"))
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield folder


def events(place: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (place / "hfterm/runs" / name / "events.jsonl").read_text().splitlines()]


def logs(place: Path, name: str) -> list[dict[str, Any]]:
    return [{k: v for k, v in one.items() if k not in ("t", "step_time")} for one in events(place, name)
            if one["event"] == "log"]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "way", "least"), [("sft", "4bit", 0.4), ("reward", "8bit", 0.2), ("classify", "4bit", 0.3)]
)
def test_it_learns_and_resumes_to_the_bit(place: Path, method: str, way: str, least: float) -> None:
    from hfterm.train import run

    folder = place / method
    folder.mkdir()
    rows = {
        "sft": [{"question": q, "answer": a} for q, a in FACTS] * 2,
        "reward": [{"prompt": q, "chosen": a, "rejected": f"a b c {q}"} for q, a in FACTS] * 2,
        "classify": tiny_tasks.opinions(96),
    }[method]
    data = tiny_tasks.lines(folder / "data.jsonl", rows)
    model = tiny_tasks.bert(folder / "model") if method == "classify" else tiny_model(folder / "model")
    settings: dict[str, Any] = {
        "max_steps": 24,
        "save_steps": 12,
        "keep": "all",
        "learning_rate": 1e-2,
        "device": "cpu",
    }
    settings |= {"per_device_train_batch_size": 8}
    recipe = recipe_class(method)(str(model), str(data), peft="lora", load_in=way, **settings)
    out = Output(quiet=True, progress="none")
    result = run.train(recipe, out, name=method)
    found = logs(place, method)
    assert found[-1]["loss"] < found[0]["loss"] - least
    begin = events(place, method)[0]
    assert begin["base_weights"] == quantized.WORDS[way] and begin["weights"] == "float32"
    # Packed numbers count as the numbers that they stand for.
    from safetensors import safe_open

    with safe_open(model / "model.safetensors", "pt") as whole:
        numbers = {name: whole.get_tensor(name).numel() for name in whole.keys()}  # noqa: SIM118 (it is no dict)
    body = sum(count for name, count in numbers.items() if not name.startswith(("lm_head", "cls.")))
    assert begin["parameters"] - begin["trainable_parameters"] >= body
    saved = json.loads((result.path / "adapter_config.json").read_text())
    assert saved["base_model_name_or_path"] == str(model)
    copy = interrupted.copy(place / "hfterm/runs", method, settings["save_steps"])
    run.train(None, out, name=copy, resume=True)
    assert logs(place, copy) == found


def test_the_adapter_merges_into_the_whole_base(place: Path) -> None:
    from hfterm.peft.merge import merge

    out = Output(quiet=True, progress="none")
    merged = merge("run:sft", out, output=place / "merged", device="cpu")
    config = json.loads((place / "merged/config.json").read_text())
    assert merged.path == place / "merged" and "quantization_config" not in config
    assert (place / "merged/model.safetensors").stat().st_size == pytest.approx(
        (place / "sft/model/model.safetensors").stat().st_size, rel=0.05
    )


def test_a_method_that_the_library_refuses_is_told_in_words(place: Path) -> None:
    from hfterm.train import run

    recipe = recipe_class("sft")(
        str(place / "sft/model"), str(place / "sft/data.jsonl"), peft="oft", load_in="8bit", max_steps=1, device="cpu"
    )
    with pytest.raises(HftermError, match="--peft oft does not compute with quantized weights"):
        run.train(recipe, Output(quiet=True, progress="none"), name="refused")
