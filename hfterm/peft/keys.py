"""What the names in an adapter's weights mean, and how its settings apply to a module. As PEFT 0.21 has them."""

import math
import re
from collections.abc import Mapping
from typing import Any

# How the names of a method's own parameters begin: ``peft.mapping.PEFT_TYPE_TO_PREFIX_MAPPING``.
PREFIXES = {
    "LORA": "lora_", "ADALORA": "lora_", "ADAMSS": "adamss_", "ADAPTION_PROMPT": "adaption_prompt_",
    "BEFT": "beft_", "BOFT": "boft_", "C3A": "c3a_", "CARTRIDGE": "cartridge_", "CPT": "cpt_", "DEFT": "deft_",
    "DELORA": "delora_", "FOURIERFT": "fourierft_", "FROD": "frod_", "GLORA": "glora_", "GRALORA": "gralora_",
    "HIRA": "hira_", "HRA": "hra_", "IA3": "ia3_", "LILY": "lily_", "LN_TUNING": "ln_tuning_", "LOHA": "hada_",
    "LOKR": "lokr_", "MISS": "miss_", "OFT": "oft_", "SHIRA": "shira_", "PROMPT_TUNING": "prompt_tuning_",
    "MULTITASK_PROMPT_TUNING": "multitask_prompt_tuning_", "OSF": "osf_", "P_TUNING": "p_tuning_",
    "PEANUT": "peanut_", "POLY": "poly_", "PREFIX_TUNING": "prefix_tuning_", "PSOFT": "psoft_",
    "PVERA": "pvera_lambda_", "RANDLORA": "randlora_", "ROAD": "road_", "SHADOW": "shadow_",
    "SUPERTUNING": "supertuning_", "TINYLORA": "tinylora_", "TRAINABLE_TOKENS": "trainable_tokens_",
    "UNILORA": "unilora_", "VBLORA": "vblora_", "VERA": "vera_lambda_", "WAVEFT": "waveft_", "XLORA": "xlora_",
}  # fmt: skip
# Methods whose tensors all bear the prefix in their names, beside modules that are saved whole.
NAMED_BY_PREFIX = frozenset({
    "LORA", "ADALORA", "BOFT", "C3A", "DELORA", "FOURIERFT", "GRALORA", "HIRA", "HRA", "IA3", "LOHA", "LOKR",
    "MISS", "OFT", "ROAD", "WAVEFT",
})  # fmt: skip
# Methods that learn a prompt: their tensors belong to no module.
PROMPT_KINDS = frozenset({
    "PROMPT_TUNING", "MULTITASK_PROMPT_TUNING", "P_TUNING", "PREFIX_TUNING", "CPT", "CARTRIDGE",
})  # fmt: skip
# ``peft.utils.other.EMBEDDING_LAYER_NAMES``: saved whole when they are targets, or when the vocabulary grew.
EMBEDDINGS = ("embed_tokens", "lm_head")
# Ways of beginning (init_lora_weights) that take the first B A out of the base's weights when PEFT loads an adapter.
_CHANGE_THE_BASE = ("pissa", "olora", "corda", "loftq", "lora_ga")
# Where the part of a tensor's name begins that is the adapter's own.
_PART = re.compile(
    r"\.((?:" + "|".join(sorted(set(PREFIXES.values()))) + r"|token_adapter|vera_|pvera_|poly_lora_)\w*"
    r"|modules_to_save)(?:\.|$)"
)
_LAYER = re.compile(r"(?:^|\.)(\d+)(?:\.|$)")


def module_of(name: str) -> tuple[str, str]:
    """The module that a tensor of an adapter belongs to, as the base model calls it, and the rest of the name."""
    inner = name.removeprefix("base_model.model.").removeprefix("base_model.")
    match = _PART.search(f".{inner}")
    if match:
        return f".{inner}"[1 : match.start()], f".{inner}"[match.start() + 1 :]
    module, _, part = inner.rpartition(".")
    return module or inner, part or inner


def layer_of(module: str) -> int | None:
    """The number of the layer in a module's name, if there is one."""
    found = _LAYER.search(module)
    return int(found[1]) if found else None


def by_pattern(patterns: Any, module: str, otherwise: Any) -> Any:
    """PEFT's rank_pattern and alpha_pattern: the first key that is the name's end, or a regular expression for it.

    As ``peft.utils.other.get_pattern_key``.
    """
    for key, value in (patterns or {}).items() if isinstance(patterns, dict) else ():
        try:
            if re.match(rf"(.*\.)?({key})$", module):
                return value
        except re.error:
            continue
    return otherwise


def rank_of(config: Mapping[str, Any], module: str) -> int | None:
    """The rank that the settings give a module; None where they give none (AdaLoRA's differ and are counted)."""
    kind = str(config.get("peft_type")).upper()
    if kind == "ADALORA":
        return None
    value = by_pattern(config.get("rank_pattern"), module, config.get("r"))
    return value if type(value) is int and value > 0 else None


def scaling_of(config: Mapping[str, Any], module: str, rank: int) -> float | None:
    """What the product of a low-rank method's matrices is multiplied with: alpha / r, or alpha / sqrt(r) (rsLoRA).

    None where the settings tell no alpha.
    """
    kind = str(config.get("peft_type")).upper()
    name = "lora_alpha" if kind in ("LORA", "ADALORA") else "alpha"
    alpha = by_pattern(config.get("alpha_pattern"), module, config.get(name))
    if not isinstance(alpha, int | float) or isinstance(alpha, bool) or rank <= 0:
        return None
    if kind == "LORA" and config.get("use_rslora"):
        return float(alpha / math.sqrt(rank))
    return float(alpha / rank)


def changes_the_base(config: Mapping[str, Any]) -> bool:
    """Whether a LoRA's B A is not all that it adds: the base's weights are changed first (PiSSA and its like)."""
    return str(config.get("init_lora_weights")).lower().startswith(_CHANGE_THE_BASE)


def targeted(targets: Any, module: str) -> bool:
    """Whether target_modules means a module: names that it ends with, or one regular expression."""
    if isinstance(targets, str):
        if targets == "all-linear":
            return False
        try:
            return re.fullmatch(targets, module) is not None
        except re.error:
            return False
    if not isinstance(targets, list):
        return False
    return any(module == t or module.endswith(f".{t}") for t in map(str, targets))
