"""From sources to the values of metrics, in one call."""

from collections.abc import Callable, Sequence
from typing import Any

from hfterm import extras
from hfterm.errors import UsageError
from hfterm.metrics.columns import Columns
from hfterm.metrics.options import Options
from hfterm.metrics.read import items
from hfterm.metrics.score import OnBad, Pairs, computed, paired
from hfterm.metrics.table import asked

# Library as the table names it -> the module that must be there.
_MODULES = {
    "scikit-learn": "sklearn",
    "scipy": "scipy",
    "rouge-score": "rouge_score",
    "sacrebleu": "sacrebleu",
    "jiwer": "jiwer",
    "seqeval": "seqeval",
}


def evaluate(
    sources: Sequence[str],
    metrics: Sequence[str],
    *,
    against: str | None = None,
    prediction: str | None = None,
    reference: str | None = None,
    average: str | None = None,
    positive: str | None = None,
    format: Any = None,
    note: Callable[[str], None] = lambda text: None,
    on_bad: OnBad | None = None,
) -> dict[str, Any]:
    """The metrics by name, and ``records``: how many were scored (with ``left_out`` where some may be).

    Raises:
        UsageError: no such metric, column or positive label. MissingExtraError: a metric's library.
        CheckFailedError: there are no records, or some that cannot be scored and ``on_bad`` is not told of them.
    """
    wanted = asked(metrics)
    if against is not None and against == "-" and "-" in (sources or ("-",)):
        raise UsageError("predictions and references cannot both come from standard input", "name a file")
    # Nothing is read that could not be scored in the end.
    extras.check("eval", *(_MODULES[one.metric.library] for one in wanted if one.metric.library in _MODULES))
    pairs = Pairs(wanted, Columns(prediction, reference, against is not None), on_bad)
    if against is None:
        for one in items(sources, format, note):
            pairs.add(one)
    else:
        for one, other in paired(items(sources, format, note), items([against], None, note)):
            pairs.add(one, other)
    pairs.check()
    row = computed(wanted, pairs, Options(average, positive, note))
    return row if on_bad is None else {**row, "left_out": pairs.bad}
