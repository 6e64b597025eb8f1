"""hfterm train reward."""

from typing import Any

from hfterm.output import Output

from ..options import command
from ._method import method_options, run_method


@command(progress=True)
@method_options("reward")
def cli(out: Output, **options: Any) -> None:
    """Train a reward model by pairs of answers, better and worse.

    MODEL is a folder, a Hub id or run:NAME; DATA a file of records, a file on the Hub, or - for standard
    input: prompt, chosen and rejected, as texts or messages. The model gets a head that gives a text one
    score. Prints the folder of the adapter with its head (or the model): a --reward of grpo and rloo.

    \b
    Examples:
      hfterm train reward ./model pairs.jsonl --name judge
      hfterm train grpo ./model prompts.jsonl --reward run:judge
    """
    run_method(out, "reward", **options)
