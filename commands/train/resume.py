"""hfterm train resume."""

import click

from hfterm.output import Output

from ..options import command
from ._names import one_name


@command()
@click.argument("run", required=False, help="Its name; left out, read from standard input.")
@click.option("-F", "--follow", is_flag=True, help="Print its log until it has ended.")
def cli(out: Output, run: str | None, follow: bool) -> None:
    """Go on with a stopped, failed or lost run, in the background.

    It goes on from its newest whole checkpoint with its own settings, and outlives this terminal: with
    --follow too, Ctrl-C ends only the following. Prints the run's folder once it is at work.

    \b
    Examples:
      hfterm train resume demo
      hfterm train resume demo -F
    """
    from hfterm import runs
    from hfterm.train import control

    found = runs.get(one_name(run))
    if follow:
        for line in control.resumed_log(found):
            out.text(line)
        control.check_done(found)
        return
    job = control.resume(found, say=out.note)
    out.artifact(found.path, name=found.name, job=job.id, output=str(job.out))
    out.note(f"follow it with 'hfterm train logs -F {found.name}', stop it with 'hfterm train stop {found.name}'")
