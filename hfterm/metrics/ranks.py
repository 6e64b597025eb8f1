"""Metrics of scores, by scikit-learn."""

from collections.abc import Sequence

from hfterm.errors import CheckFailedError
from hfterm.extras import require
from hfterm.metrics.options import Options, positive_label
from hfterm.metrics.table import Asked
from hfterm.metrics.values import Row


def compute(names: Sequence[Asked], rows: Sequence[Row], options: Options) -> dict[str, float]:
    """The area under the ROC curve; of several labels, each against the others, their mean by ``average`` (macro).

    Raises:
        UsageError: there is no positive label. CheckFailedError: labels that scores are not for. MissingExtraError.
    """
    roc_auc = require("sklearn.metrics", "eval").roc_auc_score
    scores, labels = [row[0] for row in rows], [row[1] for row in rows]
    width = len(scores[0]) if isinstance(scores[0], list) else 0
    if width > 2:
        if any(type(label) is not int or not 0 <= label < width for label in labels):
            raise CheckFailedError(f"roc_auc: with {width} scores a record, labels are the numbers 0 to {width - 1}")
        average = options.average if options.average not in (None, "binary") else "macro"
        value = roc_auc(labels, scores, multi_class="ovr", average=average, labels=list(range(width)))
    else:
        positive = positive_label("roc_auc", set(labels), options.positive)
        if width and (type(positive) is not int or not 0 <= positive < width):
            raise CheckFailedError("roc_auc: with 2 scores a record, labels are the numbers 0 and 1")
        value = roc_auc([label == positive for label in labels], [one[positive] for one in scores] if width else scores)
    return {one.name: float(value) for one in names}
