"""hfterm train logs."""

import click

from hfterm.output import Output

from ..options import command
from ._names import one_name


@command()
@click.argument("run", required=False, help="Its name; left out, read from standard input.")
@click.option("-F", "--follow", is_flag=True, help="Go on as it grows, until the run has ended.")
@click.option("--events", is_flag=True, help="The metrics as records, not the log's text.")
@click.option("-n", "--lines", type=click.IntRange(min=0), help="Only the last so many lines. [default: all]")
def cli(out: Output, run: str | None, follow: bool, events: bool, lines: int | None) -> None:
    """Print or follow a run's log or metrics.

    Without RUN, its name is read from standard input.

    \b
    Examples:
      hfterm train logs demo -n 20
      hfterm train logs demo --events -F | jq -r '[.step, .loss] | @tsv'
    """
    from hfterm import runs

    found = runs.get(one_name(run))
    if events:
        out.records(found.events(last=lines, follow=follow), key="step", empty=f"run {found.name!r} has no events yet")
        return
    for line in found.log(last=lines, follow=follow):
        out.text(line)
