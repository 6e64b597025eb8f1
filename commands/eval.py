"""hfterm eval."""

import click

from hfterm.output import Output

from .options import command

FORMATS = ("jsonl", "json", "csv", "tsv", "text", "parquet", "arrow")
AVERAGES = ("binary", "macro", "micro", "weighted")


@command()
@click.argument(
    "sources",
    nargs=-1,
    metavar="[SOURCE]...",
    help="Files, patterns, folders, data sets of the Hub; none: standard input.",
)
@click.option("--metric", "metrics", multiple=True, metavar="NAMES", help="What to compute, with commas between.")
@click.option("--list", "list_", is_flag=True, help="List the metrics: what they say, range, library, source.")
@click.option("--prediction", metavar="NAME", help="The column that was predicted. [default: by the usual names]")
@click.option("--reference", metavar="NAME", help="The column that is right. [default: by the usual names]")
@click.option("--against", metavar="SOURCE", help="Take the references from here, in the same order.")
@click.option("--average", type=click.Choice(AVERAGES), help="Of f1, precision, recall, roc_auc over labels.")
@click.option("--positive", metavar="LABEL", help="The positive label. [default: 1 or true]")
@click.option("--input-format", type=click.Choice(FORMATS), help="What is read. [default: by name, else by content]")
@click.option("--skip-bad", is_flag=True, help="Leave out records that cannot be scored, with a warning.")
def cli(
    out: Output,
    sources: tuple[str, ...],
    metrics: tuple[str, ...],
    list_: bool,
    prediction: str | None,
    reference: str | None,
    against: str | None,
    average: str | None,
    positive: str | None,
    input_format: str | None,
    skip_bad: bool,
) -> None:
    """Score predictions: accuracy, F1, ROUGE, BLEU, WER and others.

    Records hold what was predicted and what is right: prediction, generated_text or output beside reference,
    label, target or answer (a list where several are right). Perplexity takes token_logprobs, or loss or
    log_likelihood with tokens.

    \b
    Examples:
      hfterm eval --metric accuracy,f1 < predictions.jsonl
      hfterm eval translated.txt --against human.txt --metric bleu,chrf
      hfterm eval out.parquet --metric rouge --reference summary
    """
    from hfterm.metrics import evaluate, table

    if list_:
        out.records(table.listed(), key="name")
        return
    row = evaluate.evaluate(
        sources,
        metrics,
        against=against,
        prediction=prediction,
        reference=reference,
        average=average,
        positive=positive,
        format=input_format,
        note=out.note,
        on_bad=out.warn if skip_bad else None,
    )
    out.record(row)
