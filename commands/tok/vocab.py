"""hfterm tok vocab."""

import click

from hfterm.output import Output

from ..options import command
from ._options import tokenizer_of


@command()
@click.argument("model", required=False, help="A folder, Hub id or run:NAME. [default: the setting 'model']")
@click.option("--grep", metavar="REGEX", help="Only tokens in which this is found, as they are or as text.")
@click.option("-i", "--ignore-case", is_flag=True, help="Let --grep take upper and lower case for the same.")
@click.option("--added", is_flag=True, help="Only added and special tokens.")
def cli(out: Output, model: str | None, grep: str | None, ignore_case: bool, added: bool) -> None:
    """List the tokens of a vocabulary with their ids.

    In the order of the ids. 'text' is what a token stands for; of a part of a character it is a mark of that.

    \b
    Examples:
      hfterm tok vocab ./model --added
      hfterm tok vocab ./model --grep '^ ?lamp' -f quiet
    """
    tokenizer = tokenizer_of(out, model, "name a MODEL")
    from hfterm.tok.inspect import vocabulary

    rows = vocabulary(tokenizer, pattern=grep, added=added, ignore_case=ignore_case)
    out.records(rows, key="token", empty="no such token")
