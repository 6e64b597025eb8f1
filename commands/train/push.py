"""hfterm train push."""

from functools import partial

import click

from hfterm.output import Output
from hfterm.text import human_bytes

from ..hub._writing import lazily, show_commit
from ..options import command, dry_run_option


@command(progress=True)
@click.argument("run", help="Its name.")
@click.argument("repo", help="org/name, or hf://org/name@BRANCH.")
@click.option("--checkpoint", metavar="STEP", help="A step, best or last, not the final model.")
@click.option("--private/--public", default=None, help="How to make the repository. [default: as the owner has set]")
@click.option("-m", "--message", metavar="TEXT", help="The commit's title.")
@click.option("--card", is_flag=True, help="Print the card that would be sent; send nothing.")
@dry_run_option
def cli(
    out: Output, run: str, repo: str, checkpoint: str | None, private: bool | None, message: str | None, card: bool,
    dry_run: bool,
) -> None:  # fmt: skip
    """Send what a run made to the Hub, with a card that tells of it.

    The repository is made if there is none. The card tells of the data, the parameters, the results with
    their curves, the versions and the command. What is there already is not sent; after a kill the same
    command goes on. Prints the commit's address.

    \b
    Examples:
      hfterm train push demo org/name --private
      hfterm train push demo org/name --checkpoint best -n
      hfterm train push demo org/name --card > README.md
    """
    from hfterm import runs
    from hfterm.progress import Progress
    from hfterm.train import push

    found, goal = runs.get(run), push.Goal(repo, private, checkpoint, message)
    if card:
        out.text(push.made_card(found, goal), end="")
        return
    track = partial(lazily, Progress(out))
    if dry_run:
        plan = push.plan(found, goal, track)
        if plan.head is None:
            out.note(f"{plan.repo.id}, or its branch, is not there yet and would be made")
        rows = [{k: v for k, v in step.record().items() if k != "from"} for step in plan.of("add", "change", "ignored")]
        out.records(
            rows, key="path", columns=("action", "path", "size", "old_size"),
            show={"size": human_bytes, "old_size": human_bytes},
        )  # fmt: skip
        return
    made = push.push(found, goal, track, out.note)
    if not made["commits"]:
        out.note(f"nothing to do: all {made['unchanged']} files are there already")
    show_commit(out, made)
