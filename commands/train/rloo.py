"""hfterm train rloo."""

from typing import Any

from hfterm.output import Output

from ..options import command
from ._method import method_options, run_method


@command(progress=True)
@method_options("rloo")
def cli(out: Output, **options: Any) -> None:
    """Tune a language model by rewards for its own completions (RLOO).

    MODEL is a folder, a Hub id or run:NAME; DATA a file of records, a file on the Hub, or - for standard
    input: prompt, question, instruction or messages; other fields are there for the rewards. Rewards are
    those of 'hfterm train grpo'. A few completions of each logged step go to completions.jsonl in the
    run's folder.

    \b
    Examples:
      hfterm train rloo ./model prompts.jsonl --reward run:judge --name better
      hfterm train rloo ./model gsm8k.jsonl --reward number --num-generations 4
    """
    run_method(out, "rloo", **options)
