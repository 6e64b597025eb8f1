"""hfterm mem."""

from typing import Any

import click

from hfterm.output import Output

from ._mem import gpu_options, sharing_options, show, training_options
from .options import command


@command()
@click.argument("model", required=False, help="A folder, config.json, Hub id or run:NAME. [default: setting 'model']")
@click.option(
    "--for",
    "purpose",
    type=click.Choice(["training", "inference"]),
    default="training",
    show_default=True,
    help="What to do with it; inference reads a prompt of --max-length.",
)
@training_options
@sharing_options
@gpu_options
def cli(out: Output, **options: Any) -> None:
    """Predict what a model needs of GPUs to be trained or run.

    From config.json alone, by following a step on tensors without numbers. One row a strategy, the fastest
    first; exit 6 when none fits --gpus. "allocated" is what torch's allocator would say; "device" adds CUDA's
    own and fragments, which are assumed.

    \b
    Examples:
      hfterm mem bigscience/T0_3B --peft lora --gpus 1x80G
      hfterm mem ./model --gpus 4x24G --fit auto -f json | jq -r '.options'
      hfterm mem meta-llama/Llama-3.1-8B --for inference --max-length 8192
    """
    show(out, **options)
