"""hfterm config edit."""

import click

from hfterm import config
from hfterm.output import Output

from ..options import command


@command(formats=False)
@click.option("--project", is_flag=True, help="./hfterm.toml instead of the user's file.")
def cli(out: Output, project: bool) -> None:
    """Open the settings file in an editor.

    The editor is $VISUAL, $EDITOR, or the first of nano, vim and vi.
    """
    out.artifact(config.edit(project=project))
