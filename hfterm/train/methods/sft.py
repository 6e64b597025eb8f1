"""Supervised fine-tuning, by TRL's SFTTrainer over our own tokens.

The tokens are made here, because TRL tells an assistant's turn apart only where the chat template marks it.
"""

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

from hfterm.data import checks
from hfterm.errors import HftermError
from hfterm.output import Output
from hfterm.progress import Progress
from hfterm.records import BadRecord
from hfterm.train import examples, rows
from hfterm.train.data import DataFile
from hfterm.train.examples import IGNORE, Examples
from hfterm.train.methods.base import Inputs, Material, Method, Prepared
from hfterm.train.methods.trl_shared import check_writes, within
from hfterm.train.recipe import Recipe
from hfterm.train.recipes import SftRecipe

# Characters of an example that a dry run shows.
MOST_SHOWN = 1000


class Sft(Method):
    """Answers are learned; prompts are only read."""

    def check(self, recipe: Recipe, model: Mapping[str, Any]) -> None:
        """Only a model that writes text can be tuned so."""
        check_writes(recipe, model)

    def within(self, recipe: SftRecipe, model: Mapping[str, Any], out: Output) -> Any:
        """Examples as long as the model reads, at most."""
        return within(recipe, model, out)

    def judge(self, recipe: SftRecipe, data: DataFile) -> Callable[[Mapping[str, Any]], Any] | None:
        """A conversation with an answer, or a text; of those of which all is learned the model's template judges."""
        return checks.sft if recipe.assistant_only_loss else None

    def material(self, given: Inputs[SftRecipe]) -> Material:
        """Tokenize every record; what is not learned is labelled -100."""
        recipe, out = given.recipe, given.out
        tokenizer = self.tokenizer(given.model_path, recipe, out)
        train = read_examples(recipe, given.data, tokenizer, out, given.progress)
        evaluations = [read_examples(recipe, one, tokenizer, out, given.progress) for one in given.evals]
        if tokenizer.pad_token_id is None and tokenizer.eos_token_id is None:
            raise HftermError(
                f"the tokenizer of {str(given.model_path)!r} has neither a pad token nor an end-of-text token",
                "give a copy of it one with 'hfterm tok add'",
            )
        return Material(
            tokenizer,
            train.table.dataset(),
            given.measured([one.table.dataset() for one in evaluations]),
            None if recipe.set.get("packing") else len(train),
            train.counts(),
            given.measured([one.counts() for one in evaluations]) or {},
            example=_example(tokenizer, train),
            places=(
                train.places if not recipe.set.get("packing") else None,
                given.measured([one.places for one in evaluations]),
            ),
        )

    def arguments(self, recipe: SftRecipe) -> dict[str, Any]:
        """The labels say what is learned, so TRL is to decide nothing about it."""
        return {"max_length": recipe.max_length, "assistant_only_loss": False, "completion_only_loss": False}

    def trainer(self, prepared: Prepared, model: Any, arguments: Any) -> Any:
        """TRL's SFTTrainer."""
        import trl

        return trl.SFTTrainer(
            model=model,
            args=arguments,
            train_dataset=prepared.material.train,
            eval_dataset=prepared.material.evaluation,
            processing_class=prepared.material.processor,
        )


def _example(tokenizer: Any, found: Examples) -> dict[str, Any]:
    """The first example as the model reads it, and what of it is learned."""
    ids, labels = found.first["input_ids"], found.first["labels"]
    learned = [
        tokenizer.decode([ids[at] for at, _ in run])
        for is_learned, run in groupby(enumerate(labels), lambda one: one[1] != IGNORE)
        if is_learned
    ]
    return {"text": _short(tokenizer.decode(ids)), "learned": [*map(_short, learned)]}


def _short(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + "..."


def read_examples(recipe: SftRecipe, data: DataFile, tokenizer: Any, out: Output, progress: Progress) -> Examples:
    """The tokenized examples of a file of records; warns when some are cut off or left out.

    Raises:
        HftermError: it cannot be read, or a record cannot be used.
    """
    unreadable: list[BadRecord] = []
    with progress.task("checking records") as task:
        rows.look_through(data, recipe, task)
    with progress.task("tokenizing records", task.completed) as task:
        found = examples.build(
            rows.read(data, recipe, task, unreadable),
            tokenizer,
            source=data.name,
            max_length=recipe.max_length,
            assistant_only=recipe.assistant_only_loss,
            skip_bad=recipe.skip_bad,
        )
    found.bad += len(unreadable)
    if found.mixed is not None:
        out.warn(found.mixed)
    limit = f"--max-length {recipe.max_length} tokens"
    for count, what in (
        (found.bad, "records left out (--skip-bad)"),
        (found.truncated, f"of {found.records} examples cut off at {limit}"),
        (found.dropped, f"of {found.records} examples dropped: nothing to learn within {limit}"),
    ):
        if count:
            out.warn(f"{data.name}: {count} {what}")
    return found


METHOD = Sft()
