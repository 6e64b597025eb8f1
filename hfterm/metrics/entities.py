"""Precision, recall and F1 of named entities, by seqeval."""

from collections.abc import Sequence

from hfterm.extras import require
from hfterm.metrics.options import Options
from hfterm.metrics.table import Asked
from hfterm.metrics.values import Row


def compute(names: Sequence[Asked], rows: Sequence[Row], options: Options) -> dict[str, float]:
    """All entities together (micro), the share of tags that are right, then each kind with how often it is there.

    Raises:
        MissingExtraError.
    """
    library = require("seqeval.metrics", "eval")
    predictions, references = [row[0] for row in rows], [row[1] for row in rows]
    report = library.classification_report(references, predictions, output_dict=True)
    every = report.pop("micro avg")
    found = {
        "seqeval_precision": float(every["precision"]),
        "seqeval_recall": float(every["recall"]),
        "seqeval_f1": float(every["f1-score"]),
        "seqeval_accuracy": float(library.accuracy_score(references, predictions)),
    }
    for kind, row in report.items():
        if kind in ("macro avg", "weighted avg"):
            continue
        for name, key in (("precision", "precision"), ("recall", "recall"), ("f1", "f1-score")):
            found[f"seqeval_{kind}_{name}"] = float(row[key])
        found[f"seqeval_{kind}_support"] = int(row["support"])
    return found
