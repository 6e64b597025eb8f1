"""hfterm hub token use."""

import click

from hfterm.output import Output

from ...options import command


@command(formats=False)
@click.argument("name", help="Its name, as 'hfterm hub token' lists it.", metavar="TOKEN_NAME")
def cli(out: Output, name: str) -> None:
    """Use a kept token from now on.

    \b
    Examples:
      hfterm hub token use work
    """
    from hfterm.hub import account

    account.use(name)
    out.note(f"the token in use is {name!r}")
    if (found := account.from_environment()) is not None:
        out.warn(f"{found[0]} is set, and wins over it in this shell")
