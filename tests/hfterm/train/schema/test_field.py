import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Optional

import pytest

from hfterm.train.schema.field import fields_of, from_dict, in_words, kinds_of


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Inner:
    x: int = 1


@dataclass
class Base:
    """Fields of all sorts."""

    needed: str
    rate: float = field(default=1e-4, metadata={"help": "50%%  of\n it."})
    colour: Colour | str = Colour.RED
    names: list[str] = field(default_factory=lambda: ["a"])
    hidden: int = field(default=1, init=False)


@dataclass
class Derived(Base):
    rate: float = 2.0
    inner: Inner = field(default_factory=Inner)


@pytest.mark.parametrize(
    ("hint", "kinds", "items", "choices"),
    [
        (int, ("int",), (), ()),
        (Optional[float], ("float", "none"), (), ()),  # noqa: UP045 (as older libraries write it)
        (None | str | list[str], ("str", "list", "none"), ("str",), ()),
        (Colour | str, ("str",), (), ("red", "blue")),
        (Colour, ("str",), (), ("red", "blue")),
        (Literal["a", "b"] | None, ("str", "none"), (), ("a", "b")),
        (str | Literal["auto"], ("str",), (), ()),
        (bool | Literal["gaussian"], ("str", "bool"), (), ("gaussian",)),
        (str | None | Literal[False], ("str", "bool", "none"), (), ()),
        (dict[str, Any] | str | None, ("dict", "str", "none"), (), ()),
        (tuple[int, ...] | None, ("list", "none"), ("int",), ()),
        (list[list[int]], ("list",), ("list",), ()),
        (Inner | None, ("dict", "none"), (), ()),
        (Annotated[int, "x"], ("int",), (), ()),
        (Any, ("any",), (), ()),
        (Callable[[], int], ("any",), (), ()),
    ],
)
def test_annotations_as_kinds(hint: Any, kinds: Any, items: Any, choices: Any) -> None:
    assert kinds_of(hint) == (kinds, items, choices)


def test_fields_know_default_help_and_who_defines_them() -> None:
    found = {one.name: one for one in fields_of(Derived, {"inner": "Told."})}
    assert list(found) == ["needed", "rate", "colour", "names", "inner"]
    assert found["needed"].required and not found["rate"].required
    assert (found["rate"].default, found["rate"].origin.rpartition(".")[2]) == (2.0, "Derived")
    assert (found["colour"].default, found["colour"].origin.rpartition(".")[2]) == ("red", "Base")
    assert (found["names"].default, found["inner"].default, found["inner"].help) == (["a"], {"x": 1}, "Told.")
    assert next(one for one in fields_of(Base) if one.name == "rate").help == "50% of it."


def test_a_field_survives_being_plain_data() -> None:
    for one in fields_of(Derived):
        assert from_dict(one.as_dict()) == one


def test_types_in_words() -> None:
    assert in_words(("int", "float", "none")) == "number or none"
    assert in_words(("list", "none"), ("str",), articles=True) == "a list of text or none"
    assert in_words(("bool", "str"), articles=True) == "true or false or text"
    assert next(one for one in fields_of(Base) if one.name == "colour").type == "choice"
