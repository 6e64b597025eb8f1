"""hfterm hub ls."""

import click

from hfterm.output import Output
from hfterm.text import human_bytes

from ..options import command
from ._repo import one, revision_option, say_offline, type_option


@command()
@click.argument("repo", required=False, help="org/name[@rev]; left out, read from standard input.")
@click.argument("path", required=False, help="A folder in it.", metavar="[SUBFOLDER]")
@type_option
@revision_option
@click.option("-R", "--recursive", is_flag=True, help="All folders, as a tree on a terminal.")
@click.option("-l", "--long", is_flag=True, help="With hashes, and who changed each last.")
def cli(
    out: Output,
    repo: str | None,
    path: str | None,
    repo_type: str | None,
    revision: str | None,
    recursive: bool,
    long: bool,
) -> None:
    """List the files of a repository with their sizes.

    Rows come as they are listed, however many there are. Offline the cache answers.

    \b
    Examples:
      hfterm hub ls HuggingFaceTB/SmolLM2-135M-Instruct -R
      hfterm hub ls org/name -R -f jsonl | jq -s 'map(.size) | add'
    """
    from hfterm.hub import tree
    from hfterm.monitor.display import wants_table

    where = one(repo, repo_type, revision, path)
    say_offline(out)
    rows = tree.ls(where, recursive=recursive, commits=long)
    if recursive and not long and wants_table(out) and out.asked is None:
        for line in tree.draw(list(rows), out.console(out.stdout).options.ascii_only):
            out.text(line)
        return
    columns = ("path", "type", "size", *(("etag", "date", "title") if long else ()))
    out.records(rows, key="path", columns=columns, show={"size": human_bytes}, empty="no files")
