"""``hfterm gpu``: the devices of this machine."""

import click

from hfterm import config
from hfterm.output import Output

from ..options import command


@command()
@click.option(
    "-w",
    "--watch",
    is_flag=False,
    flag_value=0.0,
    type=click.FloatRange(min=0, max=86400),
    metavar="[SECONDS]",
    help="Look again every SECONDS until Ctrl-C. [default: the setting 'gpu.interval']",
)
@click.option("--count", type=click.IntRange(min=1), help="End the watch after so many rounds.")
def cli(out: Output, watch: float | None, count: int | None) -> None:
    """Show GPUs, or CPU and memory where there are none; wait for one.

    Sizes are bytes, temperatures degrees Celsius, power watts, clocks MHz; what a driver does not tell
    is null. Watched through a pipe it streams JSON Lines with a time.

    \b
    Examples:
      hfterm gpu -f json | jq '.[].memory_free'
      hfterm gpu --watch 5 >> gpu.jsonl
      CUDA_VISIBLE_DEVICES=$(hfterm gpu wait --free 40G) hfterm train sft ...
    """
    from hfterm.monitor import display

    if watch is None and count is None:
        display.once(out)
    else:
        display.watch(out, watch or config.value("gpu.interval"), count)
