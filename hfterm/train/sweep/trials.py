"""The runs of a sweep: what each is to train, whether it has been begun, and what came of it."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hfterm import paths, runs
from hfterm.errors import UsageError
from hfterm.processes import redact_words
from hfterm.runs import Run
from hfterm.text import to_json
from hfterm.train.data import reads_stdin
from hfterm.train.recipe import Recipe
from hfterm.train.run import MAY_DIFFER
from hfterm.train.schema import names
from hfterm.train.schema.document import STDIN, Document
from hfterm.train.schema.resolve import resolve
from hfterm.train.schema.stored import Say
from hfterm.train.sweep.grid import Combination

# Metrics of which more is better; of all others less is.
_MORE = re.compile(r"accura|f1|precision|recall|rouge|bleu|meteor|chrf|reward|margin|auc|r2|exact_match|map|iou")
# What an evaluation says of itself, not of the model.
_SPEED = re.compile(r"_runtime$|_per_second$|_time$")


@dataclass(frozen=True)
class Trial:
    """One run of a sweep: its name, what it varies (key, text), and its recipe."""

    name: str
    varied: Combination
    recipe: Recipe

    def settings(self) -> dict[str, Any]:
        """What it varies, as the recipe has it."""
        return {key: _value(self.recipe, key) for key, _ in self.varied}

    def run(self) -> Run:
        """The run; its folder need not be there."""
        return Run(self.name, paths.runs_dir() / self.name)

    def state(self) -> str:
        """The state of its run; ``new`` when there is none."""
        return self.run().state() if self.run().path.is_dir() else "new"

    def record(self, error: str | None = None) -> dict[str, Any]:
        """What came of it: state, settings, loss, metrics of the last evaluation, steps, seconds, output, error."""
        run, state = self.run(), self.state()
        if state == "new" and error is not None:
            state = "failed"
        status = run.status()
        result: dict[str, Any] = (status.get("result") if state == "done" else None) or {}
        output = run.path / "output"
        return {
            "run": self.name,
            "state": state,
            **self.settings(),
            "loss": result.get("final_loss", status.get("loss")),
            **{key: value for key, value in result.get("metrics", {}).items() if not _SPEED.search(key)},
            "steps": status.get("step"),
            "seconds": status.get("seconds"),
            "output": str(output) if output.is_dir() else None,
            "error": None if state == "done" else (run.ending(status) if status else None) or error,
        }


def default_prefix(document: Document) -> str:
    """The runs' common name when none is given: the recipe file's own."""
    stem = "sweep" if document.name == STDIN else Path(document.name).stem
    return re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-._")[:80] or "sweep"


def plan(
    document: Document,
    settings: Sequence[tuple[str, str]],
    combinations: Iterable[Combination],
    prefix: str,
    say: Say | None = None,
) -> list[Trial]:
    """The runs of a sweep, each checked whole before the first begins. ``settings`` hold for all.

    Raises:
        ConfigError: the recipe, or a value of the grid, is wrong. UsageError: a run of such a name began otherwise.
    """
    base = names.overridden(document, settings, "--set")
    trials = []
    for number, varied in enumerate(combinations, 1):
        recipe = resolve(names.overridden(base, varied, "--grid"), say).sound()
        if reads_stdin(recipe):
            raise UsageError("a sweep reads its data once for each run: standard input is there once", "name a file")
        trials.append(Trial(runs.valid_name(f"{prefix}-{number}"), varied, recipe))
    for trial in trials:
        _check_same(trial, prefix)
    return trials


def _check_same(trial: Trial, prefix: str) -> None:
    facts = trial.run().facts()
    asked = facts.get("asked")
    if not isinstance(asked, dict):
        return
    wanted = json.loads(to_json(trial.recipe.as_dict()))
    # A run that is done is not looked at again, so what it was trained on must be the same in words too.
    free = MAY_DIFFER - {"model", "data", "eval_data"}
    differing = [key for key in wanted if key not in free and key in asked and asked[key] != wanted[key]]
    if facts.get("method") != trial.recipe.METHOD or differing:
        key = differing[0] if differing else "method"
        had = redact_words([f"{key}={asked.get(key, facts.get('method'))}"])[0]
        raise UsageError(
            f"run {trial.name!r} exists and began with {had}", f"choose another --name than {prefix}, or remove the run"
        )


def _value(recipe: Recipe, key: str) -> Any:
    head, _, rest = key.partition(".")
    if rest:
        inner = recipe.set if head == "set" else getattr(recipe, "peft_set", {})
        return inner.get(rest)
    return getattr(recipe, key) if hasattr(recipe, key) else recipe.set.get(key)


def metric_of(records: Sequence[dict[str, Any]]) -> str:
    """What runs are compared by when nobody says: the evaluation's loss, where any has one, else the training's."""
    return "eval_loss" if any(isinstance(row.get("eval_loss"), int | float) for row in records) else "loss"


def best_first(records: Iterable[dict[str, Any]], metric: str) -> list[dict[str, Any]]:
    """The records by a metric, the best first, those without it last."""
    sign = -1 if _MORE.search(metric) and "loss" not in metric else 1

    def rank(row: dict[str, Any]) -> tuple[bool, float]:
        value = row.get(metric)
        known = isinstance(value, int | float) and value == value
        return (not known, sign * float(value) if known and value is not None else 0.0)

    return sorted(records, key=rank)
