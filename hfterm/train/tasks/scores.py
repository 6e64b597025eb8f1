"""The Trainer's predictions, scored by :mod:`hfterm.metrics`."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hfterm import extras
from hfterm.errors import HftermError, UsageError
from hfterm.metrics import table
from hfterm.metrics.evaluate import _MODULES as MODULES
from hfterm.metrics.options import Options
from hfterm.metrics.score import Pairs, computed
from hfterm.metrics.table import Asked
from hfterm.metrics.values import Row

# For a kind of values that metrics take, what they are of these predictions.
ByKind = Mapping[str, Callable[[], Sequence[Row]]]


def chosen(named: str | None, usual: str, kinds: Sequence[str], what: str) -> list[Asked]:
    """The metrics that the user named, or the usual ones of them whose library is there.

    Raises:
        UsageError: there is none of a name, or it is for something else. MissingExtraError: a named one's library.
    """
    found = table.asked([named if named is not None else usual])
    for one in found:
        if one.metric.takes not in kinds:
            fitting = [name for name, metric in table.METRICS.items() if metric.takes in kinds]
            raise UsageError(f"--metric {one.name}: not for {what}", f"choose from {', '.join(fitting)}")
    if named is None:
        return [one for one in found if _is_there(one)]
    extras.check("eval", *(MODULES[one.metric.library] for one in found if one.metric.library in MODULES))
    return found


def _is_there(one: Asked) -> bool:
    try:
        extras.check("eval", *([MODULES[one.metric.library]] if one.metric.library in MODULES else []))
    except HftermError:
        return False
    return True


def scored(metrics: Sequence[Asked], by_kind: ByKind, options: Options) -> dict[str, float]:
    """The value of each metric; one that has none for these predictions is left out, and ``options.note`` told."""
    found: dict[str, float] = {}
    made: dict[str, Sequence[Row]] = {}
    for one in metrics:
        kind = one.metric.takes
        if kind not in made:
            made[kind] = by_kind[kind]()
        pairs = Pairs([one])
        pairs.rows[kind] = list(made[kind])
        pairs.records = len(made[kind])
        try:
            values = computed([one], pairs, options)
        except HftermError as exc:
            options.note(str(exc))
            continue
        found |= {name: value for name, value in values.items() if name != "records"}
    return found


def first(logits: Any) -> Any:
    """The logits themselves: some models give their inner states beside them."""
    return logits[0] if isinstance(logits, tuple) else logits


def labels(metrics: Sequence[Asked], names: Sequence[str], note: Callable[[str], None]) -> Callable[[Any], Any]:
    """``compute_metrics`` for one label of ``names`` an example.

    Metrics that need a positive label take the second of two, and are the mean of all labels (macro) of more.
    """
    two = len(names) == 2
    options = Options("binary" if two else "macro", names[1] if two else None, _once(note))

    def compute(predicted: Any) -> dict[str, float]:
        logits, right = predicted.predictions, predicted.label_ids
        best = logits.argmax(-1)

        def by_label() -> Sequence[Row]:
            return [(names[int(one)], names[int(other)]) for one, other in zip(best, right, strict=True)]

        def by_score() -> Sequence[Row]:
            shares = _softmax(logits)
            values = shares[:, 1] if two else shares
            return [(value.tolist(), names[int(other)]) for value, other in zip(values, right, strict=True)]

        return scored(metrics, {"label": by_label, "score": by_score}, options)

    return compute


def several(metrics: Sequence[Asked], names: Sequence[str], note: Callable[[str], None]) -> Callable[[Any], Any]:
    """``compute_metrics`` for any number of labels an example: those above a probability of one half are predicted.

    ``accuracy`` is the share of examples with all labels right; ``f1`` and the like are of all labels together
    (micro), or the mean of the labels (macro).
    """
    options = Options("binary", "true", _once(note))

    def compute(predicted: Any) -> dict[str, float]:
        said, right = predicted.predictions > 0, predicted.label_ids > 0.5
        found: dict[str, float] = {}
        for one in metrics:
            if one.metric.name == "accuracy":
                found[one.name] = float((said == right).all(-1).mean())
                continue
            plain = one._replace(average=None)
            if one.average == "macro":
                each = [_flags(plain, said[:, at], right[:, at], options) for at in range(len(names))]
                values = [value for value in each if value is not None]
                found |= {one.name: math.fsum(values) / len(values)} if values else {}
            elif (value := _flags(plain, said.ravel(), right.ravel(), options)) is not None:
                found[one.name] = value
        return found

    return compute


def _flags(metric: Asked, said: Any, right: Any, options: Options) -> float | None:
    """A metric of yes and no; None where it has no value. Yes that neither is said nor right counts as 0."""
    rows: list[Row] = [(bool(one), bool(other)) for one, other in zip(said, right, strict=True)]
    if not said.any() and not right.any():
        return 0.0
    return next(iter(scored([metric], {"label": lambda: rows}, options).values()), None)


def numbers(metrics: Sequence[Asked], note: Callable[[str], None]) -> Callable[[Any], Any]:
    """``compute_metrics`` for numbers; of several an example all together."""
    options = Options(note=_once(note))

    def compute(predicted: Any) -> dict[str, float]:
        said, right = predicted.predictions.ravel().tolist(), predicted.label_ids.ravel().tolist()
        return scored(metrics, {"number": lambda: list(zip(said, right, strict=True))}, options)

    return compute


def tags(metrics: Sequence[Asked], names: Sequence[str], note: Callable[[str], None]) -> Callable[[Any], Any]:
    """``compute_metrics`` for a label a word; ``predictions`` are the best labels already, -100 marks no word."""
    options = Options("macro", None, _once(note))

    def compute(predicted: Any) -> dict[str, float]:
        pairs = [
            (
                [names[int(p)] for p, r in zip(*row, strict=True) if r != -100],
                [names[int(r)] for r in row[1] if r != -100],
            )
            for row in zip(predicted.predictions, predicted.label_ids, strict=True)
        ]

        def by_label() -> Sequence[Row]:
            return [word for said, right in pairs for word in zip(said, right, strict=True)]

        return scored(metrics, {"tags": lambda: pairs, "label": by_label}, options)

    return compute


def texts(metrics: Sequence[Asked], tokenizer: Any, note: Callable[[str], None]) -> Callable[[Any], Any]:
    """``compute_metrics`` for generated texts."""
    options = Options(note=_once(note))

    def compute(predicted: Any) -> dict[str, float]:
        said, right = (_decoded(ids, tokenizer) for ids in (first(predicted.predictions), predicted.label_ids))
        pairs = list(zip(said, right, strict=True))
        return scored(metrics, {"text": lambda: [(one, [other]) for one, other in pairs], "one_text": lambda: pairs},
                      options)  # fmt: skip

    return compute


def _decoded(ids: Any, tokenizer: Any) -> list[str]:
    filled = [[one if one != -100 else tokenizer.pad_token_id for one in row] for row in ids.tolist()]
    return [text.strip() for text in tokenizer.batch_decode(filled, skip_special_tokens=True)]


def with_perplexity(trainer: Any) -> Any:
    """The trainer, its evaluations with the perplexity that follows from the loss."""
    from hfterm.metrics.language import compute

    loop, asked = trainer.evaluation_loop, table.asked(["perplexity"])

    def evaluation_loop(*args: Any, **kwargs: Any) -> Any:
        found = loop(*args, **kwargs)
        for name in [name for name in found.metrics if name.endswith("_loss")]:
            loss = found.metrics[name]
            if math.isfinite(loss) and 0 <= loss < 700:
                value = compute(asked, [(loss, 1)], Options())["perplexity"]
                found.metrics[name.removesuffix("loss") + "perplexity"] = value
        return found

    trainer.evaluation_loop = evaluation_loop
    return trainer


def _softmax(logits: Any) -> Any:
    import numpy

    raised = numpy.exp(logits - logits.max(-1, keepdims=True))
    return raised / raised.sum(-1, keepdims=True)


def _once(note: Callable[[str], None]) -> Callable[[str], None]:
    """A note that is not said again at every evaluation."""
    said: set[str] = set()

    def tell(text: str) -> None:
        if text not in said:
            said.add(text)
            note(text)

    return tell
