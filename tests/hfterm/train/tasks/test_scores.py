from types import SimpleNamespace
from typing import Any

import numpy
import pytest

from hfterm.errors import UsageError
from hfterm.train.tasks import scores


def predicted(logits: Any, right: Any) -> Any:
    return SimpleNamespace(predictions=numpy.array(logits, dtype=float), label_ids=numpy.array(right))


def test_two_labels() -> None:
    """Metrics that need a positive label take the second one."""
    metrics = scores.chosen("accuracy,f1,roc_auc", "", ("label", "score"), "labels")
    found = scores.labels(metrics, ["bad", "good"], print)(predicted([[2, 1], [0, 3], [1, 2], [3, 0]], [0, 1, 0, 0]))
    assert found == {"accuracy": 0.75, "f1": pytest.approx(2 / 3), "roc_auc": 1.0}


def test_more_labels_are_averaged_evenly() -> None:
    metrics = scores.chosen("f1,f1_micro", "", ("label", "score"), "labels")
    found = scores.labels(metrics, ["a", "b", "c"], print)(predicted(numpy.eye(3)[[0, 1, 1, 2]], [0, 1, 2, 2]))
    assert found == {"f1": pytest.approx((1 + 2 / 3 + 2 / 3) / 3), "f1_micro": 0.75}


def test_several_labels() -> None:
    metrics = scores.chosen("accuracy,f1_micro,f1_macro", "", ("label",), "several labels a text")
    compute = scores.several(metrics, ["a", "b"], print)
    found = compute(predicted([[1, -1], [1, 1], [-1, -1], [-1, 1]], [[1.0, 0], [1, 0], [0, 0], [1, 1]]))
    assert found["accuracy"] == 0.5
    assert found["f1_micro"] == pytest.approx(2 * 3 / (2 * 3 + 1 + 1))
    assert found["f1_macro"] == pytest.approx((0.8 + 2 / 3) / 2)


def test_tags_of_words_alone() -> None:
    names = ["O", "B-PER", "I-PER"]
    compute = scores.tags(scores.chosen("seqeval,accuracy", "", ("tags", "label"), "tags"), names, print)
    found = compute(SimpleNamespace(predictions=numpy.array([[1, 1, 2, 0], [1, 0, 1, 1]]),
                                    label_ids=numpy.array([[-100, 1, 2, 0], [-100, 0, 0, -100]])))  # fmt: skip
    assert (found["seqeval_precision"], found["seqeval_recall"], found["accuracy"]) == (0.5, 1.0, 0.8)


def test_numbers() -> None:
    compute = scores.numbers(scores.chosen("mse,mae", "", ("number",), "numbers"), print)
    assert compute(predicted([[1.0], [3.0]], [2.0, 3.0])) == {"mse": 0.5, "mae": 0.5}


def test_a_metric_without_a_value_is_left_out_and_told_once() -> None:
    said: list[str] = []
    compute = scores.numbers(scores.chosen("pearson,mae", "", ("number",), "numbers"), said.append)
    for _ in range(2):
        assert compute(predicted([[1.0], [1.0]], [2.0, 3.0])) == {"mae": 1.5}
    assert len([text for text in said if "pearson has no value" in text or "pearson" in text]) == 1


def test_metrics_for_something_else() -> None:
    with pytest.raises(UsageError, match=r"--metric bleu: not for labels; choose from accuracy, "):
        scores.chosen("bleu", "", ("label", "score"), "labels")
    with pytest.raises(UsageError, match="no such metric 'acuracy'; did you mean accuracy"):
        scores.chosen("acuracy", "", ("label",), "labels")
