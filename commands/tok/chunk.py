"""hfterm tok chunk."""

import click

from hfterm.output import Output

from ..options import command
from ._options import input_options, model_option, tokenizer_of, warner


@command()
@click.argument("files", nargs=-1, help="Text, or what hfterm data reads; none: standard input.")
@model_option
@click.option("--size", type=click.IntRange(1), default=512, help="Tokens of a chunk, at most. [default: 512]")
@click.option("--overlap", type=click.IntRange(0), default=0, help="Tokens of the chunk before. [default: 0]")
@click.option(
    "--by", type=click.Choice(("tokens", "sentence")), default="tokens", help="Where to cut. [default: tokens]"
)
@click.option(
    "--splitter",
    type=click.Choice(("rules", "nltk", "learn")),
    default="rules",
    help="What finds sentences. [default: rules]",
)
@click.option("--language", metavar="NAME", default="english", help="Of --splitter nltk. [default: english]")
@click.option(
    "--column", metavar="NAME", help="Cut this field of each record. [default: the conversation, else 'text']"
)
@click.option("--keep", is_flag=True, help="Keep the record's own fields.")
@input_options
def cli(
    out: Output,
    files: tuple[str, ...],
    model: str | None,
    size: int,
    overlap: int,
    by: str,
    splitter: str,
    language: str,
    column: str | None,
    keep: bool,
    input_format: str | None,
    skip_bad: bool,
) -> None:
    """Cut texts into chunks of so many tokens.

    A text file is one text; of records each is one. Chunks are slices of the text, with their place in it.
    Sentences end by simple rules: at . ! ? before white space, unless after an initial or a known short form,
    and at blank lines. --splitter nltk is NLTK's Punkt for a language, with the data that NLTK_DATA names;
    learn is Punkt learnt from FILES themselves, which needs none.

    \b
    Examples:
      hfterm tok chunk -m ./model book.txt --size 256 --overlap 32
      hfterm tok chunk -m ./model docs.jsonl --by sentence --splitter learn
    """
    tokenizer = tokenizer_of(out, model)
    from hfterm.tok.chunk import chunk

    rows = chunk(
        files or ("-",),
        tokenizer,
        size,
        overlap=overlap,
        by=by,
        splitter=splitter,
        language=language,
        column=column,
        keep=keep,
        format=input_format,
        on_bad=warner(out, skip_bad),
    )
    out.records(rows, key="text")
