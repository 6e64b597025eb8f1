"""Tiny models whose names on disk are not those in memory, and LoRAs for them that PEFT made."""

from pathlib import Path
from typing import Any

from support import merges

# A LoRA on the weights of all experts, which are one tensor each in memory.
EXPERTS = ["mlp.experts.gate_up_proj", "mlp.experts.down_proj"]


def mixtral(folder: Path, *, experts: int = 3, width: int = 48) -> Path:
    """A mixture of experts, saved as transformers saves it: a tensor an expert."""
    import torch
    import transformers

    torch.manual_seed(0)
    config = transformers.MixtralConfig(
        vocab_size=400,
        hidden_size=32,
        intermediate_size=width,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        num_local_experts=experts,
    )
    transformers.MixtralForCausalLM(config).save_pretrained(folder)
    return folder


def on_experts(base: Path, folder: Path, **settings: Any) -> Path:
    """A LoRA of rank 4 on the experts and the attention of :func:`mixtral`."""
    import peft

    told: dict[str, Any] = {"task_type": "CAUSAL_LM", "r": 4, "target_modules": ["q_proj"]}
    return merges.tune(base, folder, peft.LoraConfig(**{**told, "target_parameters": EXPERTS, **settings}))
