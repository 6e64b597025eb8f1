"""Metrics of labels, by scikit-learn."""

from collections.abc import Sequence
from typing import Any

from hfterm.extras import require
from hfterm.metrics.options import Options, positive_label
from hfterm.metrics.table import Asked
from hfterm.metrics.values import Row

_AVERAGED = {"f1": "f1_score", "precision": "precision_score", "recall": "recall_score"}
_PLAIN = {"balanced_accuracy": "balanced_accuracy_score", "matthews_correlation": "matthews_corrcoef"}


def compute(names: Sequence[Asked], rows: Sequence[Row], options: Options) -> dict[str, float]:
    """The metrics of pairs of labels.

    Raises:
        UsageError: there is no positive label. MissingExtraError.
    """
    found = {}
    for one in names:
        found[one.name] = _accuracy(rows) if one.metric.name == "accuracy" else _by_library(one, rows, options)
    return found


def _accuracy(rows: Sequence[Row]) -> float:
    return float(sum(one == other for one, other in rows) / len(rows))


def _by_library(one: Asked, rows: Sequence[Row], options: Options) -> float:
    library = require("sklearn.metrics", "eval")
    labels = {label for row in rows for label in row}
    # By rank: whole numbers of any size and texts with any character are all the same to numpy then.
    ranks = {label: rank for rank, label in enumerate(sorted(labels))}
    predictions, references = [ranks[row[0]] for row in rows], [ranks[row[1]] for row in rows]
    if (name := one.metric.name) in _PLAIN:
        return float(getattr(library, _PLAIN[name])(references, predictions))
    function: Any = getattr(library, _AVERAGED[name])
    average = one.average or options.average or "binary"
    if average != "binary":
        return float(function(references, predictions, average=average))
    # scikit-learn's "binary" is this for two labels, and refuses more.
    positive = ranks[positive_label(name, labels, options.positive)]
    return float(function(references, predictions, labels=[positive], average=None)[0])
