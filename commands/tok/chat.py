"""hfterm tok chat."""

import click

from hfterm.output import Output, is_terminal

from ..options import command
from ._options import encoder_of, engine_option, input_options, model_option, tokenizer_of, warner


@command()
@click.argument("files", nargs=-1, help="Text, or what hfterm data reads; none: standard input.")
@model_option
@click.option("--column", metavar="NAME", help="Where a record's messages are. [default: in any usual shape]")
@click.option("--generation-prompt", is_flag=True, help="End where the model's answer begins.")
@click.option("--ids", is_flag=True, help="Give the token ids too.")
@click.option("--keep", is_flag=True, help="Keep the record's own fields.")
@engine_option
@input_options
def cli(
    out: Output,
    files: tuple[str, ...],
    model: str | None,
    column: str | None,
    generation_prompt: bool,
    ids: bool,
    keep: bool,
    engine: str,
    input_format: str | None,
    skip_bad: bool,
) -> None:
    """Write conversations as the chat template makes them.

    Messages, prompt/completion, instruction/output, question/answer and ShareGPT's conversations are known; a
    plain text is a user's message. Records with the text and its number of tokens; the text alone on a
    terminal without -f.

    \b
    Examples:
      echo 'Who keeps it?' | hfterm tok chat -m ./model --generation-prompt
      hfterm tok chat -m ./model chats.jsonl --ids | jq .tokens
    """
    tokenizer = tokenizer_of(out, model)
    from hfterm.tok.rendered import render

    rows = render(
        files or ("-",),
        tokenizer,
        column=column,
        generation_prompt=generation_prompt,
        ids=ids,
        keep=keep,
        format=input_format,
        on_bad=warner(out, skip_bad),
        encoder=encoder_of(out, tokenizer, engine),
    )
    if out.format is None and is_terminal(out.stdout) and not (ids or keep):
        for row in rows:
            out.text(row["text"])
    else:
        out.records(rows, key="text")
