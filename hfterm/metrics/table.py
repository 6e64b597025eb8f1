"""The metrics there are: what each says, what it takes, and which library computes it."""

import difflib
from collections.abc import Iterable
from typing import NamedTuple

from hfterm.errors import UsageError

AVERAGES = ("binary", "macro", "micro", "weighted")


class Metric(NamedTuple):
    """One metric.

    ``takes`` is one of :data:`hfterm.metrics.values.KINDS`; ``where`` is the module beside this one that has
    ``compute(names, rows, options)`` for it; ``library``: what computes it (hfterm itself: exact and short).
    """

    name: str
    about: str
    range: str
    library: str
    source: str
    takes: str
    where: str
    averaged: bool = False


_SK, _LABEL = "scikit-learn", "labels"
_ROUGE = ("rouge-score", "Lin 2004", "text", "overlap")
_ROWS = (
    Metric("accuracy", "Share of labels that are right", "0 to 1", "hfterm", "scikit-learn", "label", _LABEL),
    Metric("balanced_accuracy", "Mean recall of the labels", "0 to 1", _SK, "scikit-learn", "label", _LABEL),
    Metric("f1", "Harmonic mean of precision and recall", "0 to 1", _SK, "scikit-learn", "label", _LABEL, True),
    Metric("precision", "Share of what was predicted that is right", "0 to 1", _SK, _SK, "label", _LABEL, True),
    Metric("recall", "Share of what is right that was predicted", "0 to 1", _SK, _SK, "label", _LABEL, True),
    Metric("matthews_correlation", "Matthews correlation", "-1 to 1", _SK, "Matthews 1975", "label", _LABEL),
    Metric("roc_auc", "Area under the ROC curve, of scores", "0 to 1", _SK, "Fawcett 2006", "score", "ranks"),
    Metric("mse", "Mean squared error", "0 up, less is better", _SK, "scikit-learn", "number", "numbers"),
    Metric("rmse", "Root of the mean squared error", "0 up, less is better", _SK, "scikit-learn", "number", "numbers"),
    Metric("mae", "Mean absolute error", "0 up, less is better", _SK, "scikit-learn", "number", "numbers"),
    Metric("r2", "Share of the variance explained", "up to 1", _SK, "scikit-learn", "number", "numbers"),
    Metric("pearson", "Linear correlation", "-1 to 1", "scipy", "Pearson 1895", "number", "numbers"),
    Metric("spearman", "Correlation of the ranks", "-1 to 1", "scipy", "Spearman 1904", "number", "numbers"),
    Metric("exact_match", "Share of texts equal to a reference", "0 to 1", "hfterm", "-", "text", "answers"),
    Metric("squad_exact", "SQuAD's exact match", "0 to 100", "hfterm", "Rajpurkar 2016", "text", "answers"),
    Metric("squad_f1", "SQuAD's F1 over words", "0 to 100", "hfterm", "Rajpurkar 2016", "text", "answers"),
    Metric("rouge1", "F1 over words, mean of the texts", "0 to 1", *_ROUGE),
    Metric("rouge2", "F1 over word pairs, mean of the texts", "0 to 1", *_ROUGE),
    Metric("rougeL", "F1 of the longest common subsequence", "0 to 1", *_ROUGE),
    Metric("rougeLsum", "rougeL by lines, for summaries", "0 to 1", *_ROUGE),
    Metric("bleu", "Corpus BLEU, tokenizer 13a", "0 to 100", "sacrebleu", "Papineni 2002", "text", "overlap"),
    Metric("chrf", "F2 over character n-grams", "0 to 100", "sacrebleu", "Popović 2015", "text", "overlap"),
    Metric("chrf++", "chrF with words and word pairs", "0 to 100", "sacrebleu", "Popović 2017", "text", "overlap"),
    Metric("ter", "Translation edit rate", "0 up, less is better", "sacrebleu", "Snover 2006", "text", "overlap"),
    Metric("wer", "Word error rate", "0 up, less is better", "jiwer", "Morris 2004", "one_text", "speech"),
    Metric("cer", "Character error rate", "0 up, less is better", "jiwer", "Morris 2004", "one_text", "speech"),
    Metric(
        "seqeval", "Entities of IOB tags: all, and each kind", "0 to 1", "seqeval", "CoNLL 2000", "tags", "entities"
    ),
    Metric("perplexity", "exp of the mean loss of a token", "1 up, less is better", "hfterm", "-", "loss", "language"),
)
METRICS = {row.name: row for row in _ROWS}
# Names that mean one or several of the above.
ALIASES: dict[str, tuple[str, ...]] = {
    "rouge": ("rouge1", "rouge2", "rougeL", "rougeLsum"),
    "squad": ("squad_exact", "squad_f1"),
    "sacrebleu": ("bleu",),
    "mcc": ("matthews_correlation",),
    "pearsonr": ("pearson",),
    "spearmanr": ("spearman",),
    "ppl": ("perplexity",),
}


class Asked(NamedTuple):
    """A metric as the user named it, and the average in its name."""

    name: str
    metric: Metric
    average: str | None = None


def asked(names: Iterable[str]) -> list[Asked]:
    """The metrics that names mean, each once, in their order; a name may hold several, between commas.

    Raises:
        UsageError: there is none of a name, or no name at all.
    """
    found: dict[str, Asked] = {}
    for name in (part.strip() for text in names for part in text.split(",")):
        if name:
            found |= {one.name: one for one in _meant(name)}
    if not found:
        raise UsageError("no metric named", "name some: --metric accuracy,f1_macro; hfterm eval --list shows all")
    return list(found.values())


def _meant(name: str) -> list[Asked]:
    low = name.lower().replace("-", "_")
    if low in ALIASES:
        return [Asked(one, METRICS[one]) for one in ALIASES[low]]
    for one, metric in METRICS.items():
        if low == one.lower():
            return [Asked(one, metric)]
        if metric.averaged and low.startswith(f"{one}_") and low.removeprefix(f"{one}_") in AVERAGES:
            return [Asked(low, metric, low.removeprefix(f"{one}_"))]
    averaged = [f"{one}_{average}" for one, row in METRICS.items() if row.averaged for average in AVERAGES]
    known = {one.lower(): one for one in (*METRICS, *ALIASES, *averaged)}
    near = difflib.get_close_matches(low, known, 3)
    hint = f"did you mean {' or '.join(known[one] for one in near)}?" if near else "hfterm eval --list shows all"
    raise UsageError(f"no such metric {name!r}", hint)


def listed() -> list[dict[str, str]]:
    """A record for each metric."""
    rows = []
    for one in _ROWS:
        about = f"{one.about}; also {', '.join(f'{one.name}_{a}' for a in AVERAGES[1:])}" if one.averaged else one.about
        rows.append(
            {"name": one.name, "about": about, "range": one.range, "library": one.library, "source": one.source}
        )
    return rows
