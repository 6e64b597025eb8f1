"""A field of an argument dataclass as plain data: what it takes, its default, its help, who defines it."""

import dataclasses
import enum
import inspect
import types
import typing
from collections.abc import Iterable, Mapping
from typing import Any

# What a value can be, and how that is said. "any" stands for what no recipe can hold, such as a class.
WORDS = {
    "int": "whole number",
    "float": "number",
    "bool": "true or false",
    "str": "text",
    "list": "list",
    "dict": "mapping",
    "any": "anything",
    "none": "none",
}
_ARTICLES = ("int", "float", "list", "dict")
_PLAIN = {int: "int", float: "float", bool: "bool", str: "str", type(None): "none", Any: "any"}
_LISTS = (list, tuple, set, frozenset, Iterable)


@dataclasses.dataclass(frozen=True)
class Field:
    """One field.

    ``kinds`` are keys of ``WORDS``; ``items`` those of a list's items; ``choices`` the texts it takes, where they
    are enumerated; ``origin`` the class that defines it last, with its library: ``trl.SFTConfig``.
    """

    name: str
    kinds: tuple[str, ...]
    default: Any = None
    help: str = ""
    choices: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    required: bool = False
    origin: str = ""

    @property
    def type(self) -> str:
        """Its type in plain words: ``whole number or none``."""
        words = in_words(self.kinds, self.items)
        return words.replace(WORDS["str"], "choice", 1) if self.choices else words

    def as_dict(self) -> dict[str, Any]:
        """Plain data, without what is empty."""
        plain = dataclasses.asdict(self)
        return {key: value for key, value in plain.items() if key in ("name", "kinds", "default") or value}


def from_dict(values: Mapping[str, Any]) -> Field:
    """A field from :meth:`Field.as_dict`, also when it has been JSON in between."""
    many = {key: tuple(values.get(key, ())) for key in ("kinds", "items", "choices")}
    return Field(**{**values, **many})


def in_words(kinds: Iterable[str], items: Iterable[str] = (), *, articles: bool = False) -> str:
    """Kinds as words; with ``articles`` as they stand after "not": ``a whole number or none``."""
    kinds = [kind for kind in kinds if not (kind == "int" and "float" in kinds)]
    said = []
    for kind in kinds:
        word = WORDS[kind]
        if kind == "list" and (inner := [item for item in items if item != "any"]):
            word = f"list of {in_words(inner)}"
        said.append(f"a {word}" if articles and kind in _ARTICLES else word)
    return " or ".join(said)


def fields_of(cls: Any, told: Mapping[str, str] | None = None) -> list[Field]:
    """The fields of a dataclass that its constructor takes; ``told``: help for those without metadata."""
    hints = _hints(cls)
    found = []
    for field in dataclasses.fields(cls):
        if not field.init:
            continue
        kinds, items, choices = kinds_of(hints.get(field.name, Any))
        if given := field.metadata.get("choices"):
            choices = tuple(str(choice) for choice in given if choice is not None)
        missing = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        words = field.metadata.get("help") or (told or {}).get(field.name, "")
        found.append(
            Field(
                field.name,
                kinds,
                plain(default_of(field)),
                " ".join(str(words).split()).replace("%%", "%"),
                choices,
                items,
                missing,
                _origin(cls, field.name),
            )
        )
    return found


def default_of(field: Any) -> Any:
    """The default that a dataclass's field has, made if it must be; None when there is none."""
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return None if field.default is dataclasses.MISSING else field.default


def plain(value: Any) -> Any:
    """A default as plain data."""
    if isinstance(value, enum.Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain(dataclasses.asdict(value))
    if isinstance(value, set | frozenset):
        return sorted(map(plain, value), key=str)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return value if isinstance(value, str | int | float | bool | type(None)) else str(value)


def kinds_of(hint: Any) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Kinds, kinds of a list's items, and the enumerated texts, of an annotation.

    Text beside an enumeration (``SchedulerType | str``) is how transformers writes the enumeration alone; beside a
    ``Literal`` it is any text.
    """
    kinds: list[str] = []
    items: list[str] = []
    enumerated: list[str] = []
    literal: list[str] = []
    for part in _parts(hint):
        origin, arguments = typing.get_origin(part), typing.get_args(part)
        if part in _PLAIN:
            kinds.append(_PLAIN[part])
        elif isinstance(part, type) and issubclass(part, enum.Enum):
            enumerated += [str(member.value) for member in part]
        elif origin is typing.Literal:
            literal += [value for value in arguments if isinstance(value, str)]
            kinds += [_PLAIN.get(type(value), "any") for value in arguments if not isinstance(value, str)]
        elif _among(origin or part, (dict, Mapping)) or dataclasses.is_dataclass(part):
            kinds.append("dict")
        elif _among(origin or part, _LISTS):
            kinds.append("list")
            items += [kind for inner in arguments if inner is not ... for kind in kinds_of(inner)[0]]
        else:
            kinds.append("any")
    choices = () if literal and "str" in kinds else (*enumerated, *literal)
    if choices and "str" not in kinds:
        kinds.insert(0, "str")
    # "none" is said last.
    ordered = sorted(dict.fromkeys(kinds), key=lambda kind: kind == "none")
    return tuple(ordered) or ("any",), tuple(dict.fromkeys(items)), tuple(dict.fromkeys(choices))


def _parts(hint: Any) -> tuple[Any, ...]:
    """The members of a union, flat; anything else is its only one."""
    if typing.get_origin(hint) is typing.Annotated:
        hint = typing.get_args(hint)[0]
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return tuple(part for member in typing.get_args(hint) for part in _parts(member))
    return (hint,)


def _among(kind: Any, classes: tuple[Any, ...]) -> bool:
    return isinstance(kind, type) and not issubclass(kind, str) and issubclass(kind, classes)


def _hints(cls: Any) -> dict[str, Any]:
    try:
        return typing.get_type_hints(cls)
    except Exception:  # one name that exists for type checkers only spoils them all
        return {field.name: field.type for field in dataclasses.fields(cls) if not isinstance(field.type, str)}


def _origin(cls: Any, name: str) -> str:
    """The class that declares a field last, as ``library.Class``."""
    for base in cls.__mro__:
        if name in inspect.get_annotations(base):
            return f"{base.__module__.partition('.')[0]}.{base.__name__}"
    return ""
