"""hfterm train mlm."""

from typing import Any

from hfterm.output import Output

from ..options import command
from ._method import method_options, run_method


@command(progress=True)
@method_options("mlm")
def cli(out: Output, **options: Any) -> None:
    """Train a masked language model on plain text.

    MODEL is a folder, a Hub id or run:NAME; DATA text files or records with text. Each text is an
    example, a long one several; what is masked is drawn anew in every epoch.
    Prints the folder of the model (or adapter). The run's name works as a reference: run:NAME.

    \b
    Examples:
      hfterm train mlm bert-base-uncased notes.jsonl --eval-split 0.1
      hfterm train mlm ./bert notes.jsonl --mlm-probability 0.3 --whole-words
    """
    run_method(out, "mlm", **options)
