"""hfterm train stop."""

import functools
from dataclasses import asdict

import click

from hfterm.output import Output
from hfterm.text import human_seconds

from ..options import command, dry_run_option
from ._names import several_names


@command()
@click.argument("runs", nargs=-1, help="Their names; left out, read from standard input.")
@click.option(
    "--grace",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="Wait so long at most. [default: until it has ended]",
)
@click.option("--kill", is_flag=True, help="End it at once if it has not ended by then. [default grace: 60 s]")
@dry_run_option
def cli(out: Output, runs: tuple[str, ...], grace: float | None, kill: bool, dry_run: bool) -> None:
    """Stop runs: each saves a checkpoint after its step.

    Waits until they have ended, and prints the step where each did. What is saved is kept: 'hfterm train
    resume' goes on there. Ctrl-C ends the waiting, not the stopping.

    \b
    Examples:
      hfterm train stop demo
      hfterm train stop demo --grace 120 --kill
      hfterm train ls -f quiet | grep '^try-' | hfterm train stop
    """
    from hfterm import runs as all_runs
    from hfterm.batch import Batch
    from hfterm.train import control

    batch = Batch("runs", "stopped")
    found = list(batch.each(several_names(runs), all_runs.get))
    if dry_run:
        out.records((run.summary() for run in found), columns=("name", "state", "step", "max_steps"), key="name")
        batch.finish()
        return
    asked = list(batch.each(found, lambda run: (run, control.ask_to_stop(run)), name=lambda run: run.name))
    for run, running in asked:
        out.note(f"run {run.name!r} ends after its step" if running else f"run {run.name!r} is not running")
    end = functools.partial(control.await_end, grace=grace, kill=kill)
    out.records(
        batch.each(asked, lambda pair: asdict(end(pair[0], asked=pair[1])), name=lambda pair: pair[0].name),
        columns=("name", "state", "step", "max_steps", "saved", "killed", "seconds"),
        key="name",
        show={"seconds": human_seconds},
    )
    batch.finish()
