"""hfterm hub cache prune."""

from collections.abc import Iterator
from typing import Any

import click

from hfterm.output import Output
from hfterm.text import human_bytes

from ...options import command, dry_run_option, yes_option
from ._words import SHOW, confirm, older_option, say_of_use, words_argument


@command()
@words_argument
@older_option
@click.option("--xet", is_flag=True, help="Xet's chunks and shards, too: they only save time.")
@yes_option
@dry_run_option
def cli(out: Output, words: tuple[str, ...], older: str, xet: bool, yes: bool, dry_run: bool) -> None:
    """Remove what the caches can do without.

    Revisions that no branch or tag names, contents that no revision has, partial files that no download goes on
    with, links to nothing, empty folders, what killed clients left, old locks.

    \b
    Examples:
      hfterm hub cache prune -n
      hfterm hub cache prune --older 0s --xet -y
      hfterm hub cache prune 'org/*'
    """
    from hfterm.batch import Batch
    from hfterm.hub.cache import filters, prune
    from hfterm.hub.cache.choose import Words

    asked, seconds = Words(words), filters.span(older)
    say_of_use(out, asked)
    pieces = list(prune.plan((one.entry for one in asked.choose()), older=seconds, xet=xet, note=out.note))
    if dry_run or not pieces:
        columns = ("what", "ref", "bytes", "path")
        out.records((p.record() for p in pieces), key="path", columns=columns, show=SHOW, empty="nothing to prune")
        if pieces:
            out.note(f"would free {human_bytes(sum(piece.size for piece in pieces))}")
        return
    counts: dict[str, int] = {}
    for piece in pieces:
        counts[piece.what] = counts.get(piece.what, 0) + 1
    told = ", ".join(f"{count} {what}{'s' if count > 1 else ''}" for what, count in counts.items())
    if not confirm(f"Remove {told} ({human_bytes(sum(p.size for p in pieces))})?", "pruning", yes):
        out.note("nothing was removed")
        return
    batch = Batch("pieces", "removed")
    done = batch.each(pieces, lambda p: p.record() | {"bytes": p.take(out.note)}, name=lambda piece: piece.path)
    freed = 0

    def counted() -> Iterator[dict[str, Any]]:
        nonlocal freed
        for row in done:
            freed += row["bytes"]
            yield row

    out.records(counted(), key="path", columns=("what", "ref", "bytes", "path"), show=SHOW)
    out.note(f"freed {human_bytes(freed)}")
    batch.finish()
