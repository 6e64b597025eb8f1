"""hfterm hub search."""

import click

from hfterm.output import Output

from ..options import command
from ._repo import say_offline, type_option

COLUMNS = ("id", "task", "downloads", "likes", "updated")


@command()
@click.argument("query", required=False, help="Words that the name holds.")
@type_option
@click.option("--author", metavar="NAME", help="Of this user or organisation.")
@click.option(
    "--filter", "filters", metavar="TAG", multiple=True, help="With this tag: gguf, en, license:mit ... Repeat."
)
@click.option("--task", metavar="TASK", help="For this task: text-generation, text-classification ...")
@click.option("--params", metavar="RANGE", help="So many parameters: min:1B,max:8B.")
@click.option("--gated/--no-gated", default=None, help="Only gated ones; only open ones.")
@click.option(
    "--sort", type=click.Choice(("trending_score", "downloads", "likes", "last_modified", "created_at")),
    help="Highest first. [default: trending_score]",
)  # fmt: skip
@click.option(
    "-n", "--limit", type=click.IntRange(min=1), help="So many at most. [default: 30 on a terminal, else all]"
)
def cli(
    out: Output,
    query: str | None,
    repo_type: str | None,
    author: str | None,
    filters: tuple[str, ...],
    task: str | None,
    params: str | None,
    gated: bool | None,
    sort: str | None,
    limit: int | None,
) -> None:
    """Search models, data sets and spaces.

    Rows come as the Hub's pages come, all of them in a pipe. Offline the cache is searched.

    \b
    Examples:
      hfterm hub search qwen --params max:1B --sort downloads
      hfterm hub search --author org -f quiet | hfterm hub info
    """
    from hfterm.hub.search import search
    from hfterm.monitor.display import wants_table

    say_offline(out)
    rows = search(
        query, repo_type=repo_type or "model", author=author, filters=filters, task=task, parameters=params,
        gated=gated, sort=sort, limit=limit or (30 if wants_table(out) else None),
    )  # fmt: skip
    out.records(rows, columns=COLUMNS, key="id", empty="nothing found", show={"updated": _day})


def _day(moment: object) -> str:
    return str(moment)[:10] if moment else "-"
