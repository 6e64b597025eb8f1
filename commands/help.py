"""hfterm help."""

import click

from hfterm.cli import page
from hfterm.output import Output

from .options import command


@command(formats=False)
@click.argument("words", metavar="[TOPIC | COMMAND...]", nargs=-1, help="What to explain; nothing: all commands.")
def cli(out: Output, words: tuple[str, ...]) -> None:
    """Explain a topic or a command.

    Topics: exit-codes, formats, environment, references.
    """
    out.text(page(words), end="")
