"""Adapters for tests: by hand from numbers, and by PEFT itself on a model in memory."""

import json
from pathlib import Path
from typing import Any


def by_hand(folder: Path, modules: dict[str, tuple[list[Any], list[Any]]], **settings: Any) -> Path:
    """A LoRA whose A and B are the numbers given, by module; alpha is the rank, so that it adds B A; returns it."""
    import torch
    from safetensors.torch import save_file

    tensors = {}
    for module, halves in modules.items():
        for half, numbers in zip("AB", halves, strict=True):
            tensors[f"base_model.model.{module}.lora_{half}.weight"] = torch.tensor(numbers, dtype=torch.float32)
    rank = len(next(iter(modules.values()))[0])
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "r": rank,
        "lora_alpha": rank,
        "target_modules": sorted({module.rpartition(".")[2] for module in modules}),
        "base_model_name_or_path": "org/base",
        **settings,
    }
    folder.mkdir(parents=True)
    save_file(tensors, folder / "adapter_model.safetensors")
    (folder / "adapter_config.json").write_text(json.dumps(config))
    return folder


def added(folder: Path, module: str) -> Any:
    """What a LoRA adds to a module's weight, computed plainly from its files: alpha / r * B A."""
    from safetensors.torch import load_file

    config = json.loads((folder / "adapter_config.json").read_text())
    tensors = load_file(folder / "adapter_model.safetensors")
    a, b = (tensors[f"base_model.model.{module}.lora_{half}.weight"] for half in "AB")
    root = 0.5 if config.get("use_rslora") else 1
    return config["lora_alpha"] / config["r"] ** root * (b @ a)


def by_peft(base: Path, folder: Path, seed: int, config: Any) -> Path:
    """An adapter that PEFT made on the language model at ``base`` and saved, all its numbers random; returns it."""
    import peft
    import torch
    from transformers import AutoModelForCausalLM

    tuned = peft.get_peft_model(AutoModelForCausalLM.from_pretrained(base), config)
    torch.manual_seed(seed)
    with torch.no_grad():
        for parameter in tuned.parameters():
            if parameter.requires_grad:
                parameter.copy_(torch.randn_like(parameter) * 0.1)
    tuned.save_pretrained(folder)
    return folder
