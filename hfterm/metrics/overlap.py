"""Metrics of generated texts: ROUGE by rouge-score; BLEU, chrF and TER by sacrebleu."""

from collections.abc import Sequence
from typing import Any

from hfterm.extras import require
from hfterm.metrics.options import Options
from hfterm.metrics.table import Asked
from hfterm.metrics.values import Row


def compute(names: Sequence[Asked], rows: Sequence[Row], options: Options) -> dict[str, float]:
    """The metrics of texts, each with one or several references.

    Raises:
        MissingExtraError.
    """
    rouges = [one.name for one in names if one.metric.library == "rouge-score"]
    found = _rouge(rouges, rows, options) if rouges else {}
    for one in names:
        if one.name not in found:
            found[one.name] = _by_sacrebleu(one.name, rows, options)
    return found


def _rouge(names: list[str], rows: Sequence[Row], options: Options) -> dict[str, float]:
    scorer = require("rouge_score.rouge_scorer", "eval").RougeScorer(names)
    totals = dict.fromkeys(names, 0.0)
    unseen = 0
    for text, references in rows:
        scores = scorer.score_multi(references, text)
        for name in names:
            totals[name] += scores[name].fmeasure
        unseen += any(not char.isascii() and char.isalpha() for reference in references for char in reference)
    if unseen:
        options.note(f"ROUGE counts only a to z and 0 to 9: {unseen} of {len(rows)} references have other letters")
    return {name: total / len(rows) for name, total in totals.items()}


def _by_sacrebleu(name: str, rows: Sequence[Row], options: Options) -> float:
    library = require("sacrebleu.metrics", "eval")
    made: Any = {
        "bleu": library.BLEU,
        "chrf": library.CHRF,
        "chrf++": lambda: library.CHRF(word_order=2),
        "ter": library.TER,
    }[name]()
    most = max(len(references) for _, references in rows)
    # A stream for the first references, one for the second; None where a text has fewer.
    streams = [[(refs[at] if at < len(refs) else None) for _, refs in rows] for at in range(most)]
    score = float(made.corpus_score([text for text, _ in rows], streams).score)
    options.note(f"{name}: {made.get_signature()}")
    return score
