"""What config.json and its neighbours tell: architecture, context, vocabulary, quantization, an adapter's rank."""

from collections.abc import Mapping
from typing import Any

from hfterm.hub.inspect import quantized

# The same thing under the names that models of different families give it.
_NAMES: dict[str, tuple[str, ...]] = {
    "context_length": ("max_position_embeddings", "n_positions", "max_seq_len", "seq_length", "n_ctx",
                       "max_sequence_length", "max_target_positions", "max_length"),
    "vocabulary": ("vocab_size", "n_vocab"),
    "layers": ("num_hidden_layers", "n_layer", "num_layers", "n_layers", "encoder_layers"),
    "hidden_size": ("hidden_size", "n_embd", "d_model", "dim"),
    "heads": ("num_attention_heads", "n_head", "num_heads", "encoder_attention_heads"),
    "key_value_heads": ("num_key_value_heads", "num_kv_heads"),
    "experts": ("num_local_experts", "num_experts", "n_routed_experts"),
}  # fmt: skip
# Where models of several parts keep the language part.
_PARTS = ("text_config", "llm_config", "language_config", "decoder")


def of_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """The facts in a config.json; those that it does not tell are left out."""
    places = [config, *(config[name] for name in _PARTS if isinstance(config.get(name), dict))]
    architectures = config.get("architectures")
    method, bits = quantized.method(config)
    facts: dict[str, Any] = {
        "architecture": architectures[0] if isinstance(architectures, list) and architectures else None,
        "model_type": config.get("model_type"),
        **{fact: _first(places, names) for fact, names in _NAMES.items()},
        "dtype": config.get("dtype") or config.get("torch_dtype"),
        "quantization": (f"{method} {bits} bit" if bits else method) if method else None,
        "custom_code": bool(config.get("auto_map")) or None,
    }
    return {name: value for name, value in facts.items() if isinstance(value, str | int) and value != ""}


def _first(places: list[Mapping[str, Any]], names: tuple[str, ...]) -> int | None:
    for place in places:
        for name in names:
            value = place.get(name)
            if isinstance(value, int) and not isinstance(value, bool) and value > 0:
                return value
    return None


def of_adapter(config: Mapping[str, Any]) -> dict[str, Any]:
    """The facts in an adapter_config.json (of PEFT)."""
    targets = config.get("target_modules")
    facts: dict[str, Any] = {
        "method": config.get("peft_type"),
        "base_model": config.get("base_model_name_or_path"),
        "task": config.get("task_type"),
        "rank": config.get("r"),
        "alpha": config.get("lora_alpha"),
        "target_modules": sorted(map(str, targets)) if isinstance(targets, list) else targets,
        "modules_to_save": config.get("modules_to_save"),
    }
    return {name: value for name, value in facts.items() if value not in (None, "", [])}


def of_card(data: Mapping[str, Any]) -> dict[str, Any]:
    """The facts in a card's metadata."""
    license_ = data.get("license")
    if license_ == "other" and data.get("license_name"):
        license_ = data["license_name"]
    base = data.get("base_model")
    facts = {
        "license": license_,
        "base_model": base,
        "task": data.get("pipeline_tag"),
        "library": data.get("library_name"),
    }
    return {name: value for name, value in facts.items() if isinstance(value, str | list) and value}


def of_dataset_card(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The configurations that a data set's card tells: config, splits (name -> rows), bytes, features."""
    told = data.get("dataset_info")
    rows = []
    for info in told if isinstance(told, list) else [told]:
        if not isinstance(info, dict):
            continue
        splits = [s for s in info.get("splits") or () if isinstance(s, dict) and isinstance(s.get("name"), str)]
        features = [f for f in info.get("features") or () if isinstance(f, dict)]
        rows.append({
            "config": info.get("config_name") or "default",
            "splits": {s["name"]: s.get("num_examples") for s in splits},
            "bytes": info.get("dataset_size"),
            "features": {str(f.get("name")): f.get("dtype") or _kind(f) for f in features},
        })  # fmt: skip
    return rows


def _kind(feature: Mapping[str, Any]) -> str | None:
    return next((name for name in feature if name != "name"), None)
