"""hfterm tok decode."""

import click

from hfterm.output import Output

from ..options import command
from ._options import input_options, model_option, tokenizer_of, warner


@command()
@click.argument("files", nargs=-1, help="Ids as lines, JSON Lines, JSON, CSV or TSV; none: standard input.")
@model_option
@click.option("--column", metavar="NAME", help="Where a record's ids are. [default: ids, else input_ids, tokens]")
@click.option("--special/--no-special", default=False, help="Write special tokens too. [default: no]")
@click.option("--keep", is_flag=True, help="Keep the record's own fields; with -f.")
@input_options
def cli(
    out: Output,
    files: tuple[str, ...],
    model: str | None,
    column: str | None,
    special: bool,
    keep: bool,
    input_format: str | None,
    skip_bad: bool,
) -> None:
    """Turn token ids into text.

    A line is ids between spaces or commas, a JSON list, or a record with such a list. Writes plain text, a line
    for each; records only when -f asks for them.

    \b
    Examples:
      echo 464 2266 20450 | hfterm tok decode -m ./model
      hfterm tok encode -m ./model a.txt | hfterm tok decode -m ./model -f jsonl
    """
    tokenizer = tokenizer_of(out, model)
    from hfterm.tok.encode import decode

    rows = decode(
        files or ("-",),
        tokenizer,
        column=column,
        special=special,
        keep=keep,
        format=input_format,
        on_bad=warner(out, skip_bad),
    )
    if out.asked is not None:
        out.records(rows, key="text")
    else:
        for row in rows:
            out.text(row["text"])
