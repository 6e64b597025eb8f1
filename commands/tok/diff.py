"""hfterm tok diff."""

import click

from hfterm.output import Output

from ..options import command


@command()
@click.argument("a", metavar="MODEL", help="A folder, Hub id or run:NAME.")
@click.argument("b", metavar="OTHER_MODEL", help="The same.")
@click.option("--sample", metavar="FILE", help="Encode these texts both ways. [default: a few that are hard]")
@click.option("--column", metavar="NAME", help="The field of a sample's records. [default: text, else their words]")
@click.option(
    "--limit", type=click.IntRange(0), default=20, help="Tokens and texts of a kind to tell; 0: all. [default: 20]"
)
@click.option("--exit-code", is_flag=True, help="Exit with 1 if anything differs.")
@click.pass_context
def cli(
    ctx: click.Context,
    out: Output,
    a: str,
    b: str,
    sample: str | None,
    column: str | None,
    limit: int,
    exit_code: bool,
) -> None:
    """Show what differs between two tokenizers.

    Tokens removed, added or with another id; the steps before and after; special tokens; chat templates; and
    texts that get other ids, with the place where they part.

    \b
    Examples:
      hfterm tok diff ./old ./new
      hfterm tok diff ./model run:demo --sample train.jsonl --exit-code
    """
    from hfterm.tok.diff import diff
    from hfterm.tok.sources import rows
    from hfterm.tok.texts import words
    from hfterm.tok.tokenizer import load

    one, two = load(a, note=out.note), load(b, note=out.note)
    texts = (words(row, column) for row in rows(sample)) if sample else None
    count = out.records(
        diff(one, two, texts, limit=limit), key="what", columns=("kind", "what", "a", "b"), empty="no difference"
    )
    if exit_code and count:
        ctx.exit(1)
