"""hfterm train show."""

import click

from hfterm.output import Output

from ..options import command
from ._names import one_name


@command()
@click.argument("run", required=False, help="Its name; left out, read from standard input.")
def cli(out: Output, run: str | None) -> None:
    """Show one run: its state, settings and last metrics.

    Without RUN, its name is read from standard input.

    \b
    Examples:
      hfterm train show demo
      hfterm train show demo -f json | jq .recipe.learning_rate
    """
    from hfterm import runs

    out.record(runs.get(one_name(run)).describe(), key="name")
