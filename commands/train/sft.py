"""hfterm train sft."""

from typing import Any

from hfterm.output import Output

from ..options import command
from ._method import method_options, run_method


@command(progress=True)
@method_options("sft")
def cli(out: Output, **options: Any) -> None:
    """Fine-tune a language model on instructions or chats.

    MODEL is a folder, a Hub id or run:NAME; DATA all that 'hfterm data' reads, or - for standard input: records
    with messages, prompt/completion, instruction[/input]/output, question/answer, conversations or text.
    Prints the folder of the adapter (or model). The run's name works as a reference: run:NAME.

    \b
    Examples:
      hfterm train sft HuggingFaceTB/SmolLM2-135M-Instruct chats.jsonl --name demo
      hfterm train sft ./model chats.jsonl --peft-set r=8 --max-steps 50 -n
      hfterm train sft ./model org/faq --eval-split test --column text=body -n
      hfterm train sft --resume --name demo
    """
    run_method(out, "sft", **options)
