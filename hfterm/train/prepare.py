"""Everything that can be checked and counted before weights are loaded."""

import dataclasses
from pathlib import Path

from hfterm import extras, refs
from hfterm.errors import UsageError
from hfterm.inference.device import default_dtype, pick
from hfterm.output import Output
from hfterm.progress import Progress
from hfterm.train import methods, quantized, special
from hfterm.train.arguments import steps_for, training_arguments
from hfterm.train.data import DataFile, parts
from hfterm.train.launch.shape import shape
from hfterm.train.methods.base import Inputs, Prepared
from hfterm.train.recipe import Recipe

# A long run logs about this many points unless told otherwise.
LOG_POINTS = 1000
# ... and where its length is not known yet, so often.
LOG_STEPS = 10


def find_model(reference: str, out: Output, method: str = "sft") -> Path:
    """The absolute folder of a base model, for some methods also one without weights.

    Raises:
        UsageError: it is an adapter. NotFoundError and others: as :func:`hfterm.refs.resolve` and
        :func:`hfterm.inference.folder.inspect`.
    """
    found = methods.get(method).model_folder(refs.resolve(reference, "model", note=out.note))
    if found.is_adapter:
        raise UsageError(
            f"{reference!r} is an adapter, not a model to tune", f"merge it first: hfterm peft merge {reference}"
        )
    return found.path.absolute()


def prepare(
    recipe: Recipe, model_path: Path, data: DataFile, evals: tuple[DataFile, ...], out: Output, progress: Progress
) -> Prepared:
    """Check the recipe, read the data, choose what was left open.

    Warns when examples are cut off or left out.

    Raises:
        UsageError: a setting is wrong. HftermError: the data or the processor cannot be used.
    """
    recipe.check()
    extras.quiet()
    if recipe.held_out is not None:
        data, evals = parts(data)
    method = methods.of(recipe)
    wanted = shape(recipe)
    device = "cpu" if wanted.device == "cpu" else pick(recipe.device)
    dtype = recipe.dtype or default_dtype(device)
    if dtype == "float16" and not device.startswith("cuda"):
        raise UsageError("--dtype float16 trains on CUDA GPUs only", "use bfloat16 or float32")
    peft_config = None
    if recipe.peft != "none":
        from hfterm.peft import methods as peft_methods

        peft_config = peft_methods.config(recipe.peft, recipe.peft_set, method.peft_task)
        special.check(recipe.METHOD, peft_config)
    elif recipe.peft_set:
        raise UsageError("--peft-set makes no sense with --peft none")
    quantized.check(recipe, peft_config, device)
    if recipe.learning_rate is None:
        recipe = dataclasses.replace(recipe, learning_rate=recipe.LEARNING_RATES[peft_config is None])
    model = method.model_folder(model_path).config
    method.check(recipe, model)
    recipe = method.resolve(method.within(recipe, model, out), out)
    # Settings first: a typo should not wait for the data.
    open_ended = dataclasses.replace(recipe, logging_steps=recipe.logging_steps or 1, eval_steps=recipe.eval_steps or 1)
    training_arguments(open_ended, Path("checkpoints"), device=device, dtype=dtype)
    material = method.material(Inputs(recipe, model_path, data, evals, out, progress))
    steps = steps_for(material.examples, recipe, wanted.processes)
    if peft_config is not None:
        special.plan(peft_config, recipe.peft_set, steps)
    recipe = dataclasses.replace(
        recipe,
        logging_steps=recipe.logging_steps or (max(1, steps // LOG_POINTS) if steps else LOG_STEPS),
        eval_steps=recipe.eval_steps or recipe.save_steps,
    )
    return Prepared(recipe, model_path, material, steps, device, dtype, peft_config, wanted)
