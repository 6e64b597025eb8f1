"""hfterm tok count."""

from collections.abc import Iterator
from typing import Any

import click

from hfterm.output import Output

from ..options import command
from ._options import encoder_of, engine_option, input_options, model_option, tokenizer_of, warner


@command()
@click.argument("files", nargs=-1, help="Text, or what hfterm data reads; none: standard input.")
@model_option
@click.option(
    "--column", metavar="NAME", help="Count this field of each record. [default: the conversation, else 'text']"
)
@click.option("--each", is_flag=True, help="One record a line or record, not one a file.")
@click.option(
    "--special/--no-special", default=False, help="Add the special tokens a model expects around a text. [default: no]"
)
@engine_option
@input_options
def cli(
    out: Output,
    files: tuple[str, ...],
    model: str | None,
    column: str | None,
    each: bool,
    special: bool,
    engine: str,
    input_format: str | None,
    skip_bad: bool,
) -> None:
    """Count the tokens of files or standard input.

    A text file is counted line by line. Records (JSON Lines, JSON, CSV, TSV) count one field, or the
    conversation in them as the model's chat template writes it. Without FILES, or with -, standard input.

    \b
    Examples:
      hfterm tok count -m HuggingFaceTB/SmolLM2-135M-Instruct train.jsonl
      git log | hfterm tok count -m run:demo -f json
      hfterm tok count -m ./model --each a.txt -f csv | sort -t, -nk3 | tail -3
    """
    tokenizer = tokenizer_of(out, model)
    from hfterm.tok.count import count

    rows: Iterator[dict[str, Any]] = count(
        files or ("-",),
        tokenizer,
        column=column,
        special=special,
        each=each,
        format=input_format,
        on_bad=warner(out, skip_bad),
        encoder=encoder_of(out, tokenizer, engine),
    )
    out.records(rows, key="tokens")
