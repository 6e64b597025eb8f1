"""What a repository's own files say of it: task, library, tags, licence, from README.md and config.json."""

import json
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from hfterm.hub.share.model import Commit, Repo
from hfterm.hub.share.preupload import text_of
from hfterm.hub.share.tree import files

_FRONT = re.compile(r"\A\ufeff?\s*---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
# The task that the ending of an architecture's name tells.
_TASKS = {
    "ForCausalLM": "text-generation",
    "LMHeadModel": "text-generation",
    "ForConditionalGeneration": "text2text-generation",
    "ForSequenceClassification": "text-classification",
    "ForTokenClassification": "token-classification",
    "ForQuestionAnswering": "question-answering",
    "ForMaskedLM": "fill-mask",
    "ForImageClassification": "image-classification",
    "ForAudioClassification": "audio-classification",
    "ForObjectDetection": "object-detection",
    "ForCTC": "automatic-speech-recognition",
}
_FORMATS = {
    "safetensors": "safetensors",
    "gguf": "gguf",
    "onnx": "onnx",
    "parquet": "format:parquet",
    "csv": "format:csv",
}
REMEMBERED = 4096


@dataclass(frozen=True)
class Card:
    """``data`` is the README's front matter; ``config`` the parts of config.json that the Hub shows."""

    data: dict[str, Any] | None = None
    config: dict[str, Any] | None = None
    pipeline_tag: str | None = None
    library_name: str | None = None
    tags: list[str] = field(default_factory=list)


class Cards:
    """Cards by root folder: what the same files say never changes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], Card] = OrderedDict()

    def of(self, repo: Repo, commit: Commit) -> Card:
        """The card of a commit."""
        key = (repo.kind, commit.tree)
        with self._lock:
            if (card := self._known.get(key)) is not None:
                self._known.move_to_end(key)
                return card
        card = read_card(repo, commit)
        with self._lock:
            self._known[key] = card
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return card


def read_card(repo: Repo, commit: Commit) -> Card:
    """Read a commit's README.md and config.json; what cannot be read says nothing."""
    data = front_matter(text_of(repo, commit, "README.md"))
    config = None
    if repo.kind == "model":
        try:
            loaded = json.loads(text_of(repo, commit, "config.json") or "null")
        except ValueError:
            loaded = None
        if isinstance(loaded, dict):
            config = {k: loaded[k] for k in ("architectures", "model_type") if k in loaded}
    said = data or {}
    task = said.get("pipeline_tag") if isinstance(said.get("pipeline_tag"), str) else _task(config)
    suffixes = {path.rpartition(".")[2].lower() for path, _ in files(repo.folders, commit.tree)}
    library = said.get("library_name") if isinstance(said.get("library_name"), str) else None
    if library is None and config and repo.kind == "model":
        library = "transformers"
    return Card(data, config, task, library, _tags(repo.kind, said, config, task, library, suffixes))


def front_matter(text: str) -> dict[str, Any] | None:
    """The YAML at the head of a README as plain JSON data; None when there is none that can be read."""
    found = _FRONT.match(text)
    if not found:
        return None
    import yaml

    try:
        data = yaml.safe_load(found[1])
        plain = json.loads(json.dumps(data, default=str))
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return None
    return plain if isinstance(plain, dict) else None


def _task(config: dict[str, Any] | None) -> str | None:
    names = (config or {}).get("architectures")
    for name in names if isinstance(names, list) else ():
        for ending, task in _TASKS.items():
            if isinstance(name, str) and name.endswith(ending):
                return task
    return None


def _texts(value: Any) -> list[str]:
    return [v for v in (value if isinstance(value, list) else [value]) if isinstance(v, str)]


def _tags(
    kind: str,
    said: dict[str, Any],
    config: dict[str, Any] | None,
    task: str | None,
    library: str | None,
    suffixes: set[str],
) -> list[str]:
    tags = [library, *(_FORMATS[s] for s in _FORMATS if s in suffixes), (config or {}).get("model_type"), task]
    if kind == "model":
        tags += [*_texts(said.get("tags")), *_texts(said.get("language"))]
        tags += [f"dataset:{v}" for v in _texts(said.get("datasets"))]
        tags += [f"base_model:{v}" for v in _texts(said.get("base_model"))]
    else:
        for key in ("task_categories", "task_ids", "language", "size_categories", "multilinguality"):
            tags += [f"{key}:{v}" for v in _texts(said.get(key))]
        tags += _texts(said.get("tags"))
    tags += [f"license:{v}" for v in _texts(said.get("license"))]
    return list(dict.fromkeys(t for t in tags if isinstance(t, str) and t))
