"""hfterm hub logout."""

import click

from hfterm.errors import UsageError
from hfterm.output import Output

from ..options import command


@command()
@click.argument("name", required=False, help="The token's name; left out, the one in use.", metavar="[TOKEN_NAME]")
@click.option("--all", "everything", is_flag=True, help="All kept tokens.")
def cli(out: Output, name: str | None, everything: bool) -> None:
    """Forget the token in use, one by name, or all.

    The token stays valid at the Hub: revoke it there.

    \b
    Examples:
      hfterm hub logout
      hfterm hub logout --all
    """
    from hfterm.hub import account

    if name is not None and everything:
        raise UsageError("a name and --all do not go together")
    forgotten = account.logout(name, everything=everything)
    out.records(({"token": token} for token in forgotten), key="token", empty="no token was kept")
    if (found := account.from_environment()) is not None:
        out.warn(f"{found[0]} is set: programs in this shell are still logged in with it")
