"""Adapters made with PEFT itself, and what PEFT's own merge of the whole model makes of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Settings with which a method fits tests.support.tiny's model.
SETTINGS: dict[str, dict[str, Any]] = {
    "ADALORA": {"total_step": 10, "init_r": 4, "target_r": 2},
    "BOFT": {"boft_block_size": 4},
    "C3A": {"block_size": 4},
    "FOURIERFT": {"n_frequency": 50},
    "GRALORA": {"r": 4},
    "IA3": {"target_modules": ["q_proj", "down_proj"], "feedforward_modules": ["down_proj"]},
    "LN_TUNING": {"target_modules": ["input_layernorm"]},
    "MISS": {"r": 4},
    "OFT": {"oft_block_size": 4, "r": 0},
    "PSOFT": {"r": 4},
    "ROAD": {"group_size": 8},
    "SHIRA": {"r": 2},
    "TRAINABLE_TOKENS": {"target_modules": ["embed_tokens"], "token_indices": [3, 5, 7]},
    "VBLORA": {"vector_length": 4, "num_vectors": 32, "topk": 2, "r": 2},
    "WAVEFT": {"n_frequency": 64},
}
# LoRA's own varieties.
VARIETIES: dict[str, dict[str, Any]] = {
    "dora": {"use_dora": True},
    "rslora": {"use_rslora": True},
    "pissa": {"init_lora_weights": "pissa"},
    "olora": {"init_lora_weights": "olora"},
    "all layers": {"target_modules": "all-linear"},
    "one layer": {"layers_to_transform": [1]},
    "ranks": {"rank_pattern": {"q_proj": 2}, "alpha_pattern": {"q_proj": 32}},
    "embeddings": {"target_modules": ["embed_tokens", "q_proj"]},
    "dora on embeddings": {"target_modules": ["embed_tokens"], "use_dora": True},
    "head": {"target_modules": ["lm_head"]},
    "saved modules": {"modules_to_save": ["embed_tokens", "norm"]},
    "tokens": {"trainable_token_indices": [3, 5]},
    "parameters": {"target_modules": [], "target_parameters": ["q_proj.weight", "up_proj.weight"]},
}


def tune(base: Path, target: Path, config: Any, cls: Any = None, **more: Any) -> Path:
    """An adapter of this configuration with random numbers, saved at ``target``; ``more`` goes to from_pretrained."""
    import peft
    import torch
    import transformers

    torch.manual_seed(1)
    model = (cls or transformers.AutoModelForCausalLM).from_pretrained(base, **more)
    tuned = peft.get_peft_model(model, config)
    shake(tuned)
    tuned.save_pretrained(target)
    return target


def shake(tuned: Any, by: float = 0.05) -> None:
    """Random numbers added to everything that is trained."""
    import torch

    with torch.no_grad():
        for parameter in tuned.parameters():
            if parameter.requires_grad:
                parameter.add_(torch.randn_like(parameter) * by)


def whole(base: Path, adapter: Path, cls: Any = None, **more: Any) -> tuple[Any, Any]:
    """The tuned model and a second one that PEFT merged, both whole in memory."""
    import peft
    import transformers

    made = []
    for _ in range(2):
        model = (cls or transformers.AutoModelForCausalLM).from_pretrained(base, **more)
        made.append(peft.PeftModel.from_pretrained(model, adapter).eval())
    return made[0], made[1].merge_and_unload(safe_merge=True)


def mergeable_kinds() -> Iterator[str]:
    """The kinds of adapters whose merge is exact, as PEFT names them."""
    import peft

    from hfterm.peft import mergeable

    for kind in peft.PeftType:
        if mergeable.exact(kind.value):
            yield kind.value
