"""The frozen weights below an adapter in 4 or 8 bits, by bitsandbytes through transformers.

QLoRA, arXiv:2305.14314; LLM.int8(), arXiv:2208.07339.
"""

import copy
import math
import os
from collections.abc import Iterable, Mapping
from typing import Any

from hfterm import extras
from hfterm.errors import CheckFailedError, UsageError
from hfterm.train.recipe import Recipe

PACKAGE = "bitsandbytes"
# What is in force, in words, for records.
WORDS = {"4bit": "4 bits (NF4, double quantization)", "8bit": "8 bits (LLM.int8)"}
# PEFT's methods that compute with quantized layers (``peft/tuners/*/bnb.py``), or that leave all layers alone.
TAKES = ("ADALORA", "HIRA", "IA3", "LORA", "PVERA", "RANDLORA", "ROAD", "PROMPT_TUNING", "MULTITASK_PROMPT_TUNING",
         "P_TUNING", "PREFIX_TUNING")  # fmt: skip


def check(recipe: Recipe, config: Any, device: str) -> None:
    """Refuse what cannot work, for a recipe that asks for quantized weights; ``config`` is PEFT's.

    Raises:
        UsageError: it cannot. MissingExtraError: bitsandbytes is not installed.
    """
    way = recipe.load_in
    if way is None:
        return
    kind = str(getattr(config.peft_type, "value", config.peft_type))
    if kind not in TAKES:
        raise UsageError(
            f"--peft {recipe.peft} does not compute with quantized weights, so --load-in {way} is not for it",
            f"choose {', '.join(name.lower() for name in TAKES[:-1])} or {TAKES[-1].lower()}",
        )
    begins = getattr(config, "init_lora_weights", True)
    if isinstance(begins, str) and begins not in ("gaussian", "orthogonal", "eva"):
        raise UsageError(
            f"--peft {recipe.peft} begins with what it computes from whole weights, which --load-in {way} has not",
            "take --peft lora, or leave --load-in out",
        )
    if way == "8bit" and getattr(config, "use_dora", False) and device == "cpu":
        raise UsageError(
            "DoRA needs the size of each weight, which 8 bit layers of bitsandbytes tell on a GPU only",
            "take --load-in 4bit, or --peft lora",
        )
    for option, asked in (("--zero", recipe.zero), ("--fsdp", recipe.fsdp)):
        if asked:
            raise UsageError(
                f"{option} shares weights out, and those of --load-in {way} are whole on every device",
                f"leave {option} out: with an adapter there is little else to share",
            )
    if getattr(recipe, "from_scratch", False):
        raise UsageError(f"--from-scratch has random weights, which --load-in {way} would freeze")
    if device == "mps":
        raise UsageError(f"--load-in {way} is for CUDA GPUs and CPUs, not mps", "add --device cpu")
    extras.check("train", PACKAGE)


def options(recipe: Recipe, device: str, dtype: str) -> dict[str, Any]:
    """What ``from_pretrained`` is told: nothing without ``--load-in``. ``dtype`` is that of the arithmetic."""
    if recipe.load_in is None:
        return {}
    import torch
    from transformers import BitsAndBytesConfig

    if recipe.load_in == "8bit":
        how = BitsAndBytesConfig(load_in_8bit=True)
    else:
        how = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=getattr(torch, dtype),
        )
    where: Any = torch.device(device)
    if where.type == "cuda" and where.index is None:
        where = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    return {"quantization_config": how, "device_map": {"": where}}


def sparing(told: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The options with the modules of these names left as they are, instead of what transformers would leave.

    Of a classifier with a bias it leaves nothing (``get_keys_to_not_convert`` looks for the last parameter's name).
    """
    if "quantization_config" not in told:
        return dict(told)
    how = copy.deepcopy(told["quantization_config"])
    how.llm_int8_skip_modules = sorted(names)
    return {**told, "quantization_config": how}


def ready(recipe: Recipe, model: Any) -> Any:
    """The loaded model, frozen, with all that is not quantized in float32; as it is without ``--load-in``.

    Raises:
        CheckFailedError: the library left its layers as they were.
    """
    if recipe.load_in is None:
        return model
    if in_force(model) != recipe.load_in:
        raise CheckFailedError(f"the model was to be loaded in {recipe.load_in}, and no layer of it is")
    import peft

    # Checkpointing is the trainer's, as without.
    return peft.prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)


def in_force(model: Any) -> str | None:
    """``4bit`` or ``8bit`` where a model has such weights, told from the weights themselves."""
    kinds = {type(parameter).__name__ for parameter in model.parameters()}
    return "4bit" if "Params4bit" in kinds else "8bit" if "Int8Params" in kinds else None


def widen(model: Any) -> None:
    """Keep what is trained in float32: TRL rounds adapters on quantized weights to bfloat16, others have them so."""
    for parameter in model.parameters():
        if parameter.requires_grad and parameter.dtype.is_floating_point:
            parameter.data = parameter.data.float()


def count(parameter: Any) -> int:
    """The numbers in a parameter; of packed ones those that were packed."""
    state = getattr(parameter, "quant_state", None)
    return math.prod(state.shape) if state is not None else int(parameter.numel())
