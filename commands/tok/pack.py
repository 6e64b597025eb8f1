"""hfterm tok pack."""

import click

from hfterm.output import Output

from ..options import command, overwrite_option
from ._options import encoder_of, engine_option, input_options, model_option, tokenizer_of, warner


@command(progress=True)
@click.argument("files", nargs=-1, help="Text, or what hfterm data reads; none: standard input.")
@model_option
@click.option("-o", "--output", metavar="DIR", required=True, help="Folder to write.")
@click.option("--length", type=click.IntRange(1), help="Tokens of a row. [default: no rows, one long stream]")
@click.option(
    "--file-type",
    "form",
    type=click.Choice(("npy", "bin", "parquet")),
    default="npy",
    help="Of the shards. [default: npy]",
)
@click.option("--end", metavar="TOKEN", help="Token after each text. [default: the tokenizer's eos, else sep]")
@click.option("--no-end", is_flag=True, help="No token after a text.")
@click.option("--special/--no-special", default=False, help="Add the special tokens around a text. [default: no]")
@click.option(
    "--tail", type=click.Choice(("drop", "pad")), default="drop", help="What the last, short row gets. [default: drop]"
)
@click.option(
    "--shard-tokens",
    type=click.IntRange(1),
    default=100_000_000,
    help="Tokens of a shard, at most. [default: 100000000]",
)
@click.option(
    "--column", metavar="NAME", help="Pack this field of each record. [default: the conversation, else 'text']"
)
@engine_option
@input_options
@overwrite_option
def cli(
    out: Output,
    files: tuple[str, ...],
    model: str | None,
    output: str,
    length: int | None,
    form: str,
    end: str | None,
    no_end: bool,
    special: bool,
    tail: str,
    shard_tokens: int,
    column: str | None,
    engine: str,
    input_format: str | None,
    skip_bad: bool,
    overwrite: bool,
) -> None:
    """Pack texts into shards of token ids for training.

    Ids of uint16, or uint32 for a large vocabulary, in rows of --length; where texts begin is kept beside them,
    and index.json accounts for every token. Parquet has rows of input_ids, position_ids and segment_ids, which tell
    texts apart; datasets.load_dataset reads the folder. Prints the folder.

    \b
    Examples:
      hfterm tok pack -m ./model corpus.jsonl --length 2048 -o packed
      zcat a.txt.gz | hfterm tok pack -m ./model --file-type bin -o out
    """
    from hfterm.errors import UsageError

    if no_end and end is not None:
        raise UsageError("--end and --no-end exclude each other")
    tokenizer = tokenizer_of(out, model)
    from hfterm.progress import Progress
    from hfterm.tok.pack import pack

    with Progress(out).task("pack", unit="texts") as task:
        packed = pack(
            files or ("-",),
            tokenizer,
            output,
            length=length,
            form=form,
            end=end,
            no_end=no_end,
            special=special,
            tail=tail,
            shard_tokens=shard_tokens,
            column=column,
            format=input_format,
            on_bad=warner(out, skip_bad),
            encoder=encoder_of(out, tokenizer, engine),
            overwrite=overwrite,
            task=task,
            warn=out.warn,
        )
    facts = packed.facts()
    out.note(
        f"{packed.documents} texts: {packed.text_tokens} tokens + {packed.end_tokens} ends + {packed.padding} padding"
        f" - {packed.dropped} dropped = {packed.written} written ({packed.dtype}; shards: {facts['shards']})"
    )
    out.artifact(packed.path, **facts)
