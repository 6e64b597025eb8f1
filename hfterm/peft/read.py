"""What the classes of the installed PEFT tell of its methods; ``python -m hfterm.peft.read`` writes all of it.

A JSON object: ``rows`` (method, about, settings, paper, untrainable) and ``settings`` (method -> its settings). Only
this process imports PEFT; :mod:`hfterm.peft.catalog` keeps the answer.
"""

import dataclasses
import enum
import inspect
import re
from typing import Any

from hfterm import apart
from hfterm.peft import methods

_LINK = re.compile(
    r"https?://(?:(?:www\.)?arxiv\.org/(?:abs|pdf)/|huggingface\.co/papers/|openreview\.net/|doi\.org/|dl\.acm\.org/)"
    r"[^\s\])>'\"`,]+"
)
_ARXIV = re.compile(r"\barXiv:(\d{4}\.\d{4,5})")
# How PEFT begins nearly every docstring; it says nothing.
_BOILERPLATE = re.compile(
    r"(?:This is the c|C)onfiguration class (?:to store|of|for \[|for \w+Model)|Stores the configuration|\w+\("
)
_SECTION = re.compile(r"\n\s*(?:Args|Attributes|Example|Examples|Returns|Paper|Reference|Papers?)\s*:")
_ARGUMENT = re.compile(r"^\s*(\w+) \((.*?)\):\s*(.*)$")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`\[])|\n\s*\n")


def everything() -> dict[str, Any]:
    """All that the classes tell."""
    from hfterm.inference.quiet import hush

    hush()
    names = methods.names()
    return {"rows": [row(name) for name in names], "settings": {name: settings(name) for name in names}}


def row(name: str) -> dict[str, Any]:
    """What one method is. ``settings``: the numbers among its own, with their defaults, and what a variant sets.

    Raises:
        UsageError: there is none.
    """
    base, extra, cls = methods.find(name)
    numbers = {
        field["setting"]: field["default"]
        for field in _fields(cls)
        if not field["shared"] and type(field["default"]) in (int, float)
    }
    about, paper = _variant(cls, extra) if extra else (_about(base, cls), _paper(base, cls))
    return {
        "method": name.lower().replace("-", "_"),
        "about": about,
        "settings": {**extra, **{key: value for key, value in numbers.items() if key not in extra}},
        "paper": paper,
        "untrainable": methods.untrainable(name),
    }


def settings(name: str) -> list[dict[str, Any]]:
    """A row a setting: the method's own first, then those that all methods share.

    Raises:
        UsageError: no such method.
    """
    _, extra, cls = methods.find(name)
    rows = sorted(_fields(cls), key=lambda field: field["shared"])
    for field in rows:
        field["default"] = extra.get(field["setting"], field["default"])
        del field["shared"]
    return rows


def _fields(cls: Any) -> list[dict[str, Any]]:
    from peft.config import PeftConfig

    shared = {field.name for field in dataclasses.fields(PeftConfig)}
    told = _arguments(cls.__doc__ or "")
    rows = []
    for field in dataclasses.fields(cls):
        if not field.init or field.name == "peft_type":
            continue
        help_ = field.metadata.get("help") or told.get(field.name, "")
        rows.append({
            "setting": field.name,
            "type": field.type if isinstance(field.type, str) else inspect.formatannotation(field.type),
            "default": _default(field),
            "help": " ".join(str(help_).split()),
            "shared": field.name in shared,
        })  # fmt: skip
    return rows


def _default(field: Any) -> Any:
    """The default, as plain data; None too where a value must be given."""
    value = field.default_factory() if field.default_factory is not dataclasses.MISSING else field.default
    if value is dataclasses.MISSING:
        return None
    if isinstance(value, enum.Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, set | frozenset | tuple):
        return sorted(value) if not isinstance(value, tuple) else list(value)
    return value if isinstance(value, str | int | float | bool | list | dict | type(None)) else str(value)


def _arguments(doc: str) -> dict[str, str]:
    """The ``Args:`` of a docstring in Google's style: name -> text."""
    found: dict[str, str] = {}
    name = ""
    for line in inspect.cleandoc(doc).splitlines():
        if match := _ARGUMENT.match(line):
            name, found[match[1]] = match[1], match[3]
        elif name and line.startswith("  "):
            found[name] += f" {line.strip()}"
        elif line.strip():
            name = ""
    return found


def _docs(base: str, cls: Any) -> list[str]:
    """What can tell of a method: its configuration's docstring, its tuner's, the module's."""
    from peft.mapping import PEFT_TYPE_TO_TUNER_MAPPING

    tuner = next((t for kind, t in PEFT_TYPE_TO_TUNER_MAPPING.items() if kind.value.lower() == base), None)
    docs = [cls.__doc__, tuner.__doc__ if tuner is not None else None]
    return [inspect.cleandoc(doc) for doc in docs if doc]


_CREATES = re.compile(r"Creates (?:an? )?(.+?),?(?: model| adapter)?(?: from| around) a pretrained.*")
_FOR = re.compile(r"(?:CPT )?Configuration(?: class)?(?: extending PeftConfig)? for (?:the )?(.+?)(?: method)?")


def _about(base: str, cls: Any) -> str:
    """The first sentence that says something (the tuner's docstring before the configuration's), without markup."""
    for doc in reversed(_docs(base, cls)):
        text = _SECTION.split(f"\n{doc}")[0]
        for sentence in _SENTENCE.split(text):
            plain = _plain(sentence)
            if plain and not _BOILERPLATE.match(plain):
                plain = plain.rstrip(".:")
                match = _CREATES.fullmatch(plain) or _FOR.fullmatch(plain)
                return match[1] if match else plain
    return base.replace("_", " ")


def _plain(text: str) -> str:
    """Text without the markup of Markdown and HTML."""
    return " ".join(re.sub(r"<[^>]*>", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)).replace("`", "").split())


def _paper(base: str, cls: Any) -> str | None:
    # The tuner's docstring names the paper of the method; the configuration's may name those of single settings.
    for doc in reversed(_docs(base, cls)):
        if found := _LINK.search(doc):
            return found[0].rstrip(".,;")
        if found := _ARXIV.search(doc):
            return f"https://arxiv.org/abs/{found[1]}"
    return None


def _variant(cls: Any, extra: dict[str, Any]) -> tuple[str, str | None]:
    """What the docstring's words on a setting say of one of its values, and the paper they name."""
    told, (key, value) = _arguments(cls.__doc__ or ""), next(iter(extra.items()))
    sentences = _SENTENCE.split(told.get(key, ""))
    own = sentences if value is True else [one for one in sentences if f"'{value}'" in one]
    said = f"LoRA with {key}={value}: {_plain(own[0]).rstrip('.')}" if own else f"LoRA with {key}={value}"
    paper = next((found[0].rstrip(".,;") for one in own if (found := _LINK.search(one))), None)
    return said, paper


if __name__ == "__main__":
    apart.answer(everything)
