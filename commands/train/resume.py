"""hfterm train resume."""

import click

from hfterm.errors import UsageError
from hfterm.output import Output

from ..options import command
from ._background import PUSH
from ._errands import Asked, may_be_left, resumed
from ._names import one_name


@command()
@click.argument("run", required=False, help="Its name; left out, read from standard input.")
@click.option("-F", "--follow", is_flag=True, help="Print its log until it has ended.")
@click.option("--changed-reward", is_flag=True, help="Go on though a --reward was changed.")
@may_be_left
@PUSH[0]
@PUSH[1]
def cli(
    out: Output,
    run: str | None,
    follow: bool,
    changed_reward: bool,
    push: str | None,
    private: bool | None,
    left: Asked,
) -> None:
    """Go on with a stopped, failed or lost run, in the background.

    It goes on from its newest whole checkpoint with its own settings, and outlives this terminal: with
    --follow too, Ctrl-C ends only the following. A sweep goes on with its runs that are not done. Prints the
    run's folder once it is at work, or queued.

    \b
    Examples:
      hfterm train resume demo
      hfterm train resume demo -F
      hfterm train resume demo --after other --retries 3
    """
    from hfterm import runs
    from hfterm.train import control

    found = runs.get(one_name(run))
    if follow and left.values["detach"]:
        raise UsageError("--detach leaves it, --follow looks on: give one")
    if push is None and private is not None:
        raise UsageError(f"--{'private' if private else 'public'} is for --push")
    control.check_resumable(found)
    if changed_reward:
        from hfterm.train import reward_kept

        changed = reward_kept.accept(found)
        out.note(f"taken as it is now: {', '.join(changed)}" if changed else "no reward has changed")
    asks_more = push is not None or any(value for name, value in left.values.items() if name != "detach")
    if follow:
        before = control.log_size(found)
        job = resumed(out, left, found, push, private) if asks_more else control.resume(found)
        for line in found.log(skip=before, follow=True):
            out.text(line)
        control.check_done(found)
        return
    job = resumed(out, left, found, push, private) if asks_more else control.resume(found, say=out.note)
    out.artifact(found.path, name=found.name, job=job.id, output=str(job.out))
    out.note(f"follow it with 'hfterm train logs -F {found.name}', stop it with 'hfterm train stop {found.name}'")
