"""hfterm tok train."""

import click

from hfterm.output import Output

from ..options import command, overwrite_option
from ._options import input_options

KINDS = ("bpe", "bytebpe", "wordpiece", "unigram")


@command(progress=True)
@click.argument("kind", type=click.Choice(KINDS), help="What is learnt.")
@click.argument("files", nargs=-1, help="Text, or what hfterm data reads; none: standard input.")
@click.option("-o", "--output", metavar="DIR", required=True, help="Folder to write.")
@click.option("--vocab-size", type=click.IntRange(1), default=30_000, help="Tokens, at most. [default: 30000]")
@click.option(
    "--special",
    metavar="TOKENS",
    multiple=True,
    help="Special tokens, by commas; ROLE=TOKEN names its role. Repeat. [default: the usual ones of the kind]",
)
@click.option("--min-frequency", type=click.IntRange(0), help="How often a pair must be seen. [default: 0]")
@click.option("--limit-alphabet", type=click.IntRange(1), help="Keep this many characters, the most frequent.")
@click.option("--lowercase", is_flag=True, help="Make texts lower case.")
@click.option("--column", metavar="NAME", help="Learn from this field. [default: text, else the conversation's words]")
@input_options
@overwrite_option
def cli(
    out: Output,
    kind: str,
    files: tuple[str, ...],
    output: str,
    vocab_size: int,
    special: tuple[str, ...],
    min_frequency: int | None,
    limit_alphabet: int | None,
    lowercase: bool,
    column: str | None,
    input_format: str | None,
    skip_bad: bool,
    overwrite: bool,
) -> None:
    """Train a tokenizer on texts.

    bpe and wordpiece split at spaces and punctuation first; bytebpe (GPT-2's) and unigram (SentencePiece's;
    slow on much text) give texts back whole. Roles of special tokens are unk, cls, sep, pad, mask, bos, eos.
    Prints the folder; AutoTokenizer and -m load it.

    \b
    Examples:
      hfterm tok train bpe --special '[UNK],[CLS],[SEP],[PAD],[MASK]' *.txt -o tok
      zcat corpus.jsonl.gz | hfterm tok train bytebpe --vocab-size 16000 -o tok
    """
    from hfterm.progress import Progress
    from hfterm.tok.train import train

    from ._options import warner

    with Progress(out).task(f"train {kind}", unit="texts") as task:
        trained = train(
            kind,
            files or ("-",),
            output,
            vocab_size=vocab_size,
            special_tokens=special,
            min_frequency=min_frequency,
            limit_alphabet=limit_alphabet,
            lowercase=lowercase,
            column=column,
            format=input_format,
            on_bad=warner(out, skip_bad),
            overwrite=overwrite,
            task=task,
            warn=out.warn,
        )
    out.artifact(trained.path, **trained.facts())
