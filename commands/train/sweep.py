"""hfterm train sweep."""

import shlex
import sys
from pathlib import Path
from typing import Any

import click

from hfterm.errors import HftermError, PartlyDoneError, Terminated, UsageError
from hfterm.output import Output

from ..options import command, dry_run_option
from ._background import PUSH, check_push, push_done, reach
from ._errands import Asked, may_be_left, push_words, sweep
from ._recipes import set_option


@command(progress=True)
@click.argument("recipe", help="A recipe file: .yaml, .toml or .json; - for standard input.")
@click.option("--grid", multiple=True, metavar="KEY=VALUES", help="Vary a key: lr=1e-4,3e-4. Again for more.")
@set_option
@click.option("--name", metavar="PREFIX", help="The runs are PREFIX-1, PREFIX-2, ... [default: from the file]")
@click.option("--random", "sample", type=click.IntRange(min=1), metavar="N", help="Only N of them, drawn at random.")
@click.option("--sort", metavar="METRIC", help="Order by it, or by run. [default: eval_loss, else loss]")
@may_be_left
@click.option("--push", metavar="REPO", help="Send the best run to this repository of the Hub in the end.")
@PUSH[1]
@dry_run_option
def cli(
    out: Output,
    recipe: str,
    grid: tuple[str, ...],
    settings: tuple[str, ...],
    name: str | None,
    sample: int | None,
    sort: str | None,
    push: str | None,
    private: bool | None,
    dry_run: bool,
    left: Asked,
) -> None:
    """Train a recipe once for each combination of settings.

    One run after another, each in a process of its own; when one fails, the next begins, and the exit code is 7. The
    same command again goes on with what was stopped or failed and leaves what is done. In the end writes a record
    for each run, the best first. The sweep itself is a run PREFIX: 'train ls', 'attach', 'stop' and 'resume' know it;
    with --detach its records are in its log. Each run gets the --retries; --push takes the best of those that came
    to their end.

    \b
    Examples:
      hfterm train sweep recipe.yaml --grid lr=1e-4,3e-4 --grid seed=1,2 --name lr
      hfterm train sweep recipe.yaml --grid peft.r=4,8,16,32 --random 2 -n
      hfterm train sweep recipe.yaml --grid lr=1e-4,3e-4 -f quiet | head -1
      hfterm train sweep recipe.yaml --grid seed=1,2,3 --retries 2 -d
      hfterm train sweep recipe.yaml --grid lr=1e-4,3e-4 --push org/name
    """
    from hfterm import runs
    from hfterm.runs import valid_name
    from hfterm.train.push import Goal
    from hfterm.train.schema import document, names
    from hfterm.train.sweep import grid as grids
    from hfterm.train.sweep import trials as trial_list
    from hfterm.train.sweep import work

    if push is None and private is not None:
        raise UsageError(f"--{'private' if private else 'public'} is for --push")
    if push is not None:
        check_push(push)
        if sort == "run":
            raise UsageError("--sort run tells of no best run to --push", "name a metric, or leave --sort out")
    combinations = grids.combinations(grids.axes(grid), sample)
    over = names.pairs(settings, "--set")
    found = document.read(recipe)
    prefix = valid_name(name) if name else trial_list.default_prefix(found)
    trials = trial_list.plan(found, over, combinations, prefix, out.note)
    columns = ("run", "state", *(key for key, _ in combinations[0]))
    if dry_run:
        out.records(({"run": one.name, "state": one.state(), **one.settings()} for one in trials), key="run")
        return
    rows: list[dict[str, Any]] = []
    kept = work.keep(found, prefix)
    more = ["--progress", out.progress] + (["-q"] if out.quiet else [])
    if retries := left.values["retries"]:
        more += ["--retries", str(retries)]
    goal, goes_on = Goal(push, private) if push is not None else None, prefix in runs.names()
    words = [*_words(kept, grid, settings, sample, sort), *push_words(push, private)]
    facts = {"recipe": found.values, "sweep": words, "trials": [one.name for one in trials]}
    with sweep(out, left, prefix, facts) as journal:

        def say(text: str) -> None:
            out.note(text)
            journal.say(text)

        if goal is not None:
            reach(out, goal, prefix, goes_on=goes_on)
        try:
            journal.status(force=True, step=0, max_steps=len(trials))
            for _, row in work.run(trials, kept, over, say, more):
                rows.append(row)
                journal.event("trial", step=len(rows), **{key: value for key, value in row.items() if key != "event"})
                journal.status(force=True, step=len(rows))
        except (KeyboardInterrupt, Terminated):
            _write(out, rows, columns, sort)
            done = sum(row["state"] == "done" for row in rows)
            again = shlex.join(["hfterm", *sys.argv[1:]])
            out.say(f"hfterm: sweep {prefix!r} stopped, {done} of {len(trials)} runs done; go on with: {again}")
            raise
        best = _write(out, rows, columns, sort)
        failed = tuple(row["run"] for row in rows if row["state"] != "done")
        journal.status(result={"best": best, "done": len(rows) - len(failed), "runs": len(rows)})
        if len(failed) == len(rows):
            raise HftermError(f"none of the {len(rows)} runs came to its end", "the same command tries them again")
        if goal is not None:
            if best is None:
                raise HftermError(
                    f"no run has the metric {sort or 'loss'!r} to be the best by: none was pushed to {goal.repo}"
                )
            push_done(out, best, goal)
        if failed:
            text = f"{len(failed)} of {len(rows)} runs did not come to their end: {', '.join(failed)}"
            raise PartlyDoneError(text, "the same command tries them again", failed)


def _words(
    recipe: Path, grid: tuple[str, ...], settings: tuple[str, ...], sample: int | None, sort: str | None
) -> list[str]:
    """The words after 'train sweep' that go on with it."""
    words = [str(recipe)]
    for option, values in (("--grid", grid), ("--set", settings)):
        words += [word for value in values for word in (option, value)]
    for option, one in (("--random", sample), ("--sort", sort)):
        words += [option, str(one)] if one is not None else []
    return words


def _write(out: Output, rows: list[dict[str, Any]], columns: tuple[str, ...], sort: str | None) -> str | None:
    """Write the records, the best first; the name of the best one that is done, by a metric that it has."""
    from hfterm.text import human_seconds
    from hfterm.train.sweep.trials import best_first, metric_of

    metric = sort or metric_of(rows)

    def known(row: dict[str, Any]) -> bool:
        value = row.get(metric)
        return isinstance(value, int | float) and value == value

    if metric != "run":
        if rows and not any(map(known, rows)):
            out.warn(f"no run has a metric {metric!r}: they stand in their order")
        rows = best_first(rows, metric)
    shown = dict.fromkeys((*columns, *(("loss",) if metric == "run" else (metric, "loss")), "steps", "seconds"))
    out.records(rows, key="run", columns=tuple(shown), show={"seconds": human_seconds})
    return next((row["run"] for row in rows if row["state"] == "done" and (metric == "run" or known(row))), None)
