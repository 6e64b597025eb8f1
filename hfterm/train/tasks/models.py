"""Models for tasks, with heads of so many labels: read from a folder, put together from an adapter, or made anew.

transformers only warns when weights are missing and makes random ones. Here a head may be new, nothing else.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hfterm import files
from hfterm.errors import HftermError, UsageError, one_line, translate
from hfterm.inference import folder, load
from hfterm.train import quantized

_WEIGHTS = (".safetensors", ".bin", ".pt", ".pth", ".pkl", ".h5", ".msgpack", ".ckpt")


# Beside an adapter: what its base model must be made as, for the adapter's head to fit.
HEAD = "head.json"
# ... and where transformers finds the base model's weights.
INDEX = "model.safetensors.index.json"
# A pooling layer within the body: part of the head where the head is new.
POOLING = r".*\.pooler"


class Made(NamedTuple):
    """A model, the names of the modules that are its head, and whether that is new."""

    model: Any
    heads: list[str]
    is_new: bool


def made(
    auto: str,
    path: Path,
    *,
    dtype: str,
    labels: dict[str, Any],
    new_head: bool,
    from_scratch: bool = False,
    more: Mapping[str, Any] | None = None,
    note: Callable[[str], None] = lambda text: None,
) -> Made:
    """The model of a folder, as the transformers class ``auto`` makes it.

    ``labels`` are values of its configuration (num_labels, id2label, ...), ``new_head`` whether its head may be
    missing or of another size. ``more`` is for ``from_pretrained``: quantization, of all but a new head. An adapter's
    folder gives its base model with the adapter on it.

    Raises:
        UsageError: the model is another kind of model. HftermError: it cannot be read.
    """
    import torch
    import transformers

    if (path / "adapter_config.json").is_file():
        import peft

        base = load.base_folder(folder.inspect(path))
        settings: dict[str, Any] = {"dtype": dtype, "labels": labels, "new_head": new_head, "more": more, "note": note}
        below = made(auto, base, from_scratch=from_scratch, **settings)
        return Made(peft.PeftModel.from_pretrained(below.model, str(path), local_files_only=True), *below[1:])
    cls: Any = getattr(transformers, auto)
    try:
        config = transformers.AutoConfig.from_pretrained(path, local_files_only=True, **labels)
        if from_scratch or is_bare(path):
            model = cls.from_config(config, dtype=getattr(torch, dtype))
            return Made(model, heads(model), is_new=True)
        if more and new_head:
            with torch.device("meta"):
                more = quantized.sparing(more, [*heads(cls.from_config(config)), POOLING])
        model, info = cls.from_pretrained(
            path,
            config=config,
            dtype=getattr(torch, dtype),
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            ignore_mismatched_sizes=new_head,
            output_loading_info=True,
            **(more or {}),
        )
    except Exception as exc:  # a folder that does not fit makes the libraries raise anything
        known = translate(exc)
        raise known or HftermError(f"cannot load {str(path)!r}: {one_line(exc)[:200]}") from exc
    missing = sorted(info.get("missing_keys") or ())
    other = sorted(str(key[0]) for key in info.get("mismatched_keys") or ())
    wrong = [key for key in (*missing, *other) if not (new_head and is_head(model, key))]
    if wrong:
        what = type(model).__name__
        raise UsageError(
            f"{str(path)!r} is another kind of model: {len(wrong)} weights of a {what} are not in it, "
            f"first {wrong[0]!r}",
            "choose a model for this task; --from-scratch begins with random weights",
        )
    found = heads(model, [*missing, *other])
    if missing or other:
        note(f"the model gets a new head: {', '.join(found)}")
    return Made(model, found, is_new=bool(missing or other))


def write_head(auto: str, labels: dict[str, Any], target: Path, base: Path) -> None:
    """Write down what the model ``base`` of the adapter in ``target`` must be made as.

    transformers itself would make the base as it is, throw the adapter's head away where it does not fit, and say
    LABEL_0. With a configuration and an index of weights beside the adapter it takes the folder for a whole model
    with an adapter on it (``transformers.integrations.peft.maybe_load_adapters``): the index leads to the base's files.
    """
    files.write_text(target / HEAD, json.dumps({"auto": auto, "config": labels}, indent=2) + "\n")
    if is_bare(base):
        return
    found = folder.inspect(base)
    leads = {name: str(file) for file in found.weights for name in _names(file)}
    size = sum(file.stat().st_size for file in found.weights)
    index = {"metadata": {"total_size": size}, "weight_map": leads}
    files.write_text(target / INDEX, json.dumps(index, indent=2) + "\n")
    files.write_text(target / "config.json", json.dumps({**found.config, **labels}, indent=2) + "\n")


def _names(file: Path) -> list[str]:
    """The names of the weights in a file of safetensors."""
    with file.open("rb") as stream:
        head = json.loads(stream.read(int.from_bytes(stream.read(8), "little")))
    return [name for name in head if name != "__metadata__"]


def here_only(source: Path) -> tuple[str, ...]:
    """The files of an adapter's folder that lead to the base model's on this machine, and are of no use elsewhere."""
    return ("config.json", INDEX) if (source / HEAD).is_file() and (source / INDEX).is_file() else ()


def of_adapter(path: Path, dtype: str = "float32") -> Any:
    """The model of an adapter's folder that :func:`write_head` wrote to: the base model, its head, and the adapter.

    Raises:
        HftermError: it cannot be read.
    """
    found = folder.read_json(path / HEAD)
    labels = {**found["config"]}
    if "id2label" in labels:
        labels["id2label"] = {int(number): name for number, name in labels["id2label"].items()}
    return made(found["auto"], path, dtype=dtype, labels=labels, new_head=True).model


def is_bare(path: Path) -> bool:
    """Whether a model's folder has a configuration and no weights, nor anything of them."""
    return (path / "config.json").is_file() and not any(
        (file.suffix in _WEIGHTS and file.name != "training_args.bin") or file.name.endswith(".index.json")
        for file in path.iterdir()
    )


def is_head(model: Any, key: str) -> bool:
    """Whether a weight belongs to the head: it is outside the body, or in the pooling on top of it."""
    prefix = model.base_model_prefix
    return not key.startswith(f"{prefix}.") or ".pooler." in key


def heads(model: Any, missing: Iterable[str] = ()) -> list[str]:
    """The names of the modules that are the model's head; a pooling layer only where weights of it are ``missing``."""
    found = [
        name
        for name, module in model.named_children()
        if name != model.base_model_prefix and any(True for _ in module.parameters())
    ]
    return [*found, *(["pooler"] if any(".pooler." in key for key in missing) else [])]
