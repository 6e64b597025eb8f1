"""hfterm train dpo."""

from typing import Any

from hfterm.output import Output

from ..options import command
from ._method import method_options, run_method


@command(progress=True)
@method_options("dpo")
def cli(out: Output, **options: Any) -> None:
    """Tune a language model by pairs of answers, better and worse (DPO).

    MODEL is a folder, a Hub id or run:NAME; DATA a file of records, a file on the Hub, or - for standard
    input: prompt, chosen and rejected, as texts or messages; the prompt may also stand in both answers.
    Prints the folder of the adapter (or model). The run's name works as a reference: run:NAME.

    \b
    Examples:
      hfterm train dpo run:demo-merged pairs.jsonl --name polite
      hfterm train dpo ./model pairs.jsonl --beta 0.3 --loss-type ipo
      hfterm train dpo --resume --name polite
    """
    run_method(out, "dpo", **options)
