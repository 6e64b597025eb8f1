"""hfterm train run."""

from typing import Any

import click

from hfterm.output import Output

from ..options import command, dry_run_option
from ._background import background
from ._recipes import set_option


def _identify(options: dict[str, Any]) -> tuple[str, str]:
    """The method and the model of the recipe, which is checked whole before anything begins."""
    if options["recipe"] == "-":
        return "run", "recipe"
    from hfterm.train.data import reads_stdin
    from hfterm.train.schema import names, validate

    found = validate.load(options["recipe"], names.pairs(options["settings"], "--set")).sound()
    if reads_stdin(found):
        options["data"] = "-"  # so that standard input is handed on
    return found.METHOD, found.model


@command(progress=True)
@click.argument("recipe", help="A recipe file: .yaml, .toml or .json; - for standard input.")
@set_option
@click.option("--name", metavar="RUN", help="Name the run. [default: from method, model and time]")
@click.option("--resume", is_flag=True, help="Go on with the run --name where it was; begin it if there is none.")
@background(_identify)
@dry_run_option
def cli(out: Output, recipe: str, settings: tuple[str, ...], name: str | None, resume: bool, dry_run: bool) -> None:
    """Train as a recipe file says.

    The recipe is checked whole before anything is loaded. Prints the folder of what was trained, as the method's own
    command does; paths in a recipe are meant from the current folder.

    \b
    Examples:
      hfterm train init sft ./model chats.jsonl -o recipe.yaml
      hfterm train run recipe.yaml --name demo --set lr=1e-4 --set peft.r=8
      hfterm train run recipe.yaml -n -f json | jq .max_steps
    """
    from hfterm.errors import UsageError
    from hfterm.train import run
    from hfterm.train.data import reads_stdin
    from hfterm.train.launch import member
    from hfterm.train.schema import names, validate

    if resume and dry_run:
        raise UsageError("--dry-run and --resume make no sense together")
    found = validate.load(recipe, names.pairs(settings, "--set"), say=out.note).sound()
    if recipe == "-" and reads_stdin(found):
        raise UsageError("recipe and data cannot both come from standard input", "name a file for one of them")
    if dry_run:
        out.record(run.plan(found, out))
        return
    if found.hub_strategy != "end" and click.get_current_context().params.get("push") is None:
        out.note(f"hub_strategy={found.hub_strategy} is for --push: nothing is pushed")
    with member.part(found, out) as leads:
        result = run.train(found, out, name=name, resume=resume) if leads else None
    if result is None:  # another node trains with us, and tells
        return
    out.artifact(result.path, **result.facts())
