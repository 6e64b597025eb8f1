"""hfterm hub tag."""

import click

from hfterm.output import Output

from ..options import command
from ._refs import change, change_options, show
from ._repo import one, type_option


@command()
@click.argument("repo", required=False, help="org/name; left out, read from standard input.")
@click.argument("name", required=False, help="The tag to make; left out, those there are.")
@type_option
@click.option("--from", "start", metavar="REV", help="What it names: branch or commit. [default: main]")
@click.option("-m", "--message", metavar="TEXT", help="What it stands for.")
@change_options
def cli(
    out: Output,
    repo: str | None,
    name: str | None,
    repo_type: str | None,
    start: str | None,
    message: str | None,
    delete: bool,
    exist_ok: bool,
    yes: bool,
    dry_run: bool,
) -> None:
    """List, make or remove tags of a repository.

    Prints the tag's name.

    \b
    Examples:
      hfterm hub tag org/name
      hfterm hub tag org/name v1.0 -m "As published"
      hfterm hub tag org/name v1.0 -d
    """
    named = one(repo, repo_type)
    if name is None and not delete:
        show(out, named, "tag")
    else:
        change(
            out, named, "tag", name, start=start, message=message, delete=delete, exist_ok=exist_ok, yes=yes,
            dry_run=dry_run,
        )  # fmt: skip
