from typing import Any

import pytest

from hfterm.errors import HftermError
from hfterm.train.tasks import labels


@pytest.mark.parametrize(
    ("value", "name"), [("a ", "a"), (3, "3"), (3.0, "3"), (True, "true"), (False, "false"), (-1, "-1")]
)
def test_names(value: Any, name: str) -> None:
    assert labels.name(value) == name


@pytest.mark.parametrize("value", ["", None, 0.5, {"a": 1}])
def test_what_is_no_label(value: Any) -> None:
    with pytest.raises(HftermError, match="its label"):
        labels.name(value)


def test_order() -> None:
    assert labels.ordered(["10", "9", "-1"]) == ["-1", "9", "10"]
    assert labels.ordered(["b", "a", "B-PER", "O"]) == ["O", "B-PER", "a", "b"]


def test_a_head_that_knows_the_labels_keeps_its_order() -> None:
    config = {"id2label": {"0": "good", "1": "bad", "2": "odd"}}
    assert labels.chosen({"bad", "good"}, config) == ["good", "bad", "odd"]
    assert labels.chosen({"bad", "new"}, config) == ["bad", "new"]


def test_a_head_without_names_takes_numbers() -> None:
    config = {"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}
    found = labels.chosen({"0", "1"}, config)
    assert found == ["LABEL_0", "LABEL_1"] and labels.numbers(found)["1"] == 1
    assert labels.chosen({"no", "yes"}, config) == ["no", "yes"]


def test_labels_of_the_evaluation_data_alone() -> None:
    labels.check_known({"a"}, ["a", "b"], "x.jsonl")
    with pytest.raises(HftermError, match=r"x\.jsonl has the label 'c'"):
        labels.check_known({"a", "c"}, ["a", "b"], "x.jsonl")
