"""hfterm eval."""

import sys
from typing import Any

import click

from hfterm.errors import UsageError
from hfterm.output import Output, is_terminal

from .options import command

FORMATS = ("jsonl", "json", "csv", "tsv", "text", "parquet", "arrow")
AVERAGES = ("binary", "macro", "micro", "weighted")


@command(progress=True)
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
@click.option("--model", metavar="MODEL", help="Evaluate this model on the records: a folder, a Hub id or run:NAME.")
@click.option("--task", metavar="METHOD", help="How the model was trained: sft, classify, ... [default: as it says]")
@click.option("--batch-size", type=click.IntRange(1), help="Records a forward pass, with --model.")
@click.option("--max-length", type=click.IntRange(2), help="Tokens a record may have, with --model.")
@click.option("--split", metavar="NAME", help="The split of a data set, with --model.")
@click.option("--device", metavar="DEVICE", help="auto, cpu, cuda, cuda:N or mps, with --model.")
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
    model: str | None,
    **of_model: Any,
) -> None:
    """Score predictions, or a model on records: accuracy, F1, loss.

    Records hold what was predicted and what is right: prediction, generated_text or output beside reference,
    label, target or answer (a list where several are right). Perplexity takes token_logprobs, or loss or
    log_likelihood with tokens. With --model the records are what 'hfterm train' takes: the model's loss on
    them, and the metrics of its task.

    \b
    Examples:
      hfterm eval --metric accuracy,f1 < predictions.jsonl
      hfterm eval translated.txt --against human.txt --metric bleu,chrf
      hfterm eval out.parquet --metric rouge --reference summary
      hfterm eval --model run:demo test.jsonl
    """
    from hfterm.metrics import evaluate, table

    given = {key: value for key, value in of_model.items() if value is not None}
    if model is not None:
        _no_pairs(prediction=prediction, reference=reference, against=against, average=average, positive=positive)
        _evaluate(out, model, sources, {"metric": ",".join(metrics) or None, "skip_bad": skip_bad or None, **given})
        return
    if given:
        raise UsageError(f"--{next(iter(given)).replace('_', '-')} needs --model", "see 'hfterm eval --help'")

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


def _evaluate(out: Output, model: str, sources: tuple[str, ...], given: dict[str, Any]) -> None:
    """Evaluate a model on records."""
    from hfterm.train.measure import measure

    names = {"batch_size": "per_device_train_batch_size"}
    settings = {names.get(key, key): value for key, value in given.items() if value is not None}
    task = settings.pop("task", None)
    if not sources and is_terminal(sys.stdin):
        raise UsageError("no records named", "name a file of records, or pipe them in")
    out.record(measure(model, sources or ("-",), out, task=task, settings=settings))


def _no_pairs(**given: str | None) -> None:
    """Refuse options that say where predictions are: a model makes its own."""
    for name, value in given.items():
        if value is not None:
            raise UsageError(f"--{name} and --model exclude each other", "a model makes its own predictions")
