"""What functions return, as lines of JSON."""

import datetime
import decimal
from pathlib import Path
from typing import Any

import numpy
import pytest

from hfterm.data.python.results import WrongResult, batch_rows, dumps, merged, rows_of, truths


@pytest.mark.parametrize(
    ("value", "want"),
    [
        ({"a": 1, "é": [None, True]}, '{"a":1,"é":[null,true]}'),
        ({"a": float("nan"), "b": [float("-inf"), 1.5]}, '{"a":null,"b":[null,1.5]}'),
        ({"a": numpy.arange(3), "b": numpy.float32(0.5), "c": numpy.bool_(True)}, '{"a":[0,1,2],"b":0.5,"c":true}'),
        ({"a": numpy.array([1.0, numpy.nan])}, '{"a":[1.0,null]}'),
        ({"a": datetime.date(2026, 1, 2), "b": b"\xff\x00"}, '{"a":"2026-01-02","b":"/wA="}'),
        ({"a": decimal.Decimal("1.5"), "b": Path("x/y"), "c": {4}}, '{"a":1.5,"b":"x/y","c":[4]}'),
        ({"a": (n * 2 for n in range(3))}, '{"a":[0,2,4]}'),
    ],
)
def test_values_that_libraries_give_have_a_json(value: Any, want: str) -> None:
    assert dumps(value).decode() == want


@pytest.mark.parametrize("value", [{"a": object()}, {"a": "\ud800"}, {("a",): 1}])
def test_values_without_a_json_are_named(value: Any) -> None:
    with pytest.raises(WrongResult):
        dumps(value)


def test_a_circle_has_no_json() -> None:
    circle: dict[str, Any] = {}
    circle["a"] = circle
    with pytest.raises(WrongResult, match="no JSON"):
        dumps(circle)


@pytest.mark.parametrize(
    ("line", "made", "want"),
    [
        ('{"a": 1.10 }', {"b": 2}, '{"a": 1.10,"b":2}'),  # what is not touched stays as it is written
        ("{ }", {"b": 2}, '{"b":2}'),
        ('{"a": 1, "b": 3}', {"b": 2, "c": "é"}, '{"a":1,"b":2,"c":"é"}'),
        ('{"a": 1}', {}, '{"a": 1}'),
    ],
)
def test_fields_are_added_or_replaced(line: str, made: dict[str, Any], want: str) -> None:
    names = frozenset(name for name in "abc" if f'"{name}"' in line)
    assert merged(line.encode(), names, made, False).decode() == want
    assert merged(line.encode(), names, made, True) == dumps(made)


def test_a_record_becomes_none_one_or_several_rows() -> None:
    assert rows_of(None) is None and rows_of({"a": 1}) == [{"a": 1}] and rows_of([]) == []
    assert rows_of({"n": n} for n in range(2)) == [{"n": 0}, {"n": 1}]
    for wrong in ("text", 3, [1], [{"a": 1}, "x"]):
        with pytest.raises(WrongResult, match="where a dict is wanted"):
            rows_of(wrong)


def test_a_batch_becomes_rows() -> None:
    assert batch_rows({"n": numpy.arange(2), "t": ("x", "y")}, 2, ["a"], False) == [
        {"n": 0, "t": "x"},
        {"n": 1, "t": "y"},
    ]
    assert batch_rows({"a": [1]}, 2, ["a"], False) == [{"a": 1}]  # fewer, with all the fields
    assert batch_rows({"n": [1]}, 2, ["a"], True) == [{"n": 1}]
    assert batch_rows(None, 2, ["a"], False) is None and batch_rows({"a": []}, 2, ["a"], False) == []
    with pytest.raises(WrongResult, match="1 rows for 2, without the field 'a'"):
        batch_rows({"n": [1]}, 2, ["a"], False)
    with pytest.raises(WrongResult, match="different lengths"):
        batch_rows({"a": [1], "b": [1, 2]}, 2, ["a"], False)
    with pytest.raises(WrongResult, match="a list is wanted"):
        batch_rows({"a": "xy"}, 2, ["a"], False)


def test_a_batch_is_kept_in_part() -> None:
    assert truths(numpy.array([True, False]), 2) == [True, False] and truths([0, "x"], 2) == [False, True]
    for wrong in ([True], True, {"a": [True, False]}):
        with pytest.raises(WrongResult):
            truths(wrong, 2)
