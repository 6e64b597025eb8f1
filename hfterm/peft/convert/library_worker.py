"""Load an adapter with the adapters library; run by the Python of an environment that has it.

:func:`build` and :func:`outputs` are called by hfterm too, so that both sides make the same model of the same class and
look at the same numbers. Libraries are imported in the functions, and nothing of hfterm at all.
"""

import json
import math
from pathlib import Path
from typing import Any

# Few enough for any model, and for the places that a prompt takes.
TOKENS, ROWS = 6, 2


def build(base: str, model_class: str | None) -> tuple[Any, bool]:
    """The base model in float32, in evaluation mode, and whether all of it came from the files, its head too.

    It is of the class that the adapter was trained on; where only the library has that one, of the base's own.
    """
    import torch
    import transformers

    config = transformers.AutoConfig.from_pretrained(base)
    _name_as_before(config, int(transformers.__version__.partition(".")[0]))
    names = [model_class or "", *(getattr(config, "architectures", None) or [])]
    kinds = [getattr(transformers, name, None) for name in names if name and not name.endswith("AdapterModel")]
    kind = next((found for found in kinds if found is not None), transformers.AutoModel)
    model, told = kind.from_pretrained(
        base, config=config, dtype=torch.float32, use_safetensors=True, output_loading_info=True
    )
    return model.eval(), not told["missing_keys"]


def _name_as_before(config: Any, major: int) -> None:
    """Give version 4 the names that it knows: 5 writes ``rope_parameters``, which it would pass over."""
    rope = getattr(config, "rope_parameters", None)
    if major >= 5 or not isinstance(rope, dict) or "rope_type" not in rope:
        return
    config.rope_theta = rope.get("rope_theta", getattr(config, "rope_theta", 10000.0))
    if rope["rope_type"] != "default":
        config.rope_scaling = {name: value for name, value in rope.items() if name != "rope_theta"}


def outputs(model: Any, whole: bool) -> Any:
    """What a model computes for a few token ids: its logits, or its last hidden states where its head is a new one.

    Raises:
        ValueError: it takes no token ids.
    """
    import torch

    if model.main_input_name != "input_ids":
        raise ValueError(f"a {type(model).__name__} takes no token ids, but {model.main_input_name}")
    vocabulary = model.get_input_embeddings().num_embeddings
    ids = torch.tensor([[(row + 3) * (at + 2) ** 2 % vocabulary for at in range(TOKENS)] for row in range(ROWS)])
    inputs = {"input_ids": ids, "output_hidden_states": not whole, "return_dict": True}
    if model.config.is_encoder_decoder:
        inputs["decoder_input_ids"] = ids
    with torch.no_grad():
        found = model(**inputs)
    if whole and getattr(found, "logits", None) is not None:
        return found.logits
    for name in ("last_hidden_state", "decoder_hidden_states", "hidden_states"):
        value = getattr(found, name, None)
        if value is not None:
            return value if name == "last_hidden_state" else value[-1]
    raise ValueError(f"a {type(model).__name__} gives neither logits nor hidden states")


def main(job: dict[str, Any]) -> dict[str, Any]:
    """Load the adapter in the folder ``adapter`` onto the model in ``base``, and tell what the library says of it.

    ``change`` is the largest difference that it makes to the outputs, ``largest`` the largest output. Both outputs go
    to the file ``outputs``, if that is told, as the tensors ``plain`` and ``tuned``.
    """
    import adapters  # type: ignore[import-not-found]
    import torch
    import transformers
    from safetensors.torch import save_file

    told = json.loads((Path(job["adapter"]) / "adapter_config.json").read_text("utf-8"))
    model, whole = build(job["base"], told.get("model_class"))
    # First: transformers ties the forward of a module that has run to the class that it had then.
    adapters.init(model)
    plain = outputs(model, whole)
    info: dict[str, Any] = {}
    name = model.load_adapter(job["adapter"], use_safetensors=True, set_active=True, loading_info=info)
    tuned = outputs(model.eval(), whole)
    if job.get("outputs"):
        save_file({"plain": plain.contiguous(), "tuned": tuned.contiguous()}, job["outputs"])
    summary = next(row for row in model.adapter_summary(as_dict=True) if row["name"] == name)
    change = (tuned - plain).abs().max().item() if torch.isfinite(tuned).all() else math.inf
    return {
        "library": f"adapters {adapters.__version__}, transformers {transformers.__version__}",
        "loaded_as": type(model).__name__,
        "architecture": summary["architecture"],
        "loaded_parameters": summary["#param"],
        "percent": summary["%param"],
        "locations": _locations(model.get_adapter(name)),
        "missing": sorted(info.get("missing_keys", [])),
        "unexpected": sorted(info.get("unexpected_keys", [])),
        "finite": math.isfinite(change),
        "change": change if math.isfinite(change) else None,
        "largest": plain.abs().max().item(),
    }


def _locations(found: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """Where the library put the adapter: the layers (by number, of all in order) of each location, and its size."""
    rows: dict[str, dict[str, Any]] = {}
    for layer, places in found.items():
        for location, module in places.items():
            row = rows.setdefault(location, {"location": location, "layers": [], "parameters": 0})
            row["layers"] += [layer] if layer >= 0 else []
            row["parameters"] += sum(parameter.numel() for parameter in module.parameters())
    return list(rows.values())
