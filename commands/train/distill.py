"""hfterm train distill."""

from typing import Any

from hfterm.output import Output

from ..options import command
from ._method import method_options, run_method


@command(progress=True)
@method_options("distill")
def cli(out: Output, **options: Any) -> None:
    """Teach a language model to go on as a larger one would.

    MODEL is a folder, a Hub id or run:NAME; DATA a file of records, a file on the Hub, or - for standard
    input: prompt, question, instruction or messages. The model writes completions and learns what its
    teacher, which must have the same vocabulary, thinks likely at each token.

    \b
    Examples:
      hfterm train distill ./small prompts.jsonl --teacher ./large --name tutored
      hfterm train distill ./small prompts.jsonl --teacher run:expert --beta 0
    """
    run_method(out, "distill", **options)
