"""``hfterm gpu wait``: wait for a free GPU."""

import os

import click

from hfterm.output import Output

from ..options import command


@command()
@click.option(
    "--free",
    default="90%",
    metavar="SIZE",
    show_default=True,
    help="Free memory each must have: 40G is 40 GiB (as nvidia-smi counts), 40GB is 10^9 bytes, 90% of what it has.",
)
@click.option("--gpus", type=click.IntRange(min=1), default=1, show_default=True, help="How many GPUs.")
@click.option(
    "--util-below",
    type=click.FloatRange(min=0, min_open=True, max=101),
    metavar="PERCENT",
    help="And busy less than so many percent.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="Give up after this long (exit 1); 0 looks once. [default: never]",
)
@click.option(
    "--interval",
    type=click.FloatRange(min=0.05),
    default=2.0,
    show_default=True,
    metavar="SECONDS",
    help="How often to look.",
)
@click.option("--uuid", is_flag=True, help="Print UUIDs, which mean the same GPU in any order of counting.")
def cli(
    out: Output, free: str, gpus: int, util_below: float | None, timeout: float | None, interval: float, uuid: bool
) -> None:
    """Wait until a GPU is free, and print its index.

    Several are joined by commas, the freest first, ready for CUDA_VISIBLE_DEVICES. GPUs that this
    variable hides already do not count. MIG devices are named by their UUID.

    \b
    Examples:
      CUDA_VISIBLE_DEVICES=$(hfterm gpu wait --free 40G) python train.py
      hfterm gpu wait --gpus 2 --util-below 5 --timeout 3600 -f json
    """
    from hfterm.monitor import sizes, wait

    found = wait.wait_free(
        sizes.amount(free), gpus, util_below=util_below, timeout=timeout, interval=interval, waiting=out.note
    )
    if wait.order_matters(os.environ) and not uuid:
        out.note(
            "GPUs of several kinds: CUDA counts the fastest first; use --uuid, or set CUDA_DEVICE_ORDER=PCI_BUS_ID"
        )
    if out.asked in (None, "table", "quiet"):
        out.text(wait.names(found, uuid=uuid))
    else:
        out.record({"gpus": wait.names(found, uuid=uuid), "devices": found})
