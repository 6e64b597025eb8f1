"""hfterm config path."""

import click

from hfterm import config
from hfterm.output import Output

from ..options import command


@command(formats=False)
@click.option("--project", is_flag=True, help="The project's file instead of the user's.")
def cli(out: Output, project: bool) -> None:
    """Print the path of the settings file."""
    out.artifact(config.target(project))
