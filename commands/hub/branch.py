"""hfterm hub branch."""

import click

from hfterm.output import Output

from ..options import command
from ._refs import change, change_options, show
from ._repo import one, type_option


@command()
@click.argument("repo", required=False, help="org/name; left out, read from standard input.")
@click.argument("name", required=False, help="The branch to make; left out, those there are.")
@type_option
@click.option("--from", "start", metavar="REV", help="Where it begins: branch, tag or commit. [default: main]")
@change_options
def cli(
    out: Output,
    repo: str | None,
    name: str | None,
    repo_type: str | None,
    start: str | None,
    delete: bool,
    exist_ok: bool,
    yes: bool,
    dry_run: bool,
) -> None:
    """List, make or remove branches of a repository.

    Prints the branch's name.

    \b
    Examples:
      hfterm hub branch org/name
      hfterm hub branch org/name try --from v1.0
      hfterm hub branch org/name try -d
    """
    named = one(repo, repo_type)
    if name is None and not delete:
        show(out, named, "branch")
    else:
        change(out, named, "branch", name, start=start, delete=delete, exist_ok=exist_ok, yes=yes, dry_run=dry_run)
