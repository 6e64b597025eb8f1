"""Everything that can be checked and counted before weights are loaded."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hfterm import records, refs
from hfterm.errors import UsageError
from hfterm.inference import folder, load
from hfterm.inference.device import default_dtype, pick
from hfterm.output import Output
from hfterm.progress import Progress
from hfterm.train import examples
from hfterm.train.arguments import steps_for, training_arguments
from hfterm.train.data import DataFile
from hfterm.train.examples import Examples
from hfterm.train.recipe import SftRecipe

# A long run logs about this many points unless told otherwise.
LOG_POINTS = 1000


@dataclass
class Prepared:
    """A resolved recipe with its tokenized data. ``dtype`` is that of the arithmetic."""

    recipe: SftRecipe
    model_path: Path
    tokenizer: Any
    train: Examples
    evaluation: Examples | None
    steps: int
    device: str
    dtype: str
    peft_config: Any

    def arguments(self, checkpoints: Path) -> Any:
        """The ``TrainingArguments``; see :func:`hfterm.train.arguments.training_arguments`."""
        return training_arguments(self.recipe, checkpoints, device=self.device, dtype=self.dtype)

    def facts(self) -> dict[str, Any]:
        """What a dry run prints."""
        return {
            "recipe": self.recipe.as_dict(),
            "model_path": str(self.model_path),
            "device": self.device,
            "dtype": self.dtype,
            "max_steps": self.steps,
            "data": self.train.counts(),
            **({"eval_data": self.evaluation.counts()} if self.evaluation else {}),
        }


def find_model(reference: str, out: Output) -> Path:
    """The absolute folder of a base model.

    Raises:
        UsageError: it is an adapter. NotFoundError and others: as :func:`hfterm.refs.resolve` and
        :func:`hfterm.inference.folder.inspect`.
    """
    found = folder.inspect(refs.resolve(reference, "model", note=out.note))
    if found.is_adapter:
        raise UsageError(
            f"{reference!r} is an adapter, not a model to tune", f"merge it first: hfterm peft merge {reference}"
        )
    return found.path.absolute()


def prepare(
    recipe: SftRecipe, model_path: Path, data: DataFile, eval_data: DataFile | None, out: Output, progress: Progress
) -> Prepared:
    """Check the recipe, tokenize the data, choose what was left open.

    Warns when examples are cut off or left out.

    Raises:
        UsageError: a setting is wrong. HftermError: the data or the tokenizer cannot be used.
    """
    recipe.check()
    device = pick(recipe.device)
    dtype = recipe.dtype or default_dtype(device)
    if dtype == "float16" and not device.startswith("cuda"):
        raise UsageError("--dtype float16 trains on CUDA GPUs only", "use bfloat16 or float32")
    peft_config = None
    if recipe.peft != "none":
        from hfterm.peft import methods

        peft_config = methods.config(recipe.peft, recipe.peft_set)
    elif recipe.peft_set:
        raise UsageError("--peft-set makes no sense with --peft none")
    if recipe.learning_rate is None:
        recipe = dataclasses.replace(recipe, learning_rate=2e-5 if peft_config is None else 2e-4)
    # Settings first: a typo should not wait for the data.
    open_ended = dataclasses.replace(recipe, logging_steps=recipe.logging_steps or 1, eval_steps=recipe.eval_steps or 1)
    training_arguments(open_ended, Path("checkpoints"), device=device, dtype=dtype)
    tokenizer = load.load_tokenizer(folder.inspect(model_path))
    train = _examples(recipe, data, tokenizer, out, progress)
    evaluation = _examples(recipe, eval_data, tokenizer, out, progress) if eval_data else None
    steps = steps_for(len(train), recipe)
    recipe = dataclasses.replace(
        recipe,
        logging_steps=recipe.logging_steps or max(1, steps // LOG_POINTS),
        eval_steps=recipe.eval_steps or recipe.save_steps,
    )
    return Prepared(recipe, model_path, tokenizer, train, evaluation, steps, device, dtype, peft_config)


def _examples(recipe: SftRecipe, data: DataFile, tokenizer: Any, out: Output, progress: Progress) -> Examples:
    unreadable: list[records.BadRecord] = []
    with progress.task("reading records") as task:

        def rows() -> Any:
            for count, row in enumerate(records.read(data.path, skip_bad=recipe.skip_bad, on_bad=unreadable.append), 1):
                yield row
                task.update(count)

        try:
            found = examples.build(
                rows(),
                tokenizer,
                source=data.name,
                max_length=recipe.max_length,
                assistant_only=recipe.assistant_only_loss,
                skip_bad=recipe.skip_bad,
            )
        except records.BadRecord as exc:
            # The file may be a copy with another name: say the user's.
            exc.message = exc.message.replace(str(data.path), data.name)
            raise
    found.bad += len(unreadable)
    limit = f"--max-length {recipe.max_length} tokens"
    for count, what in (
        (found.bad, "records left out (--skip-bad)"),
        (found.truncated, f"of {found.records} examples cut off at {limit}"),
        (found.dropped, f"of {found.records} examples dropped: nothing to learn within {limit}"),
    ):
        if count:
            out.warn(f"{data.name}: {count} {what}")
    return found
