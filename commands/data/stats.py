"""hfterm data stats."""

from collections.abc import Sequence
from typing import Any

import click

from hfterm.output import Output

from ..options import command
from ._rows import Io, reads_rows


@command()
@reads_rows(writes=False)
@click.option("--columns", metavar="NAMES", help="Only these, with commas between them. [default: all]")
@click.option("--quantiles", metavar="SHARES", default="0.25,0.5,0.75", help="[default: 0.25,0.5,0.75]")
@click.option("--tok", "model", metavar="MODEL", help="Count the tokens of texts and chats with its tokenizer, too.")
def cli(out: Output, io: Io, columns: str | None, quantiles: str, model: str | None) -> None:
    """Show what the values of each column are like.

    Missing and distinct values, range, mean, deviation, quantiles; also of lengths (characters of texts, items of
    lists) and tokens; of images and sounds their sizes or durations, and how many are broken. Beyond a million rows
    distinct values and quantiles are estimates, and marked as such.

    \b
    Examples:
      hfterm data stats train.jsonl
      hfterm data stats train.jsonl --columns messages --tok ./model -f jsonl
    """
    from hfterm.data import stats
    from hfterm.data.shares import names, shares

    points, tokens = shares(quantiles, "--quantiles"), None
    if model is not None:
        from hfterm.tok.engines import Encoder
        from hfterm.tok.messages import to_messages
        from hfterm.tok.tokenizer import load

        tokenizer = load(model, note=out.note)
        encoder = Encoder(tokenizer, detail=out.detail)

        def tokens(values: Sequence[Any]) -> list[int]:
            return encoder.lengths(
                [v if isinstance(v, str) else tokenizer.render(to_messages({"messages": v})) for v in values]
            )

    with io.opened(out) as (con, sources, how):
        found = list(stats.described(con, sources, columns=names(columns), quantiles=points, tokens=tokens, **how))
        broken = ("broken",) if any("broken" in row for row in found) else ()
        middle = [f"p{point * 100:g}" for point in points]
        shown = ("column", "of", "nulls", "distinct", *broken, "min", *middle, "max", "mean", "std")
        out.records(found, key="column", columns=shown)
