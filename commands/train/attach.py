"""hfterm train attach."""

import click

from hfterm.output import Output

from ..options import command
from ._names import one_name


@command(progress=True)
@click.argument("run", required=False, help="Its name; left out, read from standard input.")
@click.option(
    "-n", "--lines", type=click.IntRange(min=0), default=10, show_default=True, help="Lines of its log to begin with."
)
def cli(out: Output, run: str | None, lines: int) -> None:
    """Look on while a run works, until it has ended.

    Shows its progress and its log as they come, also of a run that is queued or starts again. Ctrl-C leaves
    the run at work. Prints the folder of what was made (of a sweep or a launch, the run's own), and ends with the
    run's own exit code.

    \b
    Examples:
      hfterm train attach demo
      hfterm train attach demo -q && hfterm chat -m run:demo
    """
    from hfterm import runs
    from hfterm.train.attach import attach
    from hfterm.train.background.errand import METHODS

    found = runs.get(one_name(run))
    try:
        attach(found, out, lines=lines)
    except KeyboardInterrupt:
        out.note(f"run {found.name!r} goes on; stop it with 'hfterm train stop {found.name}'")
        raise
    result = found.status().get("result")
    facts = {key: value for key, value in result.items() if key not in ("path", "run")} if result else {}
    ours = found.facts().get("method") in METHODS  # a sweep or a launch: its runs, or its script, have made things
    out.artifact(found.path if ours else found.output(), run=found.name, **facts)
