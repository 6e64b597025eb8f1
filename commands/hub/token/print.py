"""hfterm hub token print."""

import click

from hfterm.errors import UsageError
from hfterm.output import Output, is_terminal

from ...options import command


@command(formats=False)
@click.argument("name", required=False, help="Its name; left out, the one in use.", metavar="[TOKEN_NAME]")
@click.option("-y", "--yes", is_flag=True, help="On a terminal too, where others may read it.")
def cli(out: Output, name: str | None, yes: bool) -> None:
    """Print a token itself, for a program to read.

    \b
    Examples:
      export HF_TOKEN="$(hfterm hub token print work)"
      hfterm hub token print | ssh other hfterm hub login
    """
    from hfterm.hub import account

    if is_terminal(out.stdout) and not yes:
        raise UsageError("a token is not shown on a terminal", "pipe it to the program that needs it, or add --yes")
    out.text(account.secret(name))
