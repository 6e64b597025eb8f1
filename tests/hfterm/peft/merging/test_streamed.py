"""Every mergeable method, merged tensor by tensor, against PEFT's own merge of the whole model in memory."""

import json
from pathlib import Path
from typing import Any

import peft
import pytest
import torch
import transformers

from hfterm.peft.merge import merge
from support import merges, peft_models, tiny_tasks
from support.peft_out import quiet, said
from support.tiny import tiny_model

# What PEFT says about these settings is not ours.
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("home")]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("streamed") / "tiny")


def same(base: Path, adapter: Path, home: Path, cls: Any = None, **more: Any) -> dict[str, Any]:
    """Merge ours and theirs; the weights must be the same, and ours load as they stand. Returns our facts."""
    cls = cls or transformers.AutoModelForCausalLM
    out = quiet()
    facts = merge(str(adapter), out, output=home / "merged")
    _, theirs = merges.whole(base, adapter, cls, **more)
    ours, info = cls.from_pretrained(home / "merged", output_loading_info=True)
    assert not info["missing_keys"] and not info["unexpected_keys"], info
    mine = ours.state_dict()
    for name, tensor in theirs.state_dict().items():
        assert torch.allclose(mine[name], tensor, atol=1e-6, rtol=1e-5), name
    assert facts.streamed and facts.verified == "full", said(out)
    assert sorted(p.name for p in home.iterdir() if p.name.startswith(".")) == [], "no leftover"
    return {**facts.facts(), "model": ours, "said": said(out)}


@pytest.mark.parametrize("kind", list(merges.mergeable_kinds()))
def test_every_method(base: Path, home: Path, kind: str) -> None:
    made: Any = peft.mapping.PEFT_TYPE_TO_CONFIG_MAPPING[kind]
    settings = {"target_modules": ["q_proj", "v_proj"], **merges.SETTINGS.get(kind, {})}
    adapter = merges.tune(base, home / "adapter", made(task_type="CAUSAL_LM", **settings))
    facts = same(base, adapter, home)
    assert facts["drift"] < 1e-5 < facts["effect"] and facts["method"] == kind.lower()
    # FROD takes its layers apart on merging: they cannot be merged a second time in float64.
    assert kind == "FROD" or (facts["layers"] and facts["weight_drift"] < 1e-5)


@pytest.mark.parametrize("variety", merges.VARIETIES)
def test_every_variety_of_lora(base: Path, home: Path, variety: str) -> None:
    settings = {"r": 4, "target_modules": ["q_proj", "v_proj"], **merges.VARIETIES[variety]}
    adapter = merges.tune(base, home / "adapter", peft.LoraConfig(task_type="CAUSAL_LM", **settings))
    facts = same(base, adapter, home)
    assert facts["drift"] < 1e-5 < facts["effect"]


def test_embeddings_that_were_tied_come_apart(base: Path, home: Path) -> None:
    config = json.loads((base / "config.json").read_text())
    config["tie_word_embeddings"] = True
    torch.manual_seed(0)
    transformers.LlamaForCausalLM(transformers.LlamaConfig(**config)).save_pretrained(home / "tied")
    (home / "tied" / "tokenizer.json").write_bytes((base / "tokenizer.json").read_bytes())
    for settings, untied in (
        ({"target_modules": ["embed_tokens", "q_proj"]}, True),
        ({"target_modules": ["q_proj"], "modules_to_save": ["embed_tokens"]}, True),
        ({"target_modules": ["q_proj"], "trainable_token_indices": [3, 5]}, False),
        ({"target_modules": ["q_proj"]}, False),
    ):
        made = peft.LoraConfig(task_type="CAUSAL_LM", r=4, **settings)
        adapter = merges.tune(home / "tied", home / "adapter", made)
        facts = merge(str(adapter), out := quiet(), output=home / "merged", overwrite=True)
        assert facts.drift is not None and facts.drift < 1e-5 < (facts.effect or 0), said(out)
        written = json.loads((home / "merged" / "config.json").read_text())
        assert written["tie_word_embeddings"] is not untied
        tuned, _ = merges.whole(home / "tied", adapter)
        ours = transformers.AutoModelForCausalLM.from_pretrained(home / "merged")
        ids = torch.arange(5, 25)[None]
        with torch.no_grad():
            assert torch.allclose(ours(ids).logits, tuned(ids).logits, atol=1e-5)


SEQ_CLS = transformers.AutoModelForSequenceClassification


@pytest.mark.parametrize("task", ["classify", "tag", "answer", "seq2seq", "image", "audio", "spectrogram"])
def test_adapters_with_heads(home: Path, task: str) -> None:
    t = transformers
    lora: dict[str, Any] = {"r": 4, "target_modules": ["query", "value"]}
    makers: dict[str, Any] = {
        "classify": (tiny_tasks.bert, SEQ_CLS, {"task_type": "SEQ_CLS", "modules_to_save": ["classifier", "pooler"]}),
        "tag": (tiny_tasks.bert, t.AutoModelForTokenClassification, {"task_type": "TOKEN_CLS"}),
        "answer": (tiny_tasks.bert, t.AutoModelForQuestionAnswering, {"task_type": "QUESTION_ANS"}),
        "seq2seq": (
            tiny_tasks.t5,
            t.AutoModelForSeq2SeqLM,
            {"task_type": "SEQ_2_SEQ_LM", "target_modules": ["q", "wo"]},
        ),
        "image": (tiny_tasks.vit, t.AutoModelForImageClassification, {"modules_to_save": ["classifier"]}),
        "audio": (
            tiny_tasks.wav2vec2,
            t.AutoModelForAudioClassification,
            {"target_modules": ["q_proj", "v_proj"], "modules_to_save": ["projector", "classifier"]},
        ),
        "spectrogram": (
            tiny_tasks.ast,
            t.AutoModelForAudioClassification,
            {"modules_to_save": ["classifier"], "target_modules": "all-linear", "exclude_modules": r"classifier.*"},
        ),
    }
    maker, cls, settings = makers[task]
    folder = maker(home / "base")
    more = {"ignore_mismatched_sizes": True, "num_labels": 3} if task in ("classify", "tag", "image", "audio") else {}
    if task in ("image", "spectrogram"):
        lora["target_modules"] = "all-linear"
    adapter = merges.tune(folder, home / "adapter", peft.LoraConfig(**{**lora, **settings}), cls, **more)
    facts = same(folder, adapter, home, cls, **more)
    assert facts["drift"] < 1e-5 and facts["layers"] > 0
    if more:
        assert facts["model"].config.num_labels == 3


def test_a_mixture_of_experts(home: Path) -> None:
    folder = peft_models.mixtral(home / "base")
    adapter = peft_models.on_experts(folder, home / "adapter", lora_dropout=0.0)
    facts = same(folder, adapter, home)
    assert facts["drift"] < 1e-5 < facts["effect"]


def test_half_precision_and_shards(base: Path, home: Path) -> None:
    adapter = merges.tune(
        base, home / "adapter", peft.LoraConfig(task_type="CAUSAL_LM", r=4, target_modules="all-linear")
    )
    facts = merge(str(adapter), quiet(), output=home / "merged", dtype="bfloat16", max_shard_size=20_000)
    assert facts.files > 3 and facts.dtype == "bfloat16" and 1e-5 < (facts.drift or 0) < facts.tolerance
    assert facts.weight_drift is not None and 1e-4 < facts.weight_drift < 4e-3
    ours = transformers.AutoModelForCausalLM.from_pretrained(home / "merged")
    assert ours.dtype == torch.bfloat16
    _, theirs = merges.whole(base, adapter)
    for name, tensor in theirs.state_dict().items():
        assert torch.equal(ours.state_dict()[name], tensor.to(torch.bfloat16)), f"{name} is rounded once"
    index = json.loads((home / "merged" / "model.safetensors.index.json").read_text())
    assert set(index["weight_map"].values()) == {p.name for p in (home / "merged").glob("*.safetensors")}
    again = merges.tune(home / "merged", home / "second", peft.LoraConfig(task_type="CAUSAL_LM", r=4))
    kept = merge(str(again), quiet(), output=home / "kept", verify="layers")
    assert kept.dtype == "bfloat16" and kept.drift is None and kept.layers == 4, "the dtype of a sharded base is kept"
    none = merge(str(again), quiet(), output=home / "none", verify="none")
    assert none.verified == "none" and none.layers == 0
    assert (home / "none" / "model.safetensors").read_bytes() == (home / "kept" / "model.safetensors").read_bytes()
