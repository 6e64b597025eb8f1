"""hfterm hub cat."""

import sys

import click

from hfterm.output import Output, is_terminal

from ..options import command
from ._repo import one, revision_option, say_offline, type_option


@command(formats=False)
@click.argument("repo", required=False, help="org/name[@rev], or hf://org/name/FILE.")
@click.argument("file", required=False, help="Its path in the repository.", metavar="[PATH_IN_REPO]")
@type_option
@revision_option
@click.option("--range", "span", metavar="BYTES", help="Only these: 0-1023, 1024-, or -512 for the last 512.")
def cli(
    out: Output, repo: str | None, file: str | None, repo_type: str | None, revision: str | None, span: str | None
) -> None:
    """Write a file of a repository, or a range of its bytes.

    As it is in a pipe; on a terminal text alone, and nothing in it steers the terminal.

    \b
    Examples:
      hfterm hub cat org/name config.json | jq .model_type
      hfterm hub cat hf://datasets/org/name/data.jsonl | head -3
    """
    from hfterm.hub.read import byte_range, shown, stream

    wanted = byte_range(span) if span else None
    where = one(repo, repo_type, revision, file)
    say_offline(out)
    chunks = stream(where, wanted)
    if is_terminal(out.stdout):
        for text in shown(chunks):
            out.text(text, end="")
        return
    for chunk in chunks:
        sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()
