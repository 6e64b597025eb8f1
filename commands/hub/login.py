"""hfterm hub login."""

import sys

import click

from hfterm.errors import UsageError
from hfterm.output import Output, is_terminal

from ..options import command


def _refuse() -> UsageError:
    return UsageError(
        "a token on the command line can be read by others (ps) and stays in the shell's history",
        "make a new one at the Hub's settings, and pipe it in or paste it at the prompt",
    )


def _never(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value is not None:
        raise _refuse()


@command()
@click.argument("words", nargs=-1, help="None: the token comes from a prompt or from standard input.", metavar="")
@click.option("--token", hidden=True, callback=_never, expose_value=False, help="Refused: never on a command line.")
@click.option("--name", metavar="NAME", help="Keep it under this name. [default: the name that the Hub has for it]")
@click.option("--check/--no-check", default=True, help="Ask the Hub whether it is valid. [default: yes]")
def cli(out: Output, words: tuple[str, ...], name: str | None, check: bool) -> None:
    """Log in to the Hub: keep a token from a prompt or a pipe.

    The token is kept where the Hub's client and everything built on it find it. It is never an argument.

    \b
    Examples:
      hfterm hub login
      pass show hf-token | hfterm hub login --name work
    """
    from hfterm.hub import account
    from hfterm.hub.client import endpoint

    if words:
        raise _refuse()
    if is_terminal(sys.stdin):
        out.note(f"make a token at {endpoint()}/settings/tokens; what you paste is not shown")
        text = click.prompt("Token", hide_input=True, default="", show_default=False, err=True)
    else:
        text = sys.stdin.read(account.MOST_CHARACTERS + 1)
    row = account.login(text, name=name, check=check)
    out.record(row, key="token")
    if (found := account.from_environment()) is not None:
        out.warn(f"{found[0]} is set, and wins over the token just kept")
