"""hfterm train plan."""

import click

from hfterm.output import Output

from .._mem import gpu_options, present
from ..options import command
from ._recipes import set_option


@command()
@click.argument("recipe", help="A recipe file: .yaml, .toml or .json; - for standard input.")
@set_option
@gpu_options
def cli(out: Output, recipe: str, settings: tuple[str, ...], gpus: str | None, host: str | None, fit: str) -> None:
    """Predict what a recipe needs of GPUs, and which strategies fit.

    As hfterm mem, with the model, PEFT, batch, lengths and dtype of the recipe; every example counts as long as
    it may be. A recipe that names --zero, --fsdp or --gradient-checkpointing is planned as it is, unless --fit auto.

    \b
    Examples:
      hfterm train plan recipe.yaml --gpus 1x24G
      hfterm train plan recipe.yaml --set per_device_train_batch_size=1
    """
    from hfterm.mem import plan
    from hfterm.mem.recipe import MORE, ask_of
    from hfterm.train.schema import names, validate

    found = validate.load(recipe, names.pairs(settings, "--set"), say=out.note).sound()
    values = found.as_dict()
    ask = ask_of(found.METHOD, values)
    if found.METHOD in MORE:
        out.note(f"{found.METHOD}: {MORE[found.METHOD]}")
    offload = [word.strip() for word in (found.offload or "").split(",") if word.strip()]
    strategy = None if fit == "auto" else plan.one_of(found.zero or 0, found.fsdp, offload, ask)
    present(out, ask, strategy, gpus, host, fit)
