"""Which transformers class an adapter's base model is, and with which head."""

import copy
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hfterm.errors import AccessError, HftermError, UsageError, one_line
from hfterm.inference import folder

# What hfterm writes beside an adapter: see hfterm.train.tasks.models.HEAD.
HEAD = "head.json"
AUTO = {
    "CAUSAL_LM": "AutoModelForCausalLM",
    "SEQ_2_SEQ_LM": "AutoModelForSeq2SeqLM",
    "SEQ_CLS": "AutoModelForSequenceClassification",
    "TOKEN_CLS": "AutoModelForTokenClassification",
    "QUESTION_ANS": "AutoModelForQuestionAnswering",
    "FEATURE_EXTRACTION": "AutoModel",
}
# The last layer of a classifier, which has a row a label.
_LAST = re.compile(r"(?:^|\.)(?:classifier|score|classification_head|head|fc)(?:\.out_proj|\.out)?\.weight$")


class Kind(NamedTuple):
    """The class that makes the model, and its configuration; ``labels``: what of it is not the base's own."""

    cls: Any
    config: Any
    labels: dict[str, Any]


def of(base: folder.ModelFolder, adapter: Path, settings: Mapping[str, Any], shapes: Mapping[str, Any]) -> Kind:
    """The class and configuration of the model that an adapter was trained on.

    It is what hfterm wrote beside the adapter, what PEFT wrote into ``settings`` (its adapter_config.json: the task,
    or the class's name), or what the base's own configuration says. ``shapes`` are the adapter's tensors' by name:
    a head in them tells the number of labels.

    Raises:
        AccessError: it needs code from a repository. HftermError: transformers does not know it.
        UsageError: nothing tells the class.
    """
    import transformers

    if base.config.get("model_type") not in transformers.CONFIG_MAPPING:
        if "auto_map" in base.config:
            raise AccessError(
                f"{str(base.path)!r} needs Python code from its repository, which hfterm does not run",
                "choose a model that transformers knows",
            )
        version, named = transformers.__version__, base.config.get("model_type")
        raise HftermError(f"cannot load {str(base.path)!r}: transformers {version} does not know model_type {named!r}")
    labels: dict[str, Any] = {}
    if (adapter / HEAD).is_file():
        written = folder.read_json(adapter / HEAD)
        name, labels = str(written.get("auto")), {**(written.get("config") or {})}
        if "id2label" in labels:
            labels["id2label"] = {int(number): text for number, text in labels["id2label"].items()}
    else:
        name = _class_name(base, settings)
        last = next((tuple(shapes[key]) for key in shapes if _LAST.search(key)), None)
        is_classifier = name == AUTO["SEQ_CLS"] or name == AUTO["TOKEN_CLS"] or name.endswith("Classification")
        if last and is_classifier:
            labels["num_labels"] = last[0]
    cls = getattr(transformers, name, None)
    if cls is None:
        raise UsageError(f"transformers {transformers.__version__} has no class {name!r}, which the adapter names")
    try:
        config = transformers.AutoConfig.from_pretrained(base.path, local_files_only=True, **copy.deepcopy(labels))
    except Exception as exc:  # whatever a damaged configuration makes of the library
        raise HftermError(f"cannot load {str(base.path)!r}: {one_line(exc)[:200]}") from exc
    return Kind(cls, config, labels)


def _class_name(base: folder.ModelFolder, settings: Mapping[str, Any]) -> str:
    if (task := settings.get("task_type")) in AUTO:
        return AUTO[str(task)]
    mapping = settings.get("auto_mapping") or {}
    if (name := mapping.get("base_model_class")) and str(mapping.get("parent_library", "")).startswith("transformers"):
        return str(name)
    architectures = base.config.get("architectures") or []
    if architectures:
        return str(architectures[0])
    raise UsageError(
        "neither the adapter's task_type nor the base's config.json tells which class the model is",
        "write task_type into adapter_config.json",
    )


def vocabulary(model: Any, shapes: Mapping[str, Any]) -> int | None:
    """The rows of the input embeddings that an adapter brings whole, where they are others than the model's: tokens
    were added before it was trained. ``shapes`` are the adapter's tensors' by name.
    """
    try:
        embeddings = model.get_input_embeddings()
    except (NotImplementedError, AttributeError):  # a model without
        return None
    name = next((name for name, module in model.named_modules() if module is embeddings), None)
    if name is None or getattr(embeddings, "weight", None) is None:
        return None
    rows, width = embeddings.weight.shape
    pattern = re.compile(rf"(?:^|\.){re.escape(name)}\.(?:base_layer\.|modules_to_save\.)?weight$")
    for key, shape in shapes.items():
        if pattern.search(key) and len(shape) == 2 and shape[1] == width and shape[0] != rows:
            return int(shape[0])
    return None
