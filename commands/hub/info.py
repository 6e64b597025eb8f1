"""hfterm hub info."""

import click

from hfterm.output import Output
from hfterm.text import human_bytes

from ..options import command
from ._repo import given, revision_option, say_offline, type_option


@command()
@click.argument("repo", nargs=-1, help="org/name[@rev]; left out, read from standard input.")
@type_option
@revision_option
@click.option("--files", is_flag=True, help="List the files too.")
def cli(out: Output, repo: tuple[str, ...], repo_type: str | None, revision: str | None, files: bool) -> None:
    """Show what a repository is: task, size, licence, parameters.

    \b
    Examples:
      hfterm hub info HuggingFaceTB/SmolLM2-135M-Instruct
      hfterm hub search qwen -f quiet | hfterm hub info | jq .size
    """
    from hfterm.batch import Batch
    from hfterm.hub.client import repo as named
    from hfterm.hub.info import info
    from hfterm.hub.inspect.words import count

    say_offline(out)
    batch = Batch("repositories", "asked about")
    show = {"size": human_bytes, "parameters": count}
    rows = batch.each(given(repo), lambda text: info(named(text, repo_type, revision), files=files))
    if len(repo) == 1 and repo[0] != "-":
        for row in rows:
            out.record(row, key="id", show=show)
    else:
        out.records(rows, key="id", columns=("id", "task", "size", "license", "updated"), show=show)
    batch.finish()
