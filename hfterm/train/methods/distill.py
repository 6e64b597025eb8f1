"""Distillation, by TRL's DistillationTrainer: the model goes on with prompts, and learns what its teacher would say."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hfterm import refs
from hfterm.errors import UsageError
from hfterm.inference import folder, load
from hfterm.output import Output
from hfterm.peft import mergeable
from hfterm.train.methods.base import Inputs, Material, Prepared
from hfterm.train.methods.sampled import Sampled
from hfterm.train.methods.trl_shared import refusals
from hfterm.train.preference_recipes import DistillRecipe


class Distill(Sampled):
    """A student and a teacher of the same vocabulary."""

    def check(self, recipe: Any, model: Mapping[str, Any]) -> None:
        """As for all; and an adapter must lie in the weights."""
        super().check(recipe, model)
        if recipe.peft != "none":
            from hfterm.peft import methods

            if methods.config(recipe.peft, recipe.peft_set).is_prompt_learning:
                raise UsageError(
                    f"--peft {recipe.peft} puts tokens before the text, which TRL's distillation would not see",
                    "use a method that changes weights, such as lora",
                )

    def resolve(self, recipe: DistillRecipe, out: Output) -> DistillRecipe:
        """The teacher's folder, absolute; what is on the Hub is downloaded and keeps its name."""
        teacher = recipe.teacher or ""
        found = refs.resolve(teacher, "model", note=out.note)
        local = not teacher.startswith("run:") and Path(teacher).expanduser().exists()
        return dataclasses.replace(recipe, teacher=str(found.absolute()) if local else teacher)

    def material(self, given: Inputs[DistillRecipe]) -> Material:
        """Prompts, once the two vocabularies are known to be one.

        Raises:
            UsageError: they are not.
        """
        recipe, model_path = given.recipe, given.model_path
        teacher = folder.inspect(refs.resolve(recipe.teacher or "", "model"))
        base = folder.inspect(load.base_folder(teacher)) if teacher.is_adapter else teacher
        if teacher.is_adapter:
            mergeable.check(teacher.config, str(recipe.teacher), language=True)
        same_vocabulary(self.tokenizer(model_path), self.tokenizer(base.path), str(recipe.teacher))
        sizes = [_vocab_size(one) for one in (folder.inspect(model_path).config, base.config)]
        if None not in sizes and sizes[0] != sizes[1]:
            raise UsageError(
                f"the model has {sizes[0]} token ids and the teacher {recipe.teacher!r} has {sizes[1]}",
                "a teacher of the same family is wanted",
            )
        return super().material(given)

    def trainer(self, prepared: Prepared, model: Any, arguments: Any) -> Any:
        """TRL's DistillationTrainer, and the teacher beside it."""
        import trl

        teacher = load.load_model(
            refs.resolve(prepared.recipe.teacher, "model"),  # type: ignore[attr-defined]
            device=prepared.device,
            dtype=prepared.dtype,
        ).model
        if hasattr(teacher, "merge_and_unload"):
            teacher = teacher.merge_and_unload()
        with refusals():
            return trl.DistillationTrainer(
                model=model,
                teacher_model=teacher.eval().requires_grad_(False),
                args=arguments,
                train_dataset=prepared.material.train,
                eval_dataset=prepared.material.evaluation,
                processing_class=prepared.material.processor,
                peft_config=prepared.peft_config,
            )

    def wrap(self, prepared: Prepared, model: Any) -> Any:
        """TRL puts PEFT on."""
        return model


def same_vocabulary(student: Any, teacher: Any, name: str) -> None:
    """Refuse a teacher whose token ids mean something else.

    Raises:
        UsageError: it is one; the first difference is named.
    """
    ours, theirs = student.get_vocab(), teacher.get_vocab()
    if ours == theirs:
        return
    odd = min((token for token in ours.keys() | theirs.keys() if ours.get(token) != theirs.get(token)), default="")
    raise UsageError(
        f"the teacher {name!r} has another vocabulary: {odd!r} is {theirs.get(odd)} there and {ours.get(odd)} here",
        "distillation compares the two token by token; see 'hfterm tok diff'",
    )


def _vocab_size(config: Mapping[str, Any]) -> int | None:
    inner = config.get("text_config")
    found = config.get("vocab_size") or (inner.get("vocab_size") if isinstance(inner, Mapping) else None)
    return found if isinstance(found, int) else None


METHOD = Distill()
