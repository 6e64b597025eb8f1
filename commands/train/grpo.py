"""hfterm train grpo."""

from typing import Any

from hfterm.output import Output

from ..options import command
from ._method import method_options, run_method


@command(progress=True)
@method_options("grpo")
def cli(out: Output, **options: Any) -> None:
    """Tune a language model by rewards for its own completions (GRPO).

    MODEL is a folder, a Hub id or run:NAME; DATA a file of records, a file on the Hub, or - for standard
    input: prompt, question, instruction or messages; other fields are there for the rewards.

    \b
    Rewards, each a number for a completion:
      exact, contains       it is, or has in it, the record's answer
      number                its last number is that of the answer
      length:N              1 at N tokens, 0 at none and at twice as many
      regex:PATTERN         the pattern is found in it
      think                 it thinks within <think> and </think> first
      repetition[:N]        down to -1 where pieces of N tokens repeat
      overlong:N            down to -1 within the last N tokens it may have
      FILE.py:function      your own; it takes what it names of completions,
                            prompts, completion_ids and the record's fields,
                            a list each, and returns a list of numbers
      a folder, a Hub id or run:NAME of a reward model

    A few completions of each logged step are written to completions.jsonl in the run's folder.

    \b
    Examples:
      hfterm train grpo ./model gsm8k.jsonl --reward number --name solver
      hfterm train grpo ./model prompts.jsonl --reward rules.py:polite \\
          --reward length:50 --reward-weight 1 --reward-weight 0.2
    """
    run_method(out, "grpo", **options)
