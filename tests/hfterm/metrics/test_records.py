"""Records that cannot be scored, columns, names of metrics, sources."""

import math
from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import CheckFailedError, UsageError
from hfterm.metrics.evaluate import evaluate
from hfterm.metrics.read import Item
from hfterm.metrics.score import Pairs
from hfterm.metrics.table import METRICS, asked, listed
from hfterm.metrics.values import KINDS, BadValue


@pytest.mark.parametrize(
    ("kind", "prediction", "reference", "why"),
    [
        ("label", None, 1, "has nothing as prediction, which is no label"),
        ("label", "1", 1, "has text as prediction where labels are a number"),
        ("label", True, 1, "has true or false as prediction where labels are a number"),
        ("label", 0.5, 1, "has 0.5 as prediction, which is no label"),
        ("label", 1, math.nan, "has nan as reference, which is no label"),
        ("label", [1], 1, "has a list as prediction"),
        ("number", math.nan, 1, "has nan as prediction, which is no finite number"),
        ("number", 1, "inf", "has inf as reference, which is no finite number"),
        ("number", 10**400, 1, "which is no number"),
        ("number", True, 1, "has true or false as prediction, which is no number"),
        ("number", "x", 1, "has 'x' as prediction, which is no number"),
        ("score", [0.5], 1, "has a list of 1 as scores"),
        ("score", "high", 1, "has 'high' as score"),
        ("text", 3, "x", "has 3 as prediction, which is no text"),
        ("text", "x", ["a", None], "has nothing as reference, which is no text"),
        ("one_text", "x", ["a", "b"], "has 2 references where the metric takes one"),
        ("tags", ["O"], ["O", "O"], "has 1 predicted tags for 2"),
        ("tags", [1], [1], "which is no list of tags such as B-PER"),
        ("tags", ["PER"], ["O"], "has the tag 'PER' in its prediction"),
    ],
)
def test_values_that_cannot_be_scored(kind: str, prediction: Any, reference: Any, why: str) -> None:
    with pytest.raises(BadValue) as found:
        KINDS[kind]()(prediction, reference)
    assert why in str(found.value)


def test_values_that_can() -> None:
    assert KINDS["label"]()(1.0, 1) == (1, 1)
    assert KINDS["text"]()(["said"], "x") == ("said", ["x"])
    assert KINDS["number"]()("1e3", 2) == (1000.0, 2.0)


def test_labels_and_scores_stay_of_one_kind() -> None:
    turn = KINDS["label"]()
    turn(1, 0)
    with pytest.raises(BadValue, match="has text as reference where labels are a number"):
        turn("a", "b")
    turn = KINDS["score"]()
    turn([0.2, 0.8], 1)
    with pytest.raises(BadValue, match="has no list of scores where others have 2"):
        turn(0.5, 1)


def test_names() -> None:
    assert [one.name for one in asked(["accuracy, F1_Macro", "rouge", "rougel", "accuracy"])] == [
        *("accuracy", "f1_macro", "rouge1", "rouge2", "rougeL", "rougeLsum"),
    ]
    for name, hint in (
        ("accurracy", "did you mean accuracy"),
        ("f1_makro", "f1_macro"),
        ("zzz", "hfterm eval --list"),
    ):
        with pytest.raises(UsageError, match="no such metric") as found:
            asked([name])
        assert hint in str(found.value)
    for names in ([], [","]):
        with pytest.raises(UsageError, match="no metric named"):
            asked(names)
    assert [row["name"] for row in listed()] == list(METRICS) and all(all(row.values()) for row in listed())


def test_a_record_bad_for_one_metric_is_left_out_of_all() -> None:
    said: list[str] = []
    pairs = Pairs(asked(["accuracy,mse"]), on_bad=said.append)
    pairs.add(Item("line 1", {"text": "no columns"}))
    pairs.add(Item("line 2", {"prediction": "a", "reference": "b"}))
    pairs.add(Item("line 3", {}, "is not JSON"))
    pairs.add(Item("line 4", {"prediction": "1", "reference": "2"}))
    for number in range(5, 20):
        pairs.add(Item(f"line {number}", {"prediction": None, "reference": "1"}))
    pairs.check()
    assert (pairs.records, pairs.bad) == (1, 18) and [len(rows) for rows in pairs.rows.values()] == [1, 1]
    assert said[2] == "left out line 3: it is not JSON" and len(said) == 11
    assert said[-1] == "left out 18 records in all"


@pytest.fixture
def written(tmp_path: Path) -> Any:
    def write(name: str, text: str) -> str:
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return write


def test_columns(written: Any) -> None:
    path = written("a.jsonl", '{"out": "a", "label": "a", "right": "b", "pred": "a"}\n')
    assert evaluate([path], ["accuracy"])["accuracy"] == 1
    assert evaluate([path], ["accuracy"], prediction="out", reference="right")["accuracy"] == 0
    with pytest.raises(UsageError, match=r"no column 'rihgt'.*did you mean 'right'"):
        evaluate([path], ["accuracy"], reference="rihgt")
    with pytest.raises(
        UsageError, match=r"no column is a prediction by its name; columns: x, label.*--prediction NAME"
    ):
        evaluate([written("b.jsonl", '{"x": 1, "label": 1}\n')], ["accuracy"])
    both = written("c.jsonl", '{"pred": 1, "score": 0.9, "label": 1}\n{"pred": 1, "score": 0.2, "label": 0}\n')
    assert evaluate([both], ["accuracy", "roc_auc"]) == {"accuracy": 0.5, "roc_auc": 1.0, "records": 2}


def test_two_sources_by_order(written: Any) -> None:
    said, right = written("said.txt", "the cat\na dog\n"), written("right.csv", "answer,id\nthe cat,1\na cow,2\n")
    assert evaluate([said], ["exact_match,wer"], against=right) == {"exact_match": 0.5, "wer": 0.25, "records": 2}
    short = written("short.txt", "the cat\n")
    with pytest.raises(CheckFailedError, match=r"there are 1 references, but more predictions: line 2 of .*said.txt"):
        evaluate([said], ["exact_match"], against=short)
    with pytest.raises(CheckFailedError, match="there are 1 predictions, but more references"):
        evaluate([short], ["exact_match"], against=right)
    # A line that cannot be read takes its partner with it: the others keep theirs.
    torn = written("torn.jsonl", '{"pred": "the cat"\n{"pred": "a cow"}\n')
    found = evaluate([torn], ["exact_match"], against=right, on_bad=lambda text: None)
    assert found == {"exact_match": 1.0, "records": 1, "left_out": 1}
    with pytest.raises(UsageError, match="both come from standard input"):
        evaluate([], ["wer"], against="-")


def test_formats(written: Any, tmp_path: Path) -> None:
    import duckdb

    query = "SELECT * FROM (VALUES (1, 1), (0, 1)) AS t(prediction, label)"
    duckdb.connect().execute(f"COPY ({query}) TO '{tmp_path}/a.parquet' (FORMAT parquet)")
    for path in (
        written("a.csv", "prediction,label\n1,1\n0,1\n"),
        written("a.tsv", "prediction\tlabel\n1\t1\n0\t1\n"),
        written("a.json", '[{"prediction": 1, "label": 1}, {"prediction": 0, "label": 1}]'),
        str(tmp_path / "a.parquet"),
    ):
        assert evaluate([path], ["accuracy,recall,mae"]) == {"accuracy": 0.5, "recall": 0.5, "mae": 0.5, "records": 2}


def test_bad_lines_of_csv_are_named_and_left_out_in_place(written: Any) -> None:
    path = written("a.csv", "prediction,label\n1,1\n1\n0,1\n")
    with pytest.raises(
        CheckFailedError, match=r"1 of 3 records cannot be scored: line 3 of .*a.csv has 1 values for 2"
    ):
        evaluate([path], ["accuracy"])
    found = evaluate([path], ["accuracy"], on_bad=lambda text: None)
    assert found == {"accuracy": 0.5, "records": 2, "left_out": 1}


@pytest.mark.parametrize("text", ["", "\n\n", "[]"])
def test_nothing_to_score_is_an_error(written: Any, text: str) -> None:
    with pytest.raises(CheckFailedError, match="no records to score"):
        evaluate([written("a.json" if text == "[]" else "a.jsonl", text)], ["accuracy"])
