"""hfterm data put."""

import contextlib
from functools import partial
from typing import Any

import click

from hfterm.output import Output
from hfterm.text import human_bytes

from ..hub._writing import lazily, show_commit
from ..options import command, dry_run_option
from ._rows import FORMATS, bad_rows


@command(progress=True)
@click.argument("repo", help="org/name, or org/name@BRANCH; made if there is none.")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...", help="As of the other verbs; none: rows on standard input.")
@click.option("--split", metavar="NAME", help="What files become. [default: what their names tell, else train]")
@click.option("--config", metavar="NAME", default="default", help="The configuration. [default: default]")
@click.option("--max-shard-size", metavar="SIZE", default="500MB", help="Files of about so much. [default: 500MB]")
@click.option("--private/--public", default=None, help="How to make it. [default: as the owner has set]")
@click.option("-m", "--message", metavar="TEXT", help="The commit's title.")
@click.option(
    "--input-format",
    type=click.Choice(FORMATS),
    metavar="FORMAT",
    help="What is read. [default: by name, else by content]",
)
@click.option("--all-text", is_flag=True, help="Take every CSV value as text. [default: numbers as numbers]")
@click.option("--skip-bad", is_flag=True, help="Leave out JSON lines that cannot be read, with a warning.")
@click.option("--bad", "bad_file", metavar="FILE", help="Keep the lines left out here; implies --skip-bad.")
@dry_run_option
def cli(
    out: Output, repo: str, sources: tuple[str, ...], split: str | None, config: str, max_shard_size: str,
    private: bool | None, message: str | None, input_format: Any, all_text: bool, skip_bad: bool,
    bad_file: str | None, dry_run: bool,
) -> None:  # fmt: skip
    """Put rows into a data set of the Hub, as Parquet with a card.

    One commit replaces the splits that are named and leaves the others, and the card's own text, as they are. What the
    Hub has already is not sent again; after a kill the same command goes on. Prints the commit's address.

    \b
    Examples:
      hfterm data put me/chats train.jsonl test.jsonl --private
      hfterm data put me/chats ./parts --config v2 -m "Without doubles"
      hfterm data filter all.parquet 'score > 3' | hfterm data put me/best
    """
    from hfterm.data import engine, put
    from hfterm.hub.cache.filters import size
    from hfterm.hub.client import repo as named
    from hfterm.hub.push import put as pushing
    from hfterm.progress import Progress

    target, most = named(repo, "dataset"), max(1, int(size(max_shard_size)))
    put.check(target, config, [split] if split else [])
    con, progress = engine.connect(), Progress(out)
    chosen = None if config == "default" else config
    splits = put.by_split(sources, input_format, split=split, config=chosen, note=out.note)
    put.check(target, config, splits)
    track = partial(lazily, progress)
    with contextlib.ExitStack() as stack:
        on_bad = stack.enter_context(bad_rows(out, skip_bad, bad_file))
        with progress.task("write", None, "rows") as task:
            ready = stack.enter_context(
                put.ready(
                    con, target, splits, config=config, most=most, all_text=all_text, on_bad=on_bad,
                    moved=task.advance, note=out.note,
                )
            )  # fmt: skip
        wish = ready.wish(private=private, title=message)
        if dry_run:
            show_plan(out, pushing.plan(wish, track, lambda one: None))
            return
        made = pushing.put(wish, track, out.note, lambda one: None)
    if not made["commits"]:
        out.note("nothing to do: all of it is there already")
    else:
        out.note(f"{ready.rows} rows: {human_bytes(made['sent_bytes'])} sent, {made['deleted']} files replaced")
    show_commit(out, made | {"rows": ready.rows, "config": config, "splits": ready.splits})


def show_plan(out: Output, plan: Any) -> None:
    """Show what would be sent and removed."""
    rows = [step.record() for step in plan.of("add", "change", "delete")]
    out.records(
        ({key: row[key] for key in ("action", "path", "size", "old_size")} for row in rows),
        key="path", columns=("action", "path", "size", "old_size"), show={"size": human_bytes, "old_size": human_bytes},
    )  # fmt: skip
    sent = plan.of("add", "change")
    total = human_bytes(sum(step.size or 0 for step in sent))
    out.note(f"{total} in {len(sent)} files to send; {len(plan.of('same'))} are there already")
