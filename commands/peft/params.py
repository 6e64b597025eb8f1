"""hfterm peft params."""

import click

from hfterm.output import Output

from ..options import command


@command()
@click.argument("model", required=False, help="A folder, config.json, Hub id or run:NAME. [default: setting 'model']")
@click.option("--peft", "method", metavar="METHOD", default="lora", show_default=True, help="See hfterm peft methods.")
@click.option("--peft-set", "settings", metavar="KEY=VALUE", multiple=True, help="A setting of it. Again for more.")
@click.option(
    "--task",
    type=click.Choice(["clm", "seq2seq", "classify", "tag", "qa", "features"]),
    help="What the model is for. [default: what its config.json says]",
)
@click.option("--each", is_flag=True, help="A row a module with something to train.")
def cli(out: Output, model: str | None, method: str, settings: tuple[str, ...], task: str | None, each: bool) -> None:
    """Count what a PEFT method would train in a model.

    From config.json alone: no weights are read or got. Settings that are not given are PEFT's own defaults, its
    target modules too; hfterm train takes target_modules=all-linear for LoRA.

    \b
    Examples:
      hfterm peft params bigscience/mt0-large --peft lora --peft-set r=8
      hfterm peft params ./model --peft vera --each -f csv
      hfterm peft params ./config.json --peft-set r=4 -f json | jq .percent
    """
    from hfterm import config
    from hfterm.errors import UsageError
    from hfterm.peft.params import count
    from hfterm.train.recipe import parse_settings

    model = model or config.value("model")
    if not model:
        raise UsageError("name a MODEL", "or set one: hfterm config set model MODEL")
    counted = count(model, method, parse_settings(settings, "--peft-set"), task=task, note=out.note)
    show = {"trainable": "{:,}".format, "all": "{:,}".format, "percent": "{:.4f} %".format}
    if each:
        out.records((module._asdict() for module in counted.modules), key="module", show=show)
    else:
        out.record(counted.record(), key="trainable", show=show)
