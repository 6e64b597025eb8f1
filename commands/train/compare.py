"""hfterm train compare."""

from collections.abc import Callable
from typing import Any

import click

from hfterm.output import Output

from ..options import command
from ._names import several_names


@command()
@click.argument("runs", nargs=-1, help="Their names; left out, read from standard input.")
@click.option("--all", "everything", is_flag=True, help="All settings, not only those that differ.")
def cli(out: Output, runs: tuple[str, ...], everything: bool) -> None:
    """Compare runs: settings that differ, losses, metrics, speed, memory.

    A column for each run on a terminal, a record for each in a pipe. 'hfterm train plot' draws their curves.

    \b
    Examples:
      hfterm train compare demo other
      hfterm train ls -f quiet | hfterm train compare -f csv > runs.csv
    """
    from hfterm import runs as all_runs
    from hfterm.batch import Batch
    from hfterm.live import wants_table
    from hfterm.text import human_bytes, human_seconds, readable
    from hfterm.train.compare import across, compare

    batch = Batch("runs", "found")
    rows = compare(batch.each(several_names(runs), all_runs.get), everything=everything)
    if wants_table(out):
        read: dict[str, Callable[[Any], str]] = {"seconds": human_seconds, "peak_memory": human_bytes}
        shown = [{key: read.get(row[""], readable)(value) if key else value for key, value in row.items()}
                 for row in across(rows)]  # fmt: skip
        out.records(shown)
    else:
        out.records(rows, key="name")
    batch.finish()
