"""hfterm tok encode."""

from typing import Any

import click

from hfterm.output import Output

from ..options import command
from ._options import encoder_of, engine_option, input_options, model_option, tokenizer_of, warner


@command()
@click.argument("files", nargs=-1, help="Text, or what hfterm data reads; none: standard input.")
@model_option
@click.option(
    "--column", metavar="NAME", help="Encode this field of each record. [default: the conversation, else 'text']"
)
@click.option("--tokens", is_flag=True, help="Give the tokens too.")
@click.option("--offsets", is_flag=True, help="Give each token's place in the text too, in characters.")
@click.option(
    "--special/--no-special", default=False, help="Add the special tokens a model expects around a text. [default: no]"
)
@click.option("--chat", is_flag=True, help="Take a plain text as a user's message, through the chat template.")
@click.option("--generation-prompt", is_flag=True, help="End a conversation where the model's answer begins.")
@click.option("--max-length", type=click.IntRange(1), help="Cut to this many tokens.")
@click.option("--keep", is_flag=True, help="Keep the record's own fields.")
@engine_option
@input_options
def cli(
    out: Output,
    files: tuple[str, ...],
    model: str | None,
    column: str | None,
    tokens: bool,
    offsets: bool,
    special: bool,
    chat: bool,
    generation_prompt: bool,
    max_length: int | None,
    keep: bool,
    engine: str,
    input_format: str | None,
    skip_bad: bool,
) -> None:
    """Turn texts into token ids.

    One record a line or record, with its ids. A conversation is encoded as the model's chat template writes it.
    Without FILES, or with -, standard input.

    \b
    Examples:
      echo "Hello, y'all! How are you 😁 ?" | hfterm tok encode -m tok/ --tokens
      hfterm tok encode -m run:demo chats.jsonl --generation-prompt | jq -c .ids
      hfterm tok encode -m ./model a.txt | hfterm tok decode -m ./model
    """
    tokenizer = tokenizer_of(out, model)
    from hfterm.tok.encode import encode

    rows = encode(
        files or ("-",),
        tokenizer,
        column=column,
        tokens=tokens,
        offsets=offsets,
        special=special,
        chat=chat,
        generation_prompt=generation_prompt,
        max_length=max_length,
        keep=keep,
        format=input_format,
        on_bad=warner(out, skip_bad),
        encoder=encoder_of(out, tokenizer, engine),
    )
    show = {"ids": _spaced, "tokens": _spaced, "offsets": _spans}
    out.records(rows, key="tokens" if tokens else "ids", show=show, eager="-" in (files or ("-",)))


def _spaced(values: Any) -> str:
    return " ".join(map(str, values))


def _spans(values: Any) -> str:
    return " ".join(f"{start}:{end}" for start, end in values)
