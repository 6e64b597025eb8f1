"""What TRL's methods have in common: which models they take, how PEFT is put on, how data becomes a table."""

import contextlib
import dataclasses
import os
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hfterm.errors import HftermError, UsageError, one_line
from hfterm.output import Output
from hfterm.train.data import DataFile
from hfterm.train.methods.base import Inputs, Material, Method, Prepared
from hfterm.train.preferences import Reader, Row, Rows
from hfterm.train.recipe import Recipe
from hfterm.train.tasks import fit
from hfterm.train.tasks.base import virtual_tokens

# What LoRA's initialisations leave of the base model: the others subtract the adapter's beginning from its weights.
_KEEPS_BASE = (True, False, "gaussian", "eva")
_DECODERS = ("ForCausalLM", "LMHeadModel", "ForConditionalGeneration")


class TrlMethod(Method):
    """A method of TRL's over rows of :mod:`hfterm.train.preferences`."""

    def check(self, recipe: Recipe, model: Mapping[str, Any]) -> None:
        """Only a model that writes text can be tuned so."""
        check_writes(recipe, model)
        if recipe.peft.lower() == "cpt":
            raise UsageError(f"--peft cpt makes a loss of its own, so {recipe.METHOD} cannot use it", "choose another")

    def within(self, recipe: Any, model: Mapping[str, Any], out: Output) -> Any:
        """Examples as long as the model reads, at most."""
        return within(recipe, model, out) if hasattr(recipe, "max_length") else recipe

    def judge(self, recipe: Any, data: DataFile) -> Callable[[Mapping[str, Any]], Any]:
        """The rows that a record makes."""
        return self.rows_of

    def rows_of(self, record: Mapping[str, Any]) -> list[Row]:
        """The rows that a record makes."""
        raise NotImplementedError

    def fit(self, recipe: Any, found: Rows, row: Row, lengths: Sequence[int]) -> int | None:
        """What becomes of a row whose texts have so many tokens; see :class:`hfterm.train.preferences.Reader`."""
        raise NotImplementedError

    def examples(self, recipe: Any, rows: int) -> int | None:
        """How many examples an epoch over so many rows has."""
        return rows

    def arrange(self, recipe: Any, rows: Rows) -> None:
        """Check the rows as a whole, or change their order."""

    def material(self, given: Inputs[Any]) -> Material:
        """Read every record; TRL makes the tokens."""
        recipe, model_path = given.recipe, given.model_path
        tokenizer = self.tokenizer(model_path, recipe, given.out)
        if tokenizer.eos_token is None:
            raise HftermError(
                f"the tokenizer of {str(model_path)!r} has no end-of-text token",
                "give a copy of it one with 'hfterm tok add'",
            )
        fit = self.fitting(recipe, model_path)
        reader = Reader(recipe, tokenizer, given.out, given.progress, self.rows_of, fit)
        train = reader.read(given.data)
        self.arrange(recipe, train)
        evaluations = [reader.read(one) for one in given.evals]
        tables = [table(found, one.name) for found, one in zip(evaluations, given.evals, strict=True)]
        return Material(
            tokenizer,
            table(train, given.data.name),
            given.measured(tables),
            self.examples(recipe, len(train.rows)),
            train.counts(),
            given.measured([found.counts() for found in evaluations]) or {},
            (train.places, given.measured([found.places for found in evaluations])),
        )

    def fitting(self, recipe: Any, model_path: Path) -> Callable[[Rows, Row, Sequence[int]], int | None]:
        """:meth:`fit` for a recipe and a model."""
        return lambda found, row, lengths: self.fit(recipe, found, row, lengths)

    def wrap(self, prepared: Prepared, model: Any) -> Any:
        """TRL puts PEFT on: then its reference model is this one with the adapter off, and no copy of anything.

        Where putting it on changes the base, we do, and :func:`reference_model` gives a model of its own.
        """
        return super().wrap(prepared, model) if changes_base(prepared.peft_config) else model


def check_writes(recipe: Recipe, model: Mapping[str, Any]) -> None:
    """Refuse a model that does not write text.

    Raises:
        UsageError: what it is for is named.
    """
    names = [str(name) for name in model.get("architectures") or ()]
    if model.get("is_encoder_decoder") or (names and not any(name.endswith(_DECODERS) for name in names)):
        what = names[0] if names else f"model_type {model.get('model_type')!r}"
        verbs = [verb for verb in fit.verbs(model) if not verb.endswith(" clm")]
        raise UsageError(
            f"{what} is no language model that goes on with a text, so {recipe.METHOD} cannot tune it",
            "use a causal language model" + (f"; this one is for {', '.join(verbs)}" if verbs else ""),
        )


def within(recipe: Any, model: Mapping[str, Any], out: Output) -> Any:
    """The recipe, its ``max_length`` no more than the model has room for; who asked for more is told.

    Raises:
        UsageError: the tokens that PEFT puts before the text leave no room.
    """
    known, put = fit.positions(model), virtual_tokens(recipe)
    if known is None or recipe.max_length + put <= known:
        return recipe
    if known - put < 2:
        raise UsageError(
            f"the {put} tokens of PEFT method {recipe.peft!r} leave no room in the model, which reads {known}",
            "take fewer: --peft-set num_virtual_tokens=8",
        )
    if recipe.max_length != type(recipe).max_length:
        room = f"{known - put} tokens" + (f" and the {put} of PEFT method {recipe.peft!r}" if put else "")
        out.warn(f"--max-length {recipe.max_length} is taken as {known - put}: the model has room for {room}")
    return dataclasses.replace(recipe, max_length=known - put)


class Referenced(TrlMethod):
    """A method that compares the model with what it began as, over answers that may be cut off."""

    def fit(self, recipe: Any, found: Rows, row: Row, lengths: Sequence[int]) -> int | None:
        """Cut off at ``max_length``."""
        return pair_length(recipe, found, lengths)

    def made(self, kind: Any, prepared: Prepared, model: Any, arguments: Any) -> Any:
        """TRL's trainer ``kind``."""
        with refusals():
            return kind(
                model=model,
                ref_model=reference_model(prepared, self),
                args=arguments,
                train_dataset=prepared.material.train,
                eval_dataset=prepared.material.evaluation,
                processing_class=prepared.material.processor,
                peft_config=peft_for(prepared),
            )


def changes_base(config: Any) -> bool:
    """Whether putting this adapter on changes the weights below it."""
    return getattr(config, "init_lora_weights", True) not in _KEEPS_BASE


def peft_for(prepared: Prepared) -> Any:
    """The PEFT configuration that TRL is to put on, if it is to."""
    config = prepared.peft_config
    return None if config is None or changes_base(config) else config


def pair_length(recipe: Any, found: Rows, lengths: Sequence[int]) -> int | None:
    """Cut answers off at ``max_length``; drop what has a prompt that long. ``lengths``: the prompt's, the wholes'."""
    prompt, *wholes = lengths
    if prompt >= recipe.max_length:
        return None
    most: int = recipe.max_length
    found.truncated += max(wholes) > most
    return sum(min(whole, most) for whole in wholes)


def reference_model(prepared: Prepared, method: Method) -> Any:
    """A frozen copy of the model as it began, where the model itself cannot be turned back into that."""
    config, ahead = prepared.peft_config, prepared.recipe.set.get("precompute_ref_log_probs")
    if ahead if config is None else not changes_base(config):
        return None
    full = prepared.device.startswith("cuda") and prepared.recipe.dtype != "bfloat16"
    dtype = "float32" if full or prepared.dtype == "float16" else prepared.dtype
    return method.load(prepared, prepared.model_path, dtype).eval().requires_grad_(False)


def table(rows: Rows, source: str) -> Any:
    """A Dataset of the rows; a column that some have not is null there.

    Raises:
        HftermError: a field is of different kinds in different records.
    """
    import datasets
    import pyarrow as pa

    datasets.disable_progress_bars()
    names = list(dict.fromkeys(name for row in rows.rows for name in row))
    columns = {}
    for name in names:
        values = [row.get(name) for row in rows.rows]
        try:
            columns[name] = pa.array(values)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError) as exc:
            raise HftermError(
                f"{source}: the field {name!r} is of different kinds in different records: {one_line(exc)[:120]}",
                "make it one kind, or take it out with 'hfterm data select'",
            ) from exc
    return datasets.Dataset(datasets.table.InMemoryTable(pa.table(columns)))


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """Around the making of a trainer: settings that TRL itself refuses are the user's to change; no bars of its own.

    Raises:
        UsageError: it refused some.
    """
    bars = os.environ.get("TQDM_DISABLE")
    os.environ["TQDM_DISABLE"] = "1"
    try:
        yield
    except (ValueError, TypeError, NotImplementedError, ImportError) as exc:
        frames = traceback.extract_tb(exc.__traceback__)
        if frames and "/trl/" in frames[-1].filename.replace("\\", "/"):
            raise UsageError(f"TRL refuses these settings: {one_line(exc)[:300]}") from exc
        raise
    finally:
        if bars is None:
            os.environ.pop("TQDM_DISABLE", None)
        else:
            os.environ["TQDM_DISABLE"] = bars
