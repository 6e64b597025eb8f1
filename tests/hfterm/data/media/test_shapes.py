"""What fields are: typed where all values look alike, else JSON; nothing is changed without a word."""

from typing import Any

import pytest

from hfterm.data.media import shapes


@pytest.mark.parametrize(
    ("values", "shape"),
    [
        (["a", None], "text"),
        ([1, 2], "int"),
        ([1, 2.5], "float"),
        ([True], "bool"),
        ([{"a": 1, "b": [1.5]}, {"b": [], "a": None}], {"a": "int", "b": ["float"]}),
        ([{"a": 1}, {"b": 1}], "json"),
        ([{"a": 1}, [1]], "json"),
        ([[1, "a"]], "json"),
        ([1, "a"], "json"),
        ([1, True], "json"),
        ([{}], "json"),
        ([[]], "json"),
        ([None], "json"),
        ([1 << 63], "json"),
        ([b"x"], "bytes"),
    ],
)
def test_columns(values: list[Any], shape: Any) -> None:
    assert shapes.columns({"x": value} for value in values) == {"x": shape}


def test_order_and_media() -> None:
    row = {"__key__": "k", "left.png": b"x", "wav": b"y", "npy": b"z", "__url__": "u"}
    found = shapes.columns([row])
    assert found == {"left.png": "image", "wav": "audio", "npy": "bytes", "__key__": "text", "__url__": "text"}
    assert list(found)[-2:] == ["__key__", "__url__"]


@pytest.mark.parametrize(
    ("value", "shape", "whole"),
    [
        (1.5, "int", False),
        (True, "int", False),
        (1 << 63, "int", False),
        (3, "float", True),
        ((1 << 53) + 1, "float", False),
        ({"a": 1}, {"a": "int", "b": "int"}, False),
        ({"a": 1, "b": 2, "c": 3}, {"a": "int", "b": "int"}, False),
        ({"a": None, "b": 2}, {"a": "int", "b": "int"}, True),
        (["a", None], ["text"], True),
        (["a", 1], ["text"], False),
        (1, "text", False),
    ],
)
def test_fits(value: Any, shape: Any, whole: bool) -> None:
    assert shapes.fits(value, shape) is whole
    if not whole:
        with pytest.raises(ValueError, match="another form"):
            shapes.held(value, shape, "k.x")


def test_held() -> None:
    assert shapes.held(b"x", "image", "k.png") == {"bytes": b"x", "path": "k.png"}
    assert shapes.held({"é": [1, "a"]}, "json", "k.json") == '{"é":[1,"a"]}'
    assert shapes.held(None, "json", "k.json") is None
