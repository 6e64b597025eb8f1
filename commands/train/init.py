"""hfterm train init."""

import click

from hfterm.output import Output
from hfterm.train.recipes import RECIPES

from ..options import command
from ._recipes import MethodName


@command()
@click.argument("method", type=MethodName(), help=f"The method: {', '.join(RECIPES)}.")
@click.argument("model", required=False, help="A folder, a Hub id or run:NAME.")
@click.argument("data", required=False, help="A file of records, a folder, or a data set of the Hub.")
@click.option("-o", "--output", metavar="FILE", help="Write it there: .yaml or .toml. [default: standard output]")
@click.option("--toml", is_flag=True, help="TOML instead of YAML on standard output.")
def cli(out: Output, method: str, model: str | None, data: str | None, output: str | None, toml: bool) -> None:
    """Write a recipe to begin with: each common field, its help and default.

    Fields that are chosen when a run is prepared stand there as comments. An existing file is never replaced.

    \b
    Examples:
      hfterm train init sft ./model chats.jsonl -o recipe.yaml
      hfterm train init sft | less
    """
    from hfterm.train.schema import template

    if output is None or output == "-":
        out.text(template.render(method, model, data, kind="toml" if toml else "yaml"), end="")
        return
    out.artifact(template.write(output, method, model, data), method=method)
    out.note(f"check it with 'hfterm train validate {output}', run it with 'hfterm train run {output}'")
