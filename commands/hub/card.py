"""hfterm hub card."""

import click

from hfterm.output import Output, is_terminal

from ..options import command
from ._repo import one, revision_option, say_offline, type_option


@command()
@click.argument("repo", required=False, help="org/name[@rev]; left out, read from standard input.")
@type_option
@revision_option
@click.option("--raw", is_flag=True, help="As it is written, on a terminal too.")
def cli(out: Output, repo: str | None, repo_type: str | None, revision: str | None, raw: bool) -> None:
    """Read a repository's card.

    Rendered on a terminal, as it is written in a pipe; -f json gives its metadata and text.

    \b
    Examples:
      hfterm hub card HuggingFaceTB/SmolLM2-135M-Instruct
      hfterm hub card org/name -f json | jq .data.license
    """
    from hfterm.hub import card

    where = one(repo, repo_type, revision)
    say_offline(out)
    text = card.read(where)
    if out.asked not in (None, "table"):
        out.record(card.split(text), key="content")
    elif raw or not is_terminal(out.stdout):
        out.text(text, end="" if text.endswith("\n") else "\n")
    else:
        card.render(text, out)
