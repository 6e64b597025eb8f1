"""hfterm tok convert."""

import click

from hfterm.output import Output

from ..options import command, overwrite_option


@command()
@click.argument("source", help="A .model or .tiktoken file, a folder, a Hub id, or an encoding of tiktoken.")
@click.option("-o", "--output", metavar="DIR", required=True, help="Folder to write.")
@click.option(
    "--pattern", metavar="NAME|REGEX", help="How tiktoken's ranks cut words: an encoding's name, or an expression."
)
@click.option(
    "--special", metavar="TOKENS", multiple=True, help="Special tokens behind tiktoken's ranks, by commas. Repeat."
)
@click.option("--sample", metavar="FILE", help="Compare these texts too.")
@click.option("--column", metavar="NAME", help="The field of a sample's records. [default: text, else their words]")
@click.option(
    "--allow-differences", type=click.IntRange(0), default=0, metavar="N", help="Texts that may differ. [default: 0]"
)
@overwrite_option
def cli(
    out: Output,
    source: str,
    output: str,
    pattern: str | None,
    special: tuple[str, ...],
    sample: str | None,
    column: str | None,
    allow_differences: int,
    overwrite: bool,
) -> None:
    """Make a fast tokenizer of a SentencePiece, tiktoken or slow one.

    Texts (50 that are hard, and yours) are encoded and decoded by the source's own library and by the result. When
    more differ than allowed, nothing is written and the exit code is 6. Prints the folder; AutoTokenizer and -m
    load it.

    \b
    Examples:
      hfterm tok convert spiece.model -o tok --sample corpus.jsonl
      hfterm tok convert my.tiktoken --pattern cl100k_base -o tok
      hfterm tok convert ./old-model -o tok --allow-differences 3
    """
    from hfterm.tok.convert import convert
    from hfterm.tok.convert_check import Difference
    from hfterm.tok.sources import rows
    from hfterm.tok.texts import words

    def tell(difference: Difference) -> None:
        out.warn(f"differs at {difference.what}")
        out.note(f"  source: {difference.source}\n  fast:   {difference.fast}")

    made = convert(
        source,
        output,
        pattern=pattern,
        special_tokens=special,
        texts=(words(row, column) for row in rows(sample)) if sample else (),
        allowed=allow_differences,
        overwrite=overwrite,
        note=out.note,
        tell=tell,
    )
    if made.compared is None:
        out.warn(f"nothing here to compare a {made.kind} with: it is unproven")
    else:
        skipped = f"; not compared, for special tokens in them: {made.skipped}" if made.skipped else ""
        out.note(f"{made.identical} of {made.compared} texts the same as {made.compared_with}{skipped}")
    out.artifact(made.path, **made.facts())
