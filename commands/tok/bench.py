"""hfterm tok bench."""

import click

from hfterm.output import Output

from ..options import command
from ._options import input_options, model_option, tokenizer_of, warner


@command(progress=True)
@click.argument("files", nargs=-1, help="Text, or what hfterm data reads; none: hfterm's own program text.")
@model_option
@click.option(
    "--column", metavar="NAME", help="Take this field of each record. [default: the conversation, else 'text']"
)
@click.option(
    "--megabytes", type=click.FloatRange(0, min_open=True), default=4.0, help="Of text, at most. [default: 4]"
)
@click.option(
    "--rounds", type=click.IntRange(1), default=3, help="Times over the texts, after a first one. [default: 3]"
)
@input_options
def cli(
    out: Output,
    files: tuple[str, ...],
    model: str | None,
    column: str | None,
    megabytes: float,
    rounds: int,
    input_format: str | None,
    skip_bad: bool,
) -> None:
    """Measure how fast each engine makes token ids, and compare the ids.

    A record an engine that is installed. The engines take turns; mb_per_s (million bytes a second) is the median of
    the rounds, first_mb_per_s that of texts still new to the engine, ratio is over 'tokenizers'. Exit 6 when ids
    differ.

    \b
    Examples:
      hfterm tok bench -m ./model
      hfterm tok bench -m ./model corpus.jsonl --megabytes 50 -f json
    """
    tokenizer = tokenizer_of(out, model)
    from hfterm.errors import CheckFailedError
    from hfterm.progress import Progress
    from hfterm.tok.engines import bench

    texts = bench.read(
        files, tokenizer, megabytes=megabytes, column=column, format=input_format, on_bad=warner(out, skip_bad)
    )
    with Progress(out).task("bench", unit="rounds") as task:
        rows = bench.bench(texts, tokenizer, rounds=rounds, task=task)
    shown = ("engine", "version", "mb_per_s", "first_mb_per_s", "tokens_per_s", "ratio", "load_s", "ids")
    out.records(rows, key="engine", columns=shown)
    if wrong := bench.wrong(rows):
        raise CheckFailedError(f"not the ids of tokenizers: {', '.join(wrong)}")
