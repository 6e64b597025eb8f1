"""hfterm train rm."""

import sys

import click

from hfterm.errors import UsageError
from hfterm.output import Output, is_terminal
from hfterm.text import human_bytes

from ..options import command, dry_run_option, yes_option
from ._names import several_names


@command()
@click.argument("runs", nargs=-1, help="Their names; left out, read from standard input.")
@yes_option
@dry_run_option
def cli(out: Output, runs: tuple[str, ...], yes: bool, dry_run: bool) -> None:
    """Remove runs: their checkpoints, output and log.

    Asks first. Prints the names of what was removed and the bytes that this freed. One that is running
    stays: stop it first.

    \b
    Examples:
      hfterm train rm demo -n
      hfterm train ls -f quiet | grep '^try-' | hfterm train rm -y
    """
    from hfterm import runs as all_runs
    from hfterm.batch import Batch
    from hfterm.train import removal

    batch = Batch("runs", "removed")
    found = list(batch.each(several_names(runs), all_runs.get))
    show = {"freed_bytes": human_bytes, "bytes": human_bytes}
    if dry_run:
        rows = [
            {"name": run.name, "state": run.state(), "bytes": removal.size(run), "path": str(run.path)} for run in found
        ]
        out.records(rows, key="name", show=show)
        batch.finish()
        return
    if found and not yes:
        names = ", ".join(f"{run.name} ({run.state()}, {human_bytes(removal.size(run))})" for run in found)
        if not is_terminal(sys.stdin):
            raise UsageError("removing runs asks first", "add -y to remove them without asking")
        if not click.confirm(f"Remove {names}?", err=True):
            out.note("nothing was removed")
            return
    out.records(
        batch.each(
            found, lambda run: {"name": run.name, "freed_bytes": removal.delete(run)}, name=lambda run: run.name
        ),
        key="name",
        show=show,
    )
    batch.finish()
