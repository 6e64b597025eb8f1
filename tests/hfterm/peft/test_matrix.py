"""Every PEFT method as ``--peft METHOD``: trained, saved, loaded again, merged; all in one process."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import UsageError
from hfterm.output import Output
from hfterm.peft import matrix, mergeable, methods, trial
from support import tiny_tasks as tiny
from support.tiny import facts_file, tiny_model

pytestmark = pytest.mark.filterwarnings("ignore")  # what the libraries say about tiny models is not ours
QUIET = Output(quiet=True, progress="none")
# What stands in the way of a method on a causal language model.
REFUSED = {
    "poly": "cannot be trained here: it needs a task number with every record",
    "multitask_prompt_tuning": "cannot be trained here: it needs a task number with every record",
    "xlora": "it mixes adapters that are trained already, and PEFT does not save the mixer",
    "eva": "its first values are computed from the data",
    "adaption_prompt": "has no default for adapter_len .*--peft-set adapter_len=10 --peft-set adapter_layers=30",
    "trainable_tokens": r"has no default for token_indices .*--peft-set token_indices=\[5,6\]",
    "cpt": "has no default for cpt_token_ids",
}
CPT = {"cpt_token_ids": [1, 2, 3, 4], "cpt_mask": [1, 1, 1, 1], "cpt_tokens_type_mask": [1, 2, 3, 4]}
NEVER = ("poly", "multitask_prompt_tuning", "xlora", "eva", "loftq")
# What PEFT says of a classifier made of BERT; those not named are trained.
NO_CLASSIFIER = {
    "adaption_prompt": "Unsupported model type for adaption prompt: 'bert'",
    "cpt": "only supports task_type = CAUSAL_LM",
    "ln_tuning": "Please specify `target_modules`",
    "trainable_tokens": "PEFT would not save the new head",
    "shadow": "Unable to automatically find",
}


def all_methods() -> list[str]:
    return methods.names()


@pytest.fixture(scope="module", autouse=True)
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("matrix")
    before = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(("HF_", "HFTERM_"))}
    os.environ |= {"HFTERM_HOME": str(folder / "home"), "HF_HUB_OFFLINE": "1"}
    tiny_model(folder / "model")
    facts_file(folder / "facts.jsonl")
    tiny.lines(folder / "texts.jsonl", [{"text": "Mara keeps the lighthouse of Brindle at night"}] * 30)
    tiny.bert(folder / "bert")
    tiny.lines(folder / "opinions.jsonl", tiny.opinions(12))
    tiny.t5(folder / "t5")
    tiny.lines(folder / "pairs.jsonl", tiny.reversals(12))
    yield folder
    for name in ("HFTERM_HOME", "HF_HUB_OFFLINE"):
        del os.environ[name]
    os.environ |= before


class Run:
    """A run of two steps, with what its model said when it was saved."""

    numbers = itertools.count()

    def __init__(self, monkeypatch: pytest.MonkeyPatch, said: Any) -> None:
        from hfterm.train import work

        self.wanted: Any = None
        save = work.save

        def spy(model: Any, *args: Any) -> None:
            self.wanted = said(model)
            save(model, *args)

        monkeypatch.setattr(work, "save", spy)

    def train(self, task: str, model: Path, data: Path, method: str, max_steps: int = 2, **settings: Any) -> Path:
        from hfterm.train import run
        from hfterm.train.recipes import recipe_class

        more: dict[str, Any] = {
            "max_steps": max_steps,
            "learning_rate": 1e-2,
            "device": "cpu",
            "peft": method,
            "peft_set": settings,
        }
        recipe = recipe_class(task)(str(model), str(data), **more)
        return run.train(recipe, QUIET, name=f"{task}-{method}-{next(self.numbers)}").path


def settings_of(method: str) -> dict[str, Any]:
    name = methods.find(method)[0]
    if name == "trainable_tokens":
        return {"token_indices": [1, 3, 4]}
    return CPT if name == "cpt" else {k: v for k, v in trial.SMALL.get(name, {}).items() if k != "total_step"}


def said(model: Any, **more: Any) -> Any:
    """The outputs for a few tokens."""
    import torch

    ids = torch.arange(1, 9).view(1, -1)
    was = model.training
    model.eval()
    with torch.no_grad():
        logits = model(input_ids=ids, attention_mask=torch.ones_like(ids), **more).logits.float()
    model.train(was)
    return logits


@pytest.mark.parametrize("method", all_methods())
def test_a_language_model(place: Path, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from hfterm.inference import load
    from hfterm.peft.merge import merge

    run = Run(monkeypatch, said)
    # TRL's trainer for SFT makes a loss of its own, which these do not bear.
    fused = method in ("cpt", "adaption_prompt")
    task, data = ("clm", "texts.jsonl") if fused else ("sft", "facts.jsonl")
    if fused:
        with pytest.raises(UsageError, match=f"PEFT method '{method}' is not for sft: .*use hfterm train clm"):
            run.train("sft", place / "model", place / "facts.jsonl", method, **settings_of(method))
    if method in REFUSED:
        with pytest.raises(UsageError, match=REFUSED[method]):
            run.train(task, place / "model", place / data, method)
    if method == "loftq" and methods.lacking(method):
        with pytest.raises(UsageError, match=r"cannot be trained here: needs (a CUDA GPU|bitsandbytes)"):
            run.train(task, place / "model", place / data, method)
    if method in NEVER:
        return
    output = run.train(task, place / "model", place / data, method, **settings_of(method))
    plain = load.load_model(place / "model", device="cpu", dtype="float32").model
    again = load.load_model(output, device="cpu", dtype="float32").model
    assert trial.apart(said(again), run.wanted) <= 1e-5
    if said(plain).shape == run.wanted.shape:
        assert trial.apart(said(plain), run.wanted) > 0, "nothing was learned"
    if not mergeable.exact(methods.find(method)[0]):
        with pytest.raises(UsageError, match="cannot merge"):
            merge(str(output), QUIET, output=place / f"merged-{method}", device="cpu")
        assert not (place / f"merged-{method}").exists()
        return
    merged = merge(str(output), QUIET, output=place / f"merged-{method}", device="cpu")
    assert merged.drift is not None and merged.effect is not None and merged.drift <= 1e-5 < merged.effect
    assert trial.apart(said(load.load_model(merged.path, device="cpu", dtype="float32").model), run.wanted) <= 1e-5


@pytest.mark.parametrize("method", [name for name in all_methods() if name not in NEVER])
def test_a_classifier(place: Path, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from hfterm.train.tasks import models

    run = Run(monkeypatch, said)
    asked = (place / "bert", place / "opinions.jsonl", method)
    if method in NO_CLASSIFIER:
        with pytest.raises(UsageError, match=NO_CLASSIFIER[method]):
            run.train("classify", *asked, **settings_of(method))
        return
    output = run.train("classify", *asked, **settings_of(method))
    assert trial.apart(said(models.of_adapter(output).eval()), run.wanted) <= 1e-5


def test_layer_norms_of_a_translator(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What PEFT knows no layers for in BERT."""
    import peft
    import torch
    import transformers

    def heard(model: Any) -> Any:
        return said(model, decoder_input_ids=torch.arange(1, 9).view(1, -1))

    run = Run(monkeypatch, heard)
    output = run.train("seq2seq", place / "t5", place / "pairs.jsonl", "ln_tuning")
    base = transformers.AutoModelForSeq2SeqLM.from_pretrained(place / "t5")
    assert trial.apart(heard(peft.PeftModel.from_pretrained(base, str(output))), run.wanted) <= 1e-5


@pytest.mark.parametrize("method", ["poly", "multitask_prompt_tuning", "xlora", "lora", "prompt_tuning", "eva"])
def test_what_was_tried_still_comes_out_so(method: str) -> None:
    """Those that hfterm does not train, and two others, as the table in the package has them."""
    facts = matrix.of(method)
    assert facts is not None, "hfterm/peft/matrix.json is not of this PEFT: python -m hfterm.peft.matrix makes it"
    for task in ("clm", "classify"):
        found = trial.attempt(method, task)
        assert (not found.trains) == (task in (facts.tasks or ())), found
        assert (not found.merges) == (task in facts.merges), found


def test_replicated_layers_are_not_merged(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PEFT would: the layers share their weights, and each gets the changes of all."""
    from hfterm.peft.merge import merge

    output = Run(monkeypatch, said).train(
        "sft", place / "model", place / "facts.jsonl", "lora", layer_replication=[[0, 2], [1, 2]]
    )
    with pytest.raises(UsageError, match="layer_replication shares weights between layers"):
        merge(str(output), QUIET, output=place / "never", device="cpu")
    assert not (place / "never").exists()


def test_adalora_shares_its_ranks_out(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight ranks of a matrix on average at first, two at the end; the Trainer alone would leave all of them."""
    from safetensors.torch import load_file

    settings = {"init_r": 8, "target_r": 2, "tinit": 1}
    output = Run(monkeypatch, said).train(
        "sft", place / "model", place / "facts.jsonl", "adalora", max_steps=8, **settings
    )
    values = [w for name, w in load_file(output / "adapter_model.safetensors").items() if "lora_E" in name]
    assert [value.numel() for value in values] == [8] * 4 and 8 <= sum(int((v != 0).sum()) for v in values) <= 9
    with pytest.raises(UsageError, match="AdaLoRA shares ranks out between step tinit=4 and tfinal=2 steps before"):
        Run(monkeypatch, said).train(
            "sft", place / "model", place / "facts.jsonl", "adalora", max_steps=5, tinit=4, tfinal=2, deltaT=1
        )
