"""hfterm data format."""

from typing import Any

import click

from hfterm.output import Output

from ..options import command
from ._rows import Io, bad_rows, reads_rows

FORMS = ("chat", "prompt-completion", "preference", "text")


@command()
@reads_rows()
@click.option("--to", required=True, type=click.Choice(FORMS), help="What each record becomes.")
@click.option("--tok", "model", metavar="MODEL", help="With --to text: write chats as its chat template does.")
@click.option("--keep", is_flag=True, help="Keep the fields that are no part of the shape.")
def cli(out: Output, io: Io, to: str, model: str | None, keep: bool) -> None:
    """Turn records of the usual shapes into one shape.

    Taken are messages, conversations (from/value), prompt/completion, instruction/output, question/answer, text, and
    for preferences chosen/rejected. --skip-bad leaves out rows that cannot be turned, too.

    \b
    Examples:
      hfterm data format alpaca.json --to chat -o chats.jsonl
      hfterm data format sharegpt.jsonl --to prompt-completion --bad odd.jsonl
    """
    from hfterm.data import turn
    from hfterm.errors import UsageError

    if model is not None and to != "text":
        raise UsageError("--tok is for --to text only")
    render = None
    if model is not None:
        from hfterm.tok.tokenizer import load

        render = load(model, note=out.note).render
    with bad_rows(out, io.skip_bad, io.bad_file) as on_bad:

        def make(con: Any, sources: Any, **how: Any) -> Any:
            if on_bad is not None and any(source.format != "jsonl" for source in sources):
                on_bad.unit = "row"
            return turn.turned(con, sources, to, render=render, keep=keep, **(how | {"on_bad": on_bad}))

        io._replace(skip_bad=False, bad_file=None).run(out, make, streams=True)
