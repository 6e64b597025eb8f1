"""Classification of texts and pairs of texts, by transformers' Trainer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from hfterm.errors import HftermError
from hfterm.output import Output
from hfterm.train.data import DataFile
from hfterm.train.methods.base import Inputs, Material
from hfterm.train.task_recipes import ClassifyRecipe
from hfterm.train.tasks import fit, labels, scores
from hfterm.train.tasks.base import TaskMethod, config_of, material, padding, pads_model, room, told
from hfterm.train.tasks.reading import chunks, column, read, text
from hfterm.train.tasks.table import Table

LABELS = ("label", "labels", "target", "class", "category", "score", "stars", "rating")
TEXTS = ("text", "sentence", "content", "review", "prompt", "input", "question")
# Columns of two texts that are judged together.
PAIRS = (
    ("text", "text_pair"),
    ("sentence1", "sentence2"),
    ("text1", "text2"),
    ("premise", "hypothesis"),
    ("question1", "question2"),
    ("question", "sentence"),
    ("query", "passage"),
    ("query", "document"),
)
_PROBLEMS = {"multi": "multi_label_classification", "regression": "regression", "single": "single_label_classification"}


class Example(NamedTuple):
    """A text or a pair of texts, and its label: a name, names, or numbers."""

    text: str
    pair: str | None
    label: Any


class Classify(TaskMethod):
    """One label a text, any number of them, or numbers."""

    name = "classify"
    peft_task = "SEQ_CLS"

    def judge(self, recipe: ClassifyRecipe, data: DataFile) -> Callable[[Mapping[str, Any]], Any]:
        """A text, or two, and its label."""
        return _reader(recipe.problem_type)

    def agree(self, recipe: Any, found: Sequence[tuple[str, Sequence[Any]]], model: Mapping[str, Any] | None) -> None:
        """The labels must be of one kind, and known."""
        problem = _problem(recipe.problem_type, found[0][1])
        for one in found:
            _check_alike(problem, *one)
        _agreed(problem, found, model)

    def material(self, given: Inputs[ClassifyRecipe]) -> Material:
        """Tokenize all texts, and number the labels."""
        recipe, model_path, out = given.recipe, given.model_path, given.out
        tokenizer, config = self.tokenizer(model_path), config_of(model_path)
        padding(tokenizer, model_path)
        longest = room(recipe, config, tokenizer)
        problem = recipe.problem_type
        if recipe.metric is not None or problem is not None:
            _metrics(recipe, problem or "single")  # a wrong name need not wait for the data
        found = []
        for one in given.sources:
            found.append(read(one, recipe, given.progress, _reader(problem)))
            # What the first record of the training data is, all are.
            examples = [example for _, example in found[-1].found]
            problem = _problem(problem, examples)
            _check_alike(problem, one.name, examples)
        assert problem is not None
        metrics = _metrics(recipe, problem)
        whole = [
            (one.name, [example for _, example in some.found]) for one, some in zip(given.sources, found, strict=True)
        ]
        numbered, settings, compute = _plan(problem, _agreed(problem, whole, config), metrics, out)
        tables = []
        for one, records in zip(given.sources, found, strict=True):
            table, counts = _table(records.found, numbered, tokenizer, longest)
            fit.check_vocabulary(config, counts.pop("largest"), model_path)
            counts = {"examples": len(table), "records": len(table) + records.bad, "bad": records.bad, **counts}
            told(out, one.name, counts, f"--max-length {longest} tokens")
            tables.append((table, {**counts, "labels": settings["num_labels"]}))
        settings = pads_model({**settings, "problem_type": _PROBLEMS[problem]}, tokenizer, config)
        return material(
            given,
            tokenizer,
            tables,
            more={
                "labels": settings,
                "collator": lambda model: _collator(tokenizer),
                "compute_metrics": compute,
                "preprocess_logits_for_metrics": lambda logits, labels: scores.first(logits),
                "note": out.note,
            },
        )


def _metrics(recipe: ClassifyRecipe, problem: str) -> Any:
    if problem == "regression":
        return scores.chosen(recipe.metric, "mse,pearson", ("number",), "numbers")
    if problem == "multi":
        found = scores.chosen(recipe.metric, "accuracy,f1_micro,f1_macro", ("label",), "several labels a text")
        for one in found:
            if one.metric.name not in ("accuracy", "f1", "precision", "recall") or one.average == "weighted":
                raise HftermError(f"--metric {one.name}: not for several labels a text", "choose accuracy or f1_micro")
        return found
    return scores.chosen(recipe.metric, "accuracy,f1_macro", ("label", "score"), "labels")


def _reader(problem: str | None) -> Callable[[Mapping[str, Any]], Example]:
    def turn(row: Mapping[str, Any]) -> Example:
        one, other = _texts(row)
        value = column(row, LABELS, "label")
        if problem == "regression":
            return Example(one, other, _numbers(value))
        if isinstance(value, list):
            if problem == "single":
                raise HftermError("its label is a list", "leave --problem-type out, or say multi")
            return Example(one, other, [labels.name(each) for each in value])
        return Example(one, other, [labels.name(value)] if problem == "multi" else labels.name(value))

    return turn


def _texts(row: Mapping[str, Any]) -> tuple[str, str | None]:
    for one, other in PAIRS:
        if row.get(one) is not None and row.get(other) is not None:
            return text(row[one], f"field {one!r}"), text(row[other], f"field {other!r}")
    return text(column(row, TEXTS, "text"), "text"), None


def _numbers(value: Any) -> list[float]:
    several = value if isinstance(value, list) else [value]
    try:
        found = [float(one) for one in several if not isinstance(one, bool)]
    except (TypeError, ValueError):
        found = []
    if len(found) != len(several) or not found or any(one != one or abs(one) == float("inf") for one in found):
        raise HftermError(f"its label {str(value)[:40]!r} is no number", "leave --problem-type regression out")
    return found


def _problem(asked: str | None, examples: Sequence[Example]) -> str:
    return asked or ("multi" if isinstance(examples[0].label, list) else "single")


def _check_alike(problem: str, source: str, examples: Sequence[Example]) -> None:
    several = [isinstance(example.label, list) for example in examples]
    if problem != "regression" and any(flag != (problem == "multi") for flag in several):
        raise HftermError(f"{source}: some labels are lists and some are not", "make them alike")


def _agreed(
    problem: str, found: Sequence[tuple[str, Sequence[Example]]], config: Mapping[str, Any] | None
) -> int | list[str]:
    """The names of the labels in order; of numbers how many a record has."""
    if problem == "regression":
        width = len(found[0][1][0].label)
        for source, examples in found:
            if any(len(example.label) != width for example in examples):
                raise HftermError(f"{source}: some records have {width} numbers as label, some have not")
        return width
    seen = [(source, {one for example in examples for one in _each(example.label)}) for source, examples in found]
    return labels.agree(seen, config, least=2 if problem == "single" else 1)


def _plan(problem: str, known: int | list[str], metrics: Any, out: Output) -> Any:
    """How a label becomes what the model learns, the model's settings for it, and how predictions are scored."""
    if isinstance(known, int):
        numbers = scores.numbers(metrics, out.warn)
        return (lambda label: label if known > 1 else label[0]), {"num_labels": known}, numbers
    number, settings = labels.numbers(known), labels.settings(known)
    if problem == "single":
        return (lambda label: number[label]), settings, scores.labels(metrics, known, out.warn)

    def flags(label: list[str]) -> list[float]:
        at = {number[one] for one in label}
        return [float(place in at) for place in range(len(known))]

    return flags, settings, scores.several(metrics, known, out.warn)


def _each(label: Any) -> list[str]:
    return label if isinstance(label, list) else [label]


def _table(found: Any, numbered: Callable[[Any], Any], tokenizer: Any, longest: int) -> tuple[Table, dict[str, int]]:
    table: Table | None = None
    tokens, largest, truncated = 0, 0, 0
    for chunk in chunks(found):
        pairs = [(example.text, example.pair) for _, example in chunk]
        encoded = _encoded(pairs, tokenizer, longest)
        table = table or Table((*encoded, "labels"))
        for at, (place, example) in enumerate(chunk):
            row = {name: values[at] for name, values in encoded.items()}
            table.add(place, {**row, "labels": numbered(example.label)})
            tokens += len(row["input_ids"])
            largest = max(largest, max(row["input_ids"], default=0))
            # The tokenizer does not say whether it cut.
            truncated += len(row["input_ids"]) >= longest
    assert table is not None
    return table, {"truncated": truncated, "tokens": tokens, "largest": largest}


def _encoded(pairs: list[tuple[str, str | None]], tokenizer: Any, longest: int) -> dict[str, Any]:
    how = {"truncation": True, "max_length": longest, "verbose": False}
    if all(other is None for _, other in pairs):
        return dict(tokenizer([one for one, _ in pairs], **how))
    return dict(tokenizer([one for one, _ in pairs], [other or "" for _, other in pairs], **how))


def _collator(tokenizer: Any) -> Any:
    import transformers

    return transformers.DataCollatorWithPadding(tokenizer)


METHOD = Classify()
