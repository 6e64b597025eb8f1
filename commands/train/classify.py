"""hfterm train classify."""

from typing import Any

from hfterm.output import Output

from ..options import command
from ._method import method_options, run_method


@command(progress=True)
@method_options("classify")
def cli(out: Output, **options: Any) -> None:
    """Train a classifier of texts, or of pairs of texts.

    MODEL is a folder, a Hub id or run:NAME; DATA records with text (or sentence1 and sentence2, premise
    and hypothesis, ...) and a label: a name, a number, a list of several. The names go into the model.
    Prints the folder of the model (or adapter). The run's name works as a reference: run:NAME.

    \b
    Examples:
      hfterm train classify distilbert-base-uncased reviews.csv --eval-split 0.1
      hfterm train classify ./bert rotten_tomatoes --metric f1 --peft lora
      hfterm train classify ./bert stars.jsonl --problem-type regression
    """
    run_method(out, "classify", **options)
