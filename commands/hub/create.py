"""hfterm hub create."""

import click

from hfterm.output import Output

from ..options import command, dry_run_option
from ._repo import given, type_option


@command()
@click.argument("repo", nargs=-1, help="org/name, or name for one of your own; left out, read from standard input.")
@type_option
@click.option("--private/--public", default=None, help="Who may see it. [default: as the owner has set]")
@click.option("--sdk", type=click.Choice(("static", "gradio", "docker")), help="What a space runs on.")
@click.option("--exist-ok", is_flag=True, help="Take one that exists as it is.")
@dry_run_option
def cli(
    out: Output,
    repo: tuple[str, ...],
    repo_type: str | None,
    private: bool | None,
    sdk: str | None,
    exist_ok: bool,
    dry_run: bool,
) -> None:
    """Make a repository.

    Prints its id.

    \b
    Examples:
      hfterm hub create org/name --private
      hfterm hub create -t dataset org/data --exist-ok
    """
    from hfterm.batch import Batch
    from hfterm.hub.client import repo as named
    from hfterm.hub.repos import create

    batch = Batch("repositories", "made")
    rows = batch.each(
        given(repo),
        lambda text: create(named(text, repo_type), private=private, exist_ok=exist_ok, sdk=sdk, dry_run=dry_run),
    )
    if out.asked in (None, "table", "quiet"):
        for row in rows:
            out.text(row["id"])
    else:
        out.records(rows, key="id")
    batch.finish()
