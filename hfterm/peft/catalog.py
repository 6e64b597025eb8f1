"""What the installed PEFT can do, told from its own classes: every method, what it is, its paper, its settings."""

import dataclasses
import enum
import inspect
import re
from collections.abc import Iterator
from typing import Any

from hfterm import extras
from hfterm.peft import mergeable, methods

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


def ls() -> Iterator[dict[str, Any]]:
    """A row a method of the installed PEFT, and a row a variant of LoRA; sorted by name.

    ``merge`` is None where it depends on the model; ``train`` whether :mod:`hfterm.train` takes it;
    ``settings`` the numbers among its own settings, with their defaults.

    Raises:
        MissingExtraError: no PEFT.
    """
    extras.check("peft", "peft", "torch", "transformers")
    from hfterm.inference.quiet import hush

    hush()
    for name in methods.names():
        yield of(name)


def of(name: str) -> dict[str, Any]:
    """The row of one method.

    Raises:
        UsageError: there is none.
    """
    base, extra, cls = methods.find(name)
    own = [row for row in _fields(cls) if not row["shared"]]
    about = _about(base, cls)
    if extra:
        about = f"{base.upper()} with {', '.join(f'{key}={value}' for key, value in extra.items())}"
    numbers = {row["setting"]: row["default"] for row in own if type(row["default"]) in (int, float)}
    return {
        "method": name.lower().replace("-", "_"),
        "about": about,
        "merge": mergeable.exact(base),
        "train": base not in methods.NOT_FROM_RECORDS,
        "settings": {**numbers, **extra},
        "paper": None if extra else _paper(base, cls),
    }


def settings(name: str) -> Iterator[dict[str, Any]]:
    """A row a setting of a method: its own first, then those that all methods share.

    Raises:
        UsageError: no such method. MissingExtraError: no PEFT.
    """
    extras.check("peft", "peft", "torch", "transformers")
    from hfterm.inference.quiet import hush

    hush()
    _, extra, cls = methods.find(name)
    rows = sorted(_fields(cls), key=lambda row: row["shared"])
    for row in rows:
        if row["setting"] in extra:
            row["default"] = extra[row["setting"]]
        del row["shared"]
        yield row


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
        for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z`\[])|\n\s*\n", text):
            plain = " ".join(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", sentence).replace("`", "").split())
            if plain and not _BOILERPLATE.match(plain):
                plain = plain.rstrip(".:")
                match = _CREATES.fullmatch(plain) or _FOR.fullmatch(plain)
                return match[1] if match else plain
    return base.replace("_", " ")


def _paper(base: str, cls: Any) -> str | None:
    # The tuner's docstring names the paper of the method; the configuration's may name those of single settings.
    for doc in reversed(_docs(base, cls)):
        if found := _LINK.search(doc):
            return found[0].rstrip(".,;")
        if found := _ARXIV.search(doc):
            return f"https://arxiv.org/abs/{found[1]}"
    return None
