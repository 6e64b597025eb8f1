"""hfterm train plot."""

import click

from hfterm.output import Output

from ..options import command
from ._names import several_names


@command()
@click.argument(
    "runs",
    nargs=-1,
    metavar="[RUN|FILE|FOLDER]...",
    help="Runs, logs or folders with some; left out, read from standard input.",
)
@click.option(
    "--metric",
    metavar="GLOB",
    multiple=True,
    help="Which: word, glob, /expression/ or !not. Again for more. [default: loss]",
)
@click.option("--log-y", is_flag=True, help="A logarithmic y axis.")
@click.option(
    "--smooth", type=click.FloatRange(0, 1), default=0.0, help="Weight of a moving average over the raw values."
)
@click.option("--from", "start", type=float, metavar="STEP", help="The first step shown.")
@click.option("--to", "end", type=float, metavar="STEP", help="The last step shown.")
@click.option("-F", "--follow", is_flag=True, help="Draw anew as they grow, until the runs have ended.")
@click.option("--ascii", is_flag=True, help="Draw with ASCII characters only.")
@click.option(
    "--width", type=click.IntRange(10, 1000), metavar="COLUMNS", help="Of each chart. [default: the terminal's]"
)
@click.option("--height", type=click.IntRange(2, 200), metavar="ROWS", help="Of each chart. [default: what fits]")
def cli(
    out: Output,
    runs: tuple[str, ...],
    metric: tuple[str, ...],
    log_y: bool,
    smooth: float,
    start: float | None,
    end: float | None,
    follow: bool,
    ascii: bool,
    width: int | None,
    height: int | None,
) -> None:
    """Draw the metrics of runs, logs and event files as charts.

    RUN is one of hfterm's; a FILE or FOLDER may hold transformers' trainer_state.json, TensorBoard event
    files, JSON Lines or CSV. All runs share a chart for each metric; in a pipe the points come as records,
    each step once, unless they are followed. A run that is not hfterm's own is followed until Ctrl-C.

    \b
    Examples:
      hfterm train plot demo other --smooth 0.9
      hfterm train plot ./output --metric '*loss' --metric grad_norm --log-y
      hfterm train plot demo -f csv > loss.csv
    """
    from hfterm.batch import Batch
    from hfterm.tracking import plot

    batch = Batch("logs", "found")
    found = [run for each in batch.each(several_names(runs), plot.named) for run in each]
    wish = plot.Wish(metric or ("loss",), log_y, smooth, start, end, ascii, width, height)
    if found:
        plot.plot(out, found, wish, watch=follow)
    batch.finish()
