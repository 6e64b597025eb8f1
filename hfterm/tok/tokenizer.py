"""A tokenizer from its folder with the ``tokenizers`` library alone: no transformers, no torch.

Files: ``tokenizer.json`` (https://huggingface.co/docs/tokenizers), ``tokenizer_config.json`` with the
special tokens' names, and the chat template in ``chat_template.jinja`` or in that configuration.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hfterm import refs
from hfterm.errors import HftermError, NotFoundError, one_line
from hfterm.tok import template

SPECIAL_NAMES = ("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token")


@dataclass(frozen=True)
class Tokenizer:
    """A loaded tokenizer. ``special`` maps ``eos_token`` and the like to their text.

    ``tool_template`` is a chat template of its own for conversations with tools, where a model has one.
    """

    path: Path
    raw: Any
    special: Mapping[str, str] = field(default_factory=dict)
    chat_template: str | None = None
    tool_template: str | None = None

    def lengths(self, texts: Sequence[str], *, special: bool = False) -> list[int]:
        """Number of tokens of each text; ``special`` adds what the model expects around one."""
        return [len(e) for e in self.raw.encode_batch_fast(list(texts), add_special_tokens=special)]

    def encode(self, text: str, *, special: bool = False) -> list[int]:
        """Token ids of one text."""
        ids: list[int] = self.raw.encode(text, add_special_tokens=special).ids
        return ids

    def config(self) -> dict[str, Any]:
        """Its ``tokenizer_config.json``; empty without one."""
        return _json(self.path / "tokenizer_config.json")

    def render(
        self,
        messages: Sequence[Mapping[str, Any]],
        *,
        tools: Sequence[Mapping[str, Any]] | None = None,
        add_generation_prompt: bool = False,
    ) -> str:
        """A conversation, and the tools that the model may call in it, as the text the model reads.

        Raises:
            HftermError: there is no chat template, or it refuses the conversation.
        """
        chosen = self.chat_template if tools is None else self.tool_template or self.chat_template
        if chosen is None:
            raise HftermError(f"the tokenizer {str(self.path)!r} has no chat template", "name a text column instead")
        return template.render(
            chosen, messages, add_generation_prompt=add_generation_prompt, tools=tools, variables=self.special
        )


def load(ref: str | Path, *, note: Any = None) -> Tokenizer:
    """Load the tokenizer that ``ref`` names: a model's folder, a tokenizer.json, a Hub id, ``run:NAME``.

    Raises:
        NotFoundError: no such thing, or no tokenizer.json in it.
        HftermError: a file is damaged.
    """
    path = (
        ref if isinstance(ref, Path) else refs.resolve(ref, "any" if _may_be_adapter(ref) else "tokenizer", note=note)
    )
    file = path if path.is_file() else _find(path)
    from tokenizers import Tokenizer as Raw

    try:
        raw = Raw.from_file(str(file))
    except Exception as exc:  # the library raises bare Exception
        raise HftermError(f"cannot read {str(file)!r}: {one_line(exc)[:200]}", "get the tokenizer again") from exc
    raw.no_truncation()
    raw.no_padding()
    config = _json(file.parent / "tokenizer_config.json")
    special = _special(file.parent, config)
    return Tokenizer(file.parent, raw, special, _template(file.parent, config), _tool_template(file.parent, config))


def _may_be_adapter(ref: str) -> bool:
    # An adapter's folder need not hold a tokenizer: its base model's is meant.
    return refs.parse(ref, "tokenizer").where != "hub"


def _find(folder: Path) -> Path:
    seen: set[Path] = set()
    while True:
        if (folder / "tokenizer.json").is_file():
            return folder / "tokenizer.json"
        seen.add(folder)
        base = _json(folder / "adapter_config.json").get("base_model_name_or_path")
        if not isinstance(base, str) or not base:
            break
        local = Path(base).expanduser()
        if local.is_absolute() and not local.is_dir():
            raise NotFoundError(f"the adapter {str(folder)!r} has no tokenizer, and its base model {base!r} is gone")
        folder = local if local.is_dir() else refs.resolve(base, "tokenizer")
        if folder in seen:
            break
    old = next(
        (n for n in ("tokenizer.model", "vocab.json", "vocab.txt", "spiece.model") if (folder / n).is_file()), None
    )
    if old:
        raise NotFoundError(
            f"{str(folder)!r} has a tokenizer of the old kind ({old}) and no tokenizer.json",
            f"make a fast one of it: hfterm tok convert {folder} -o DIR",
        )
    raise NotFoundError(f"no tokenizer in {str(folder)!r}: it has no tokenizer.json")


def _json(path: Path) -> dict[str, Any]:
    """A JSON object; nothing when the file is missing."""
    try:
        value = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError) as exc:
        raise HftermError(f"cannot read {str(path)!r}: damaged or half-written", "get the tokenizer again") from exc
    return value if isinstance(value, dict) else {}


def _special(folder: Path, config: dict[str, Any]) -> dict[str, str]:
    found = {}
    for source in (_json(folder / "special_tokens_map.json"), config):
        for name in SPECIAL_NAMES:
            value = source.get(name)
            value = value.get("content") if isinstance(value, dict) else value
            if isinstance(value, str):
                found[name] = value
    return found


def _template(folder: Path, config: dict[str, Any]) -> str | None:
    found = _text(folder / "chat_template.jinja")
    if found is None:
        given = config.get("chat_template")
        found = _named(given).get("default") if isinstance(given, list) else given
    return found if isinstance(found, str) else None


def _tool_template(folder: Path, config: dict[str, Any]) -> str | None:
    found = _text(folder / "additional_chat_templates" / "tool_use.jinja")
    if found is None:
        found = _named(config.get("chat_template")).get("tool_use")
    return found if isinstance(found, str) else None


def _named(templates: Any) -> dict[Any, Any]:
    """Several templates by their names, as a configuration lists them."""
    listed = templates if isinstance(templates, list) else []
    return {one.get("name"): one.get("template") for one in listed if isinstance(one, dict)}


def _text(file: Path) -> str | None:
    try:
        return file.read_text("utf-8") if file.is_file() else None
    except UnicodeDecodeError as exc:
        raise HftermError(f"cannot read {str(file)!r}: it is not UTF-8") from exc
