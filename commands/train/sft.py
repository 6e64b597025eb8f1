"""hfterm train sft."""

import sys
from typing import Any

import click

from hfterm.errors import UsageError
from hfterm.output import Output, is_terminal

from ..options import command, dry_run_option
from ._recipe import given, on_command_line, recipe_options


@command(progress=True)
@click.argument("model", required=False, help="A folder, a Hub id or run:NAME.")
@click.argument("data", required=False, help="A file of records, a file on the Hub, or - for standard input.")
@click.option("--name", metavar="RUN", help="Name the run. [default: from method, model and time]")
@click.option("--resume", is_flag=True, help="Go on with the run --name where it was; begin it if there is none.")
@recipe_options("model", "data")
@dry_run_option
def cli(
    out: Output, model: str | None, data: str | None, name: str | None, resume: bool, dry_run: bool, **options: Any
) -> None:
    """Fine-tune a language model on instructions or chats.

    MODEL is a folder, a Hub id or run:NAME; DATA a file of records, a file on the Hub, or - for standard
    input: messages, prompt/completion, instruction[/input]/output, question/answer, conversations or text.
    Prints the folder of the adapter (or model). The run's name works as a reference: run:NAME.

    \b
    Examples:
      hfterm train sft HuggingFaceTB/SmolLM2-135M-Instruct chats.jsonl --name demo
      hfterm train sft ./model chats.jsonl --peft-set r=8 --max-steps 50 -n
      hfterm train sft --resume --name demo
    """
    from hfterm.train import sft

    if model is None and not resume:
        raise UsageError("no MODEL named", "see 'hfterm train sft --help'")
    if model is not None:
        if data is None and is_terminal(sys.stdin):
            raise UsageError("no DATA named", "name a file of records, or pipe them in")
        data = data or "-"
    if resume and dry_run:
        raise UsageError("--dry-run and --resume make no sense together")
    recipe = sft.asked(name if resume else None, model, data, given(options), given(on_command_line(options)))
    if dry_run and recipe is not None:
        out.record(sft.plan(recipe, out))
        return
    result = sft.train(recipe, out, name=name, resume=resume)
    out.artifact(result.path, **result.facts())
