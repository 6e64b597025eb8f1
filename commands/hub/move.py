"""hfterm hub move."""

import click

from hfterm.output import Output

from ..options import command, dry_run_option
from ._repo import one, type_option


@command()
@click.argument("old", metavar="REPO", help="org/name.")
@click.argument("new", metavar="NEW_NAME", help="Its new owner and name.")
@type_option
@dry_run_option
def cli(out: Output, old: str, new: str, repo_type: str | None, dry_run: bool) -> None:
    """Rename a repository, or give it to another owner.

    Prints the new id.

    \b
    Examples:
      hfterm hub move org/name org/better-name
      hfterm hub move -t dataset me/data team/data
    """
    from hfterm.hub.repos import move

    first = one(old, repo_type)
    row = move(first, one(new, first.type if first.type != "model" else repo_type), dry_run=dry_run)
    if out.asked in (None, "table", "quiet"):
        out.text(row["id"])
    else:
        out.record(row, key="id")
