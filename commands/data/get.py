"""hfterm data get."""

import os
from typing import Any

import click

from hfterm.errors import UsageError
from hfterm.output import Output
from hfterm.text import human_bytes

from ..hub._repo import given
from ..options import command, dry_run_option, overwrite_option


@command(progress=True)
@click.argument("repo", required=False, help="org/name[@rev]; left out or -, read from standard input.")
@click.option("--config", metavar="NAME", help="This configuration. [default: all; of rows, its default]")
@click.option("--split", metavar="NAME", help="This split, or several: a+b. [default: all; of rows, train]")
@click.option("-o", "--output", metavar="PATH", help="Into this folder; or as rows to a file: x.parquet, x.jsonl.")
@overwrite_option
@dry_run_option
def cli(
    out: Output, repo: str | None, config: str | None, split: str | None, output: str | None, overwrite: bool,
    dry_run: bool,
) -> None:  # fmt: skip
    """Get a data set of the Hub, or a split of it; goes on where it stopped.

    Prints the folder of its files: in the Hub client's cache, or that of -o. Where -o names a file of rows, they are
    written to it in its format.

    \b
    Examples:
      hfterm data get rotten_tomatoes
      hfterm data get org/name --split test -n
      hfterm data get org/name@v1 --config en -o train.parquet
    """
    from hfterm.batch import Batch
    from hfterm.data import get
    from hfterm.hub.client import repo as named
    from hfterm.hub.fetch.get import How
    from hfterm.hub.fetch.show import showing

    as_rows = output is not None and get.names_rows(output)
    how = How(None if as_rows else output, overwrite)
    if as_rows and output is not None and os.path.exists(output) and not overwrite:
        raise UsageError(f"{output!r} exists", "choose another name or add --overwrite")

    def plan(text: str) -> list[dict[str, Any]]:
        return list(get.planned(named(text, "dataset"), config, split, how, say=out.note))

    def fetch(text: str) -> None:
        if as_rows and output is not None:
            get.save(text, output, config, split, say=out.note, overwrite=overwrite)
            out.artifact(output)
            return
        where = named(text, "dataset")
        with showing(out, where) as tell:
            got = get.bring(where, config, split, how, say=out.note, tell=tell)
        if got.offline:
            out.note(f"hfterm: {where} is from the cache")
        out.artifact(
            got.path, id=where.id, sha=got.sha, files=got.files, size=got.size, fetched=got.fetched,
            **{"from": "cache" if got.offline else "hub"},
        )  # fmt: skip

    batch = Batch("data sets", "fetched")
    texts = list(given(repo))
    if as_rows and len(texts) > 1:
        raise UsageError(f"{len(texts)} data sets cannot go to one file", "name one, or get them into a folder")
    if dry_run:
        rows = [row for rows in batch.each(texts, plan) for row in rows]
        shown = {"size": human_bytes, "here": human_bytes}
        out.records(rows, key="path", columns=("path", "size", "here", "state"), show=shown, empty="no files")
        left = sum(row["size"] - row["here"] for row in rows)
        out.note(f"{len(rows)} files, {human_bytes(sum(r['size'] for r in rows))}; {human_bytes(left)} are to come")
    else:
        for _ in batch.each(texts, fetch):
            pass
    batch.finish()
