"""hfterm hub get."""

from typing import Any

import click

from hfterm.output import Output
from hfterm.text import human_bytes

from ..options import command, dry_run_option
from ._repo import given, revision_option, type_option


@command(progress=True)
@click.argument("repo", required=False, help="org/name[@rev]; left out or -, read from standard input.")
@click.argument("files", nargs=-1, metavar="[PATHS_IN_REPO]...", help="Files or folders in it. [default: all]")
@type_option
@revision_option
@click.option("--include", multiple=True, metavar="PATTERN", help="Only files that match, as '*.json'; repeatable.")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="No files that match; repeatable.")
@click.option("--to", metavar="DIR", help="Into this folder. [default: the Hub client's cache]")
@click.option("--overwrite", is_flag=True, help="With --to: replace files that are not the repository's.")
@dry_run_option
@click.option("--workers", type=click.IntRange(1, 64), default=8, show_default=True, help="Files at once.")
@click.option(
    "--connections", type=click.IntRange(1, 64), help="For each large file. [default: as many as make it faster]"
)
@click.option(
    "--stall-timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="Without a byte for so long, connect again.",
)
@click.option(
    "--retries", type=click.IntRange(min=0), default=8, show_default=True, help="Failures in a row to bear, by waiting."
)
def cli(
    out: Output,
    repo: str | None,
    files: tuple[str, ...],
    repo_type: str | None,
    revision: str | None,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    to: str | None,
    overwrite: bool,
    dry_run: bool,
    workers: int,
    connections: int | None,
    stall_timeout: float,
    retries: int,
) -> None:
    """Get files or whole repositories; goes on where it stopped.

    Prints where they are: in the Hub client's cache, or the folder of --to. After a kill or a broken link
    the same command goes on at the byte where it stopped. Every file is checked before it can be seen.

    \b
    Examples:
      hfterm hub get HuggingFaceTB/SmolLM2-135M-Instruct
      hfterm hub get org/name config.json --to .
      hfterm hub get -t dataset org/name --include 'data/*.parquet' -n
      hfterm hub search smollm -n 3 -f quiet | hfterm hub get
    """
    from hfterm.batch import Batch
    from hfterm.hub.client import offline
    from hfterm.hub.client import repo as named
    from hfterm.hub.fetch.get import How, get, look
    from hfterm.hub.fetch.plan import Wanted
    from hfterm.hub.fetch.show import showing

    how = How(to, overwrite, workers, connections, stall_timeout, retries)
    wanted = Wanted(files, include, exclude)

    def plan(text: str) -> list[dict[str, Any]]:
        return list(look(named(text, repo_type, revision), wanted, how, say=out.note))

    def fetch(text: str) -> None:
        where = named(text, repo_type, revision)
        with showing(out, where) as tell:
            got = get(where, wanted, how, say=out.note, tell=tell)
        if got.offline:
            out.note(f"hfterm: {where} is from the cache")
        out.artifact(
            got.path, id=where.id, type=where.type, sha=got.sha, files=got.files, size=got.size,
            fetched=got.fetched, seconds=round(got.seconds, 3), **{"from": "cache" if got.offline else "hub"},
        )  # fmt: skip

    batch = Batch("repositories", "fetched")
    texts = given(repo)
    if dry_run:
        if offline():
            out.note("hfterm: HF_HUB_OFFLINE is set: from the cache")
        rows = [row for rows in batch.each(texts, plan) for row in rows]
        shown = {"size": human_bytes, "here": human_bytes}
        out.records(rows, key="path", columns=("path", "size", "here", "state"), show=shown, empty="no files")
        left = sum(row["size"] - row["here"] for row in rows)
        out.note(f"{len(rows)} files, {human_bytes(sum(r['size'] for r in rows))}; {human_bytes(left)} are to come")
    else:
        for _ in batch.each(texts, fetch):
            pass
    batch.finish()
