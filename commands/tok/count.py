"""hfterm tok count."""

from collections.abc import Iterator
from typing import Any

import click

from hfterm.output import Output
from hfterm.records import FORMATS

from ..options import command


@command()
@click.argument("files", nargs=-1, help="Text, JSON Lines, JSON, CSV or TSV; none: standard input.")
@click.option(
    "-m",
    "--model",
    metavar="MODEL",
    help="Whose tokenizer: a folder, Hub id or run:NAME. [default: the setting 'model']",
)
@click.option(
    "--column", metavar="NAME", help="Count this field of each record. [default: the conversation, else 'text']"
)
@click.option("--each", is_flag=True, help="One record a line or record, not one a file.")
@click.option(
    "--special/--no-special", default=False, help="Add the special tokens a model expects around a text. [default: no]"
)
@click.option(
    "--input-format", type=click.Choice(FORMATS), help="What the input is. [default: by name, else by content]"
)
@click.option("--skip-bad", is_flag=True, help="Leave out records that cannot be read or counted, with a warning.")
def cli(
    out: Output,
    files: tuple[str, ...],
    model: str | None,
    column: str | None,
    each: bool,
    special: bool,
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
    from hfterm import config
    from hfterm.errors import UsageError

    model = model or config.value("model")
    if not model:
        raise UsageError("no tokenizer named", "add -m MODEL, or set one: hfterm config set model MODEL")
    from hfterm.tok.count import count
    from hfterm.tok.tokenizer import load

    tokenizer = load(model, note=out.note)
    warn = (lambda bad: out.warn(bad.message)) if skip_bad else None
    rows: Iterator[dict[str, Any]] = count(
        files or ("-",), tokenizer, column=column, special=special, each=each, format=input_format, on_bad=warn
    )
    out.records(rows, key="tokens")
