"""hfterm peft add."""

import click

from hfterm.output import Output

from ..options import command, dry_run_option, overwrite_option
from ._made import output_option, tell


@command()
@click.argument("model", required=False, help="A folder, Hub id or run:NAME. [default: setting 'model']")
@output_option
@click.option("--peft", "method", metavar="METHOD", default="lora", show_default=True, help="See hfterm peft methods.")
@click.option("--peft-set", "settings", metavar="KEY=VALUE", multiple=True, help="A setting of it. Again for more.")
@click.option(
    "--task",
    type=click.Choice(["clm", "seq2seq", "classify", "tag", "qa", "features"]),
    help="What the model is for. [default: what its config.json says]",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the numbers it begins with.")
@dry_run_option
@overwrite_option
def cli(
    out: Output,
    model: str | None,
    output: str,
    method: str,
    settings: tuple[str, ...],
    task: str | None,
    seed: int,
    dry_run: bool,
    overwrite: bool,
) -> None:
    """Make a fresh adapter for a model, as PEFT begins one.

    From config.json alone; only methods that begin with the model's own weights (such as PiSSA) read them. Settings
    that are not given are PEFT's own defaults. Most adapters change nothing until they are trained; of those that do
    it is said.

    \b
    Examples:
      hfterm peft add ./model --peft-set r=8 -o fresh
      hfterm peft add org/name --peft ia3 -o fresh -f json
      hfterm peft add ./model --peft pissa -o fresh
    """
    from hfterm import config
    from hfterm.errors import UsageError
    from hfterm.peft.arith.fresh import fresh
    from hfterm.train.recipe import parse_settings

    model = model or config.value("model")
    if not model:
        raise UsageError("name a MODEL", "or set one: hfterm config set model MODEL")
    given = parse_settings(settings, "--peft-set")
    made = fresh(
        model, output, out, method=method, settings=given, task=task, seed=seed, overwrite=overwrite, dry_run=dry_run
    )
    said = f"{made.method} for {made.architecture}: {made.parameters:,} numbers to train"
    tell(out, made.path, made.facts(), said, dry_run=dry_run)
