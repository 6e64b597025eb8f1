"""hfterm hub cache du."""

import click

from hfterm.output import Output
from hfterm.text import human_bytes

from ...options import command
from ._words import SHOW, older_option


@command()
@click.option("-a", "--all", "each", is_flag=True, help="A row a repository, the largest first.")
@older_option
def cli(out: Output, each: bool, older: str) -> None:
    """Sum up the caches, and what a prune would free.

    Reclaimable: revisions without a reference, contents without a revision, old partial files, Xet's chunks.

    \b
    Examples:
      hfterm hub cache du
      hfterm hub cache du -a -f jsonl | head -5
    """
    from hfterm.hub.cache import filters, usage

    seconds = filters.span(older)
    found = list(usage.each(seconds) if each else usage.usage(seconds))
    columns = ("ref" if each else "cache", "size", "files", "incomplete", "reclaimable", "path")
    out.records(
        found, columns=columns, key="ref" if each else "cache", show=SHOW | {"reclaimable": human_bytes},
        empty="nothing is cached",
    )  # fmt: skip
    if each:
        return  # contents that repositories share are in each: a sum would count them twice
    size, free = (sum(row[name] for row in found) for name in ("size", "reclaimable"))
    hint = "; see: hfterm hub cache prune --xet -n" if free else ""
    out.note(f"{human_bytes(size)} in all, {human_bytes(free)} reclaimable{hint}")
