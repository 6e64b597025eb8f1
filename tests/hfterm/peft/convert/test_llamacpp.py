import json
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from hfterm.errors import CheckFailedError, UsageError
from hfterm.peft.convert import llamacpp
from hfterm.peft.convert.run import convert

BASE = {
    "architectures": ["LlamaForCausalLM"], "model_type": "llama", "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "hidden_size": 16,
}  # fmt: skip
SIZES = {"self_attn.q_proj": (16, 16), "self_attn.k_proj": (8, 16), "mlp.down_proj": (16, 24)}


def base(folder: Path, **settings: Any) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps({**BASE, **settings}))
    return str(folder)


def lora(folder: Path, more: dict[str, torch.Tensor] | None = None, **settings: Any) -> str:
    torch.manual_seed(0)
    tensors = dict(more or {})
    for layer in range(2):
        for name, (out, into) in SIZES.items():
            module = f"base_model.model.model.layers.{layer}.{name}"
            tensors[f"{module}.lora_A.weight"] = torch.randn(4, into)
            tensors[f"{module}.lora_B.weight"] = torch.randn(out, 4)
    folder.mkdir(exist_ok=True)
    save_file(tensors, folder / "adapter_model.safetensors")
    config = {"peft_type": "LORA", "r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "k_proj", "down_proj"]}
    (folder / "adapter_config.json").write_text(json.dumps(config | settings))
    return str(folder)


def read(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray[Any, Any]]]:
    reader = gguf.GGUFReader(path)
    return {f.name: f.contents() for f in reader.fields.values()}, {t.name: t.data for t in reader.tensors}


def test_the_file_is_as_llama_cpp_wants_it(tmp_path: Path) -> None:
    more = {
        "base_model.model.model.embed_tokens.lora_embedding_A": torch.randn(4, 30),
        "base_model.model.model.embed_tokens.lora_embedding_B": torch.randn(16, 4),
    }
    source = lora(tmp_path / "a", more)
    made = convert(source, "gguf", tmp_path / "a.gguf", base=base(tmp_path / "base"))
    assert (made.modules, made.notes, made.bytes) == (7, [], (tmp_path / "a.gguf").stat().st_size)
    assert made.drift is not None and made.drift < 1e-6
    told, held = read(tmp_path / "a.gguf")
    assert (told["general.type"], told["adapter.type"], told["adapter.lora.alpha"]) == ("adapter", "lora", 8)
    assert (told["general.architecture"], told["general.file_type"], told["general.name"]) == ("llama", 0, "a")
    blocks = [f"blk.{n}.{part}.weight" for n in range(2) for part in ("attn_q", "attn_k", "ffn_down")]
    assert sorted(held) == sorted(f"{n}.lora_{half}" for n in [*blocks, "token_embd.weight"] for half in "ab")
    from safetensors.torch import load_file

    tensors = load_file(tmp_path / "a" / "adapter_model.safetensors")
    prefix = "base_model.model.model."
    down = tensors[f"{prefix}layers.1.mlp.down_proj.lora_B.weight"].numpy()
    assert np.array_equal(held["blk.1.ffn_down.weight.lora_b"], down)
    # llama.cpp reads a row a word of the embeddings' A.
    assert np.array_equal(held["token_embd.weight.lora_a"], more[f"{prefix}embed_tokens.lora_embedding_A"].numpy().T)
    # Of each head's rows the first and the second half alternate: rotations there are of neighbours.
    for part, name, heads in (("attn_q", "q_proj", 4), ("attn_k", "k_proj", 2)):
        rows = tensors[f"{prefix}layers.0.self_attn.{name}.lora_B.weight"].numpy()
        size = rows.shape[0] // heads
        order = [h * size + half * size // 2 + i for h in range(heads) for i in range(size // 2) for half in (0, 1)]
        assert np.array_equal(held[f"blk.0.{part}.weight.lora_b"], rows[order])


def test_scalings_that_differ_go_into_b(tmp_path: Path) -> None:
    source = lora(tmp_path / "a", use_rslora=True, alpha_pattern={"q_proj": 2})
    made = convert(source, "gguf", tmp_path / "a.gguf", base=base(tmp_path / "base"), dtype="float16")
    assert made.notes == ["6 of 6 modules have a scaling of their own: it was multiplied into B"]
    assert made.drift is not None and 0 < made.drift < 1e-2
    told, held = read(tmp_path / "a.gguf")
    assert told["general.file_type"] == 1 and {t.dtype for t in held.values()} == {np.dtype("f2")}
    zero = convert(lora(tmp_path / "z", lora_alpha=0), "gguf", tmp_path / "z.gguf", base=base(tmp_path / "base"))
    told, held = read(tmp_path / "z.gguf")  # an alpha of 0 would be none at all there
    assert told["adapter.lora.alpha"] == 4 and not held["blk.0.attn_q.weight.lora_b"].any() and zero.drift == 0
    other = base(tmp_path / "other", architectures=["Qwen2ForCausalLM"])
    convert(lora(tmp_path / "a"), "gguf", tmp_path / "q.gguf", base=other)
    told, turned = read(tmp_path / "q.gguf")
    rows = turned["blk.0.attn_q.weight.lora_b"]
    convert(lora(tmp_path / "a"), "gguf", tmp_path / "l.gguf", base=base(tmp_path / "base"))
    assert np.array_equal(llamacpp.turn(rows, 4), read(tmp_path / "l.gguf")[1]["blk.0.attn_q.weight.lora_b"])
    assert np.array_equal(llamacpp.turn_back(llamacpp.turn(rows, 4), 4), rows)


def test_copied_embeddings_are_left_out_unless_they_grew(tmp_path: Path) -> None:
    prefix = "base_model.model.model.embed_tokens"
    more = {f"{prefix}.lora_embedding_A": torch.randn(4, 30), f"{prefix}.lora_embedding_B": torch.randn(16, 4)}
    source = lora(tmp_path / "a", {**more, f"{prefix}.base_layer.weight": torch.ones(30, 16)})
    made = convert(source, "gguf", tmp_path / "a.gguf", base=base(tmp_path / "base", vocab_size=30))
    assert made.notes == ["the copy of the base model's embeddings was left out"] and made.modules == 7
    with pytest.raises(UsageError, match=r"no place for .*embed_tokens\.base_layer\.weight"):
        convert(source, "gguf", tmp_path / "b.gguf", base=base(tmp_path / "base", vocab_size=29))


def test_what_gguf_has_no_place_for_is_refused(tmp_path: Path) -> None:
    where = base(tmp_path / "base")

    def refused(why: str, more: dict[str, torch.Tensor] | None = None, **settings: Any) -> None:
        with pytest.raises(UsageError, match=why):
            convert(lora(tmp_path / "a", more, **settings), "gguf", tmp_path / "a.gguf", base=where)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "base"]

    q = "base_model.model.model.layers.0.self_attn.q_proj"
    refused("magnitudes are more than a sum", {f"{q}.lora_magnitude_vector": torch.ones(16)}, use_dora=True)
    refused("no place for .*score", {"base_model.model.score.weight": torch.ones(2, 16)}, modules_to_save=["score"])
    refused("belongs to a base model that PEFT changes first", init_lora_weights="pissa_niter_4")
    odd = {f"base_model.model.model.odd.lora_{half}.weight": torch.ones(4, 4) for half in "AB"}
    refused("llama has no weight for model.odd", odd)
    where = base(tmp_path / "base", architectures=["FalconForCausalLM"])
    refused("weights of FalconForCausalLM change on their way")
    where = base(tmp_path / "base", num_attention_heads=3)
    refused("16 rows are not those of 3 heads")
    where = base(tmp_path / "base", tie_word_embeddings=True)
    head = {f"base_model.model.lm_head.lora_{half}.weight": torch.ones(4, 4) for half in "AB"}
    refused("embeddings that are the output's weights too", head)
    where = base(tmp_path / "base", num_attention_heads=None)
    refused("does not tell num_attention_heads")
    where = base(tmp_path / "base")
    with pytest.raises(UsageError, match="names no base model"):
        convert(lora(tmp_path / "a"), "gguf", tmp_path / "a.gguf")
    with pytest.raises(UsageError, match="beyond those of float16"):
        big = {
            f"base_model.model.model.layers.1.mlp.up_proj.lora_{half}.weight": torch.full((4, 4), 1e6) for half in "AB"
        }
        convert(lora(tmp_path / "a", big), "gguf", tmp_path / "a.gguf", base=where, dtype="float16")
    with pytest.raises(CheckFailedError, match=r"adapter_config\.json says 5"):
        convert(lora(tmp_path / "a", r=5), "gguf", tmp_path / "a.gguf", base=where)
    (tmp_path / "a.gguf").write_text("mine")
    with pytest.raises(UsageError, match="exists; choose another name or add --overwrite"):
        convert(lora(tmp_path / "a"), "gguf", tmp_path / "a.gguf", base=where)
    assert (tmp_path / "a.gguf").read_text() == "mine"
    convert(lora(tmp_path / "a"), "gguf", tmp_path / "a.gguf", base=where, overwrite=True)
    assert read(tmp_path / "a.gguf")[0]["adapter.type"] == "lora"


def test_a_file_that_adds_something_else_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llamacpp, "turn", lambda rows, heads: rows)
    with pytest.raises(CheckFailedError, match="the GGUF file adds something else: drift"):
        convert(lora(tmp_path / "a"), "gguf", tmp_path / "a.gguf", base=base(tmp_path / "base"))
    assert not (tmp_path / "a.gguf").exists()
