"""hfterm train seq2seq."""

from typing import Any

from hfterm.output import Output

from ..options import command
from ._method import method_options, run_method


@command(progress=True)
@method_options("seq2seq")
def cli(out: Output, **options: Any) -> None:
    """Train text to text: translate, summarize, rewrite.

    MODEL is a folder, a Hub id or run:NAME; DATA records with prompt and completion, source and target,
    document and summary, question and answer, or a translation. An evaluation generates and scores.
    Prints the folder of the model (or adapter). The run's name works as a reference: run:NAME.

    \b
    Examples:
      hfterm train seq2seq t5-small pairs.jsonl --source-prefix 'summarize: '
      hfterm train seq2seq ./t5 pairs.csv --metric bleu --eval-split 0.1
    """
    run_method(out, "seq2seq", **options)
