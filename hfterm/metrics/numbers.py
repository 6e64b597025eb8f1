"""Metrics of numbers, by scikit-learn and scipy."""

from collections.abc import Sequence

from hfterm.extras import require
from hfterm.metrics.options import Options
from hfterm.metrics.table import Asked
from hfterm.metrics.values import Row

_ERRORS = {
    "mse": "mean_squared_error",
    "rmse": "root_mean_squared_error",
    "mae": "mean_absolute_error",
    "r2": "r2_score",
}
_CORRELATIONS = {"pearson": "pearsonr", "spearman": "spearmanr"}


def compute(names: Sequence[Asked], rows: Sequence[Row], options: Options) -> dict[str, float]:
    """The metrics of pairs of numbers.

    Raises:
        MissingExtraError. ValueError: too few of them.
    """
    predictions, references = [row[0] for row in rows], [row[1] for row in rows]
    found = {}
    for one in names:
        if one.name in _ERRORS:
            function = getattr(require("sklearn.metrics", "eval"), _ERRORS[one.name])
            found[one.name] = float(function(references, predictions))
        else:
            function = getattr(require("scipy.stats", "eval"), _CORRELATIONS[one.name])
            found[one.name] = float(function(predictions, references).statistic)
    return found
