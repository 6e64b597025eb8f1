"""What belongs to a model beside its weights: configuration, tokenizer, processor, template, licence."""

import json
import shutil
from pathlib import Path
from typing import Any

from hfterm import files
from hfterm.inference.folder import read_json

PATTERNS = (
    "tokenizer*",
    "vocab*",
    "merges.txt",
    "special_tokens_map.json",
    "added_tokens.json",
    "chat_template*",
    "additional_chat_templates",
    "*.model",
    "*processor_config.json",
    "*feature_extract*.json",
)
# Of the base alone.
OF_BASE = ("generation_config.json", "LICENSE*", "NOTICE*")


def copy(source: Path, target: Path, *, is_base: bool = False) -> None:
    """Copy them as they are."""
    for pattern in (*PATTERNS, *(OF_BASE if is_base else ())):
        for path in source.glob(pattern):
            if path.is_dir():
                shutil.copytree(path, target / path.name, dirs_exist_ok=True)
            elif path.suffix != ".safetensors":
                shutil.copyfile(path, target / path.name)


def config(base: Path, target: Path, model: Any, *, dtype: str | None, labels: dict[str, Any], untied: bool) -> None:
    """Write config.json: the base's own object, with what merging changes of it.

    ``model`` is the merged model's class's instance; ``dtype`` None leaves what is there.
    """
    held = read_json(base / "config.json")
    held["architectures"] = [type(model).__name__]
    if dtype is not None:
        held.pop("torch_dtype", None)
        held["dtype"] = dtype
    if labels:
        made = model.config.to_dict()
        held.update({name: made[name] for name in ("id2label", "label2id", *labels) if made.get(name) is not None})
        held.pop("num_labels", None)  # id2label tells it
    if untied:
        held["tie_word_embeddings"] = False
        text = held.get("text_config")
        if isinstance(text, dict):
            text["tie_word_embeddings"] = False
    files.write_text(target / "config.json", json.dumps(held, indent=2, ensure_ascii=False) + "\n")
