"""What the methods share that transformers' Trainer trains."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hfterm.errors import HftermError, UsageError
from hfterm.inference import folder, load
from hfterm.inference.quiet import hush
from hfterm.output import Output
from hfterm.train import quantized
from hfterm.train.methods.base import Inputs, Material, Method, Prepared
from hfterm.train.packs import PackTable
from hfterm.train.tasks import fit, losses, models
from hfterm.train.tasks.table import Table

Note = Callable[[str], None]


class TaskMethod(Method):
    """A task of transformers' Trainer. ``name`` is its verb; ``new_head``: the model may come without its head.

    A material's ``more`` has ``labels`` (values of the model's configuration), ``collator`` (made for the model) and,
    where predictions are scored, ``compute_metrics`` and ``preprocess_logits_for_metrics``.
    """

    name = ""
    new_head = True

    def check(self, recipe: Any, model: Mapping[str, Any]) -> None:
        """Refuse a model that is not for the task.

        Raises:
            UsageError.
        """
        fit.check(self.name, model)
        puts_tokens = virtual_tokens(recipe) > 0
        if puts_tokens and (self.peft_task is None or (self.name == "tag" and recipe.peft != "prefix_tuning")):
            what = fit.TASKS[self.name].what
            raise UsageError(f"PEFT method {recipe.peft!r} is not for {what}: it puts tokens before the text",
                             "choose another, such as lora")  # fmt: skip

    def model_folder(self, path: Path) -> folder.ModelFolder:
        """The model's folder; one that has a configuration and no weights is begun with random ones."""
        if path.is_dir() and models.is_bare(path):
            return folder.ModelFolder(path, config_of(path), (), is_adapter=False)
        return folder.inspect(path)

    def tokenizer(self, model_path: Path, recipe: Any = None, out: Output | None = None) -> Any:
        """The tokenizer of the model's folder."""
        return load.load_tokenizer(self.model_folder(model_path))

    def arguments(self, recipe: Any) -> dict[str, Any]:
        """Through PEFT's wrapper the Trainer cannot see which argument of the model holds the labels."""
        return {"label_names": ["labels"]}

    def load(self, prepared: Prepared, path: Path, dtype: str) -> Any:
        """The model with the head that the data asks for; with PEFT the head is trained and saved whole."""
        hush()
        found = models.made(
            fit.TASKS[self.name].auto,
            path,
            dtype=dtype,
            labels=prepared.material.more.get("labels") or {},
            new_head=self.new_head,
            from_scratch=prepared.recipe.from_scratch and path == prepared.model_path,  # type: ignore[attr-defined]
            more=quantized.options(prepared.recipe, prepared.device, prepared.dtype),
            note=prepared.material.more["note"],
        )
        config = prepared.peft_config
        if self.name == "mlm" and config is not None and found.is_new:
            raise UsageError("the model has no head for masked language modelling", "tune all weights: --peft none")
        if self.new_head and self.name != "mlm" and hasattr(config, "modules_to_save"):
            names = list(config.modules_to_save or found.heads)
            config.modules_to_save = names
            # Such as all-linear would take the layers within the head as well.
            if getattr(config, "exclude_modules", 0) is None:
                config.exclude_modules = rf"(.*\.)?({'|'.join(names)})(\..*)?"
        if self.peft_task is None and getattr(config, "target_modules", 0) is None:
            # PEFT knows the layers of language models only.
            config.target_modules = "all-linear"
            if getattr(config, "feedforward_modules", 0) is None:
                config.feedforward_modules = []
        return found.model if prepared.recipe.load_in else found.model.to(prepared.device)

    def trainer(self, prepared: Prepared, model: Any, arguments: Any) -> Any:
        """Transformers' Trainer."""
        import transformers

        made = transformers.Trainer(model=model, args=arguments, **self.parts(prepared, model))
        return losses.correct(made, prepared.material.train, self.name)

    def finish(self, prepared: Prepared, target: Path) -> None:
        """Beside an adapter, what its base model must be made as."""
        if prepared.peft_config is not None and self.new_head:
            labels = prepared.material.more.get("labels") or {}
            models.write_head(fit.TASKS[self.name].auto, labels, target, prepared.model_path)

    def parts(self, prepared: Prepared, model: Any) -> dict[str, Any]:
        """What the Trainer takes beside the model and its arguments."""
        material = prepared.material
        scoring: dict[str, Any] = {k: material.more[k] for k in ("compute_metrics", "preprocess_logits_for_metrics")
                   if k in material.more}  # fmt: skip
        return {
            "train_dataset": material.train,
            "eval_dataset": material.evaluation,
            "processing_class": material.processor,
            "data_collator": material.more["collator"](model),
            **scoring,
        }


def virtual_tokens(recipe: Any) -> int:
    """How many tokens the recipe's PEFT method puts before every text."""
    if recipe.peft == "none":
        return 0
    from peft import PromptLearningConfig

    from hfterm.peft import methods as peft_methods

    _, _, kind = peft_methods.find(recipe.peft, "none")
    if not issubclass(kind, PromptLearningConfig):
        return 0
    return int(recipe.peft_set.get("num_virtual_tokens") or 20)


def room(recipe: Any, config: Mapping[str, Any], tokenizer: Any) -> int:
    """Tokens that an example may have, beside those that PEFT puts before it.

    Raises:
        UsageError: none are left.
    """
    found = fit.longest(config, tokenizer, recipe.max_length)
    put = virtual_tokens(recipe)
    if put and found + put > fit.longest(config, tokenizer, 2**31):
        found = fit.longest(config, tokenizer, 2**31) - put
    if found < 2:
        raise UsageError(f"the {put} tokens of PEFT method {recipe.peft!r} leave no room in the model",
                         "take fewer: --peft-set num_virtual_tokens=8")  # fmt: skip
    return found


def config_of(model_path: Path) -> dict[str, Any]:
    """The object in a model's config.json.

    Raises:
        HftermError: it is damaged.
    """
    return folder.read_json(model_path / "config.json")


def padding(tokenizer: Any, model_path: Path) -> None:
    """Give a tokenizer without a padding token its ending one, as is usual.

    Raises:
        HftermError: it has neither.
    """
    if tokenizer.pad_token_id is None:
        if tokenizer.eos_token_id is None:
            raise HftermError(
                f"the tokenizer of {str(model_path)!r} has neither a pad token nor an end-of-text token",
                "give a copy of it one with 'hfterm tok add'",
            )
        tokenizer.pad_token = tokenizer.eos_token


def pads_model(labels: dict[str, Any], tokenizer: Any, config: Mapping[str, Any]) -> dict[str, Any]:
    """Values of the configuration, with the padding token where it has none: batches of texts need one."""
    return labels if config.get("pad_token_id") is not None else {**labels, "pad_token_id": tokenizer.pad_token_id}


def told(out: Output, name: str, counts: Mapping[str, Any], limit: str) -> None:
    """Warn of records that were left out or cut off."""
    for key, what in (("bad", "records left out (--skip-bad)"), ("truncated", f"examples cut off at {limit}")):
        if counts.get(key):
            out.warn(f"{name}: {counts[key]} {what}")


def material(
    given: Inputs[Any], processor: Any, made: Sequence[tuple[Table | PackTable, dict[str, Any]]], **how: Any
) -> Material:
    """A Material of a table and its counts for each of the sources; ``how`` as the class has it."""
    (train, counts), *rest = made
    return Material(
        processor,
        train,
        given.measured([table for table, _ in rest]),
        len(train),
        counts,
        given.measured([one for _, one in rest]) or {},
        (train.places, given.measured([table.places for table, _ in rest])),
        **how,
    )
