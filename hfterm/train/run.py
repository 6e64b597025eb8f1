"""A training run by any method, from start to output, or from its newest whole checkpoint on."""

import contextlib
import dataclasses
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hfterm import extras, paths, refs, runs
from hfterm.errors import HftermError, NotFoundError, Terminated, UsageError
from hfterm.interrupts import heeded
from hfterm.output import Output
from hfterm.processes import environment
from hfterm.progress import Progress
from hfterm.text import human_bytes, human_seconds
from hfterm.train import checkpoints, data_kept, quantized, reward_kept, rows
from hfterm.train import data as run_data
from hfterm.train.data import Sources
from hfterm.train.folding import folded
from hfterm.train.journal import Journal
from hfterm.train.launch import spread
from hfterm.train.launch.shape import placed
from hfterm.train.methods.base import Prepared
from hfterm.train.prepare import find_model, prepare
from hfterm.train.recipe import Recipe, flag
from hfterm.train.recipes import from_dict, recipe_class
from hfterm.train.watch import Stopper
from hfterm.train.work import work

LIBRARIES = ("torch", "transformers", "peft", "accelerate", "trl")
# What may differ when a run goes on: where it runs, what stays of it, and how the same thing is called.
WHERE = ("device", "keep", "launch", "gpus", "nproc", "nodes", "max_restarts", "hub_strategy")
MAY_DIFFER = {*WHERE, "model", "data", "eval_data"}
# In a recipe to resume with: the run's own model or data, whatever it is called.
OWN = ""


@dataclass(frozen=True)
class Result:
    """A finished run. Times in seconds, memory in bytes; ``tokens`` counts every token seen, epochs included.

    ``metrics`` are those of the last evaluation, such as eval_loss; ``samples_per_second`` counts the examples that
    this life of the run trained on.
    """

    run: str
    path: Path
    steps: int
    seconds: float
    tokens: int
    final_loss: float | None
    metrics: dict[str, float]
    trainable_parameters: int
    parameters: int
    peak_memory: int
    device: str
    samples_per_second: float | None = None

    def facts(self) -> dict[str, Any]:
        """All but the path, for printing beside it."""
        return {k: v for k, v in asdict(self).items() if k != "path"}

    def summary(self) -> str:
        """Steps, time, speed, memory and the last evaluation, in a line."""
        words = [f"{self.steps} steps in {human_seconds(self.seconds)}"]
        if self.samples_per_second:
            words.append(f"{self.samples_per_second:.3g} samples/s")
        words.append(f"peak memory {human_bytes(self.peak_memory)}")
        speeds = ("_runtime", "_per_second")
        words += [f"{name} {value:.4g}" for name, value in self.metrics.items() if not name.endswith(speeds)][:6]
        return ", ".join(words)


def asked(
    method: str,
    name: str | None,
    model: str | None,
    data: str | list[str] | None,
    given: dict[str, Any],
    written: dict[str, Any],
) -> Recipe | None:
    """The recipe that a command line means; ``name`` is the run to resume, if any.

    A run that exists keeps its own settings under those ``written`` for this call; otherwise all ``given``
    ones count. None: no model was named, so the run must exist.
    """
    if name is not None and (paths.runs_dir() / runs.valid_name(name)).is_dir():
        facts = runs.get(name).facts()
        if facts.get("method") != method or "asked" not in facts:
            return None
        stored = from_dict(method, facts["asked"])
        own = {"model": model or OWN, "data": data or OWN, "eval_data": OWN if stored.eval_data else None}
        return dataclasses.replace(stored, **{**own, **written})
    if model is None or data is None:
        return None
    return recipe_class(method)(model, data, **given)


def plan(recipe: Recipe, out: Output) -> dict[str, Any]:
    """What :func:`train` would do: the resolved recipe, records, tokens and steps. Loads no weights.

    Raises:
        As :func:`train`.
    """
    extras.check("train", *LIBRARIES)
    with tempfile.TemporaryDirectory(prefix="hfterm-") as spool, contextlib.redirect_stdout(sys.stderr):
        prepared, (data, _) = _prepare_new(folded(recipe), Path(spool), out)
        facts = prepared.facts()
        # By the names that training knows, after the recipe has mapped them.
        facts["data"] = {"files": len(data.pieces), "columns": [*rows.first(data, prepared.recipe)], **facts["data"]}
        return facts


def train(
    recipe: Recipe | None,
    out: Output,
    *,
    name: str | None = None,
    resume: bool = False,
    again: str = "hfterm train {method} --resume --name {name}",
    method: str | None = None,
) -> Result:
    """Train, and return where the output is. ``again``: the command that goes on with a stopped run.

    With ``resume`` the run ``name`` goes on from its newest whole checkpoint (``recipe`` may be None: the
    run's own, which must be of ``method`` if that is given); a finished one is only reported, and one that does
    not exist is begun.

    Raises:
        UsageError: a setting is wrong, or the run was begun with another.
        NotFoundError: no such model, data or run. MissingExtraError: torch and friends are missing.
        OutOfMemoryError: memory ran out. HftermError: training failed, or another process trains this run.
        KeyboardInterrupt, Terminated: stopped by a signal, with a checkpoint saved.
    """
    # Standard output is for results, and libraries greet there as they are imported.
    with contextlib.redirect_stdout(sys.stderr):
        return _train(recipe, out, name, resume, again, method)


def _train(
    recipe: Recipe | None, out: Output, name: str | None, resume: bool, again: str, method: str | None
) -> Result:
    recipe = placed(folded(recipe)) if recipe is not None else None
    if name is not None:
        name = runs.valid_name(name)
        if (paths.runs_dir() / name).is_dir():
            if resume:
                return _resume(runs.get(name), recipe, out, again, method)
            _replaceable(runs.get(name))
    elif resume:
        raise UsageError("--resume needs --name NAME", "see 'hfterm train ls'")
    if recipe is None:
        raise NotFoundError(f"no run named {name!r} to resume", "see 'hfterm train ls', or give MODEL and DATA")
    extras.check("train", *LIBRARIES)
    if resume:
        out.note(f"no run named {name!r} yet: starting at step 0")
    paths.runs_dir().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".spool.", suffix=".tmp", dir=paths.runs_dir()) as spool:
        with heeded():
            prepared, sources = _prepare_new(recipe, Path(spool), out)
        run = _create(name or runs.auto_name(recipe.METHOD, recipe.model), recipe, prepared, sources, out)
    with run.lock():
        return _finish(run, prepared, None, out, again)


def _replaceable(run: runs.Run) -> str:
    """The state of a run that ended before it had anything to keep, so that its name can be used again.

    Raises:
        UsageError: it has something to keep, or is running.
    """
    state = run.state()
    if state not in ("failed", "stopped", "lost") or checkpoints.any_sealed(run) or (run.path / "output").exists():
        raise runs.taken(run.name)
    return state


def _finish(run: runs.Run, prepared: Prepared, start: Path | None, out: Output, again: str) -> Result:
    if prepared.shape.apart:
        return _spread(run, prepared, out, again)
    stopper, journal = Stopper(out.note), Journal(run)
    try:
        with journal:
            facts = work(prepared, journal, stopper, start, out)
            result = Result(run.name, run.output(), seconds=journal.seconds, **facts)
            journal.status(result={**asdict(result), "path": str(result.path)})
    except (KeyboardInterrupt, Terminated):
        _say_stopped(run, out, again)
        raise
    except Exception:
        with contextlib.suppress(OSError):
            checkpoints.sweep(run)  # a full disk: give back what is of no use
            journal.status(force=True)  # and write down what could not be written before
        _say_saved(run, out, again)
        raise
    stopper.raise_it()  # asked to stop in the very last step: all is saved
    return result


def _spread(run: runs.Run, prepared: Prepared, out: Output, again: str) -> Result:
    """Train in processes of their own."""
    changes = {name: getattr(prepared.recipe, name) for name in WHERE}
    try:
        return Result(**{**spread.train(run, prepared.shape, out, changes), "run": run.name, "path": run.output()})
    except (KeyboardInterrupt, Terminated):
        _say_stopped(run, out, again)
        raise
    except Exception:
        with contextlib.suppress(OSError):
            checkpoints.sweep(run)
        _say_saved(run, out, again)
        raise


def _say_stopped(run: runs.Run, out: Output, again: str) -> None:
    step, saved = run.status().get("step"), max(run.checkpoints(), default=None)
    beside = "" if step == saved else ", with nothing saved" if saved is None else f", saved at step {saved}"
    out.say(f"hfterm: run {run.name!r} stopped at step {step}{beside}; resume with: {_again(again, run)}")


def _say_saved(run: runs.Run, out: Output, again: str) -> None:
    """After a failure: what is left of the run."""
    if (saved := max(run.checkpoints(), default=None)) is not None:
        out.say(f"hfterm: run {run.name!r} is saved at step {saved}; resume with: {_again(again, run)}")


def _again(again: str, run: runs.Run) -> str:
    return again.format(name=run.name, method=run.facts().get("method"))


def _prepare_new(recipe: Recipe, spool: Path, out: Output) -> tuple[Prepared, Sources]:
    recipe.check()
    model_path = find_model(recipe.model, out, recipe.METHOD)
    data, evals = run_data.gather(recipe, spool, out)
    return prepare(recipe, model_path, data, evals, out, Progress(out)), (data, evals)


def _create(name: str, recipe: Recipe, prepared: Prepared, sources: Sources, out: Output) -> runs.Run:
    # A path is kept whole, so that the run resumes from any folder; a Hub id or run:NAME stays what it is.
    local = not recipe.model.startswith("run:") and Path(recipe.model).expanduser().exists()
    facts: dict[str, Any] = {
        "method": recipe.METHOD,
        "model": str(prepared.model_path) if local else recipe.model,
        "model_path": str(prepared.model_path),
        "seed": recipe.seed,
        "asked": recipe.as_dict(),
        "recipe": prepared.recipe.as_dict(),
        "counts": prepared.material.counts,
        "launch": prepared.shape.facts(),
        **environment((*LIBRARIES, *([quantized.PACKAGE] if recipe.load_in else []))),
    }

    def fill(draft: Path) -> None:
        facts.update(data_kept.kept(sources, draft))
        data_kept.keep_template(recipe, prepared.material.processor, draft)
        reward_kept.keep(prepared.recipe, draft)

    if (old := paths.runs_dir() / name).is_dir():
        state = _replaceable(runs.Run(name, old))
        with runs.Run(name, old).lock():
            shutil.rmtree(old)
        out.note(f"the earlier run {name!r} ({state} without a checkpoint) makes way")
    return runs.create(name, facts, files=fill)


def _resume(run: runs.Run, recipe: Recipe | None, out: Output, again: str, method: str | None) -> Result:
    facts = run.facts()
    if run.state() == "damaged" or "recipe" not in facts:
        raise HftermError(f"run {run.name!r} is damaged and cannot resume: {run.path}", "start a new one")
    method = recipe.METHOD if recipe is not None else method
    if method is not None and facts.get("method") != method:
        raise UsageError(f"run {run.name!r} is of the method {facts.get('method')!r}, not {method}")
    resolved = from_dict(str(facts.get("method")), facts["recipe"])
    if recipe is not None:
        _check_same(run, facts, recipe)
        resolved = dataclasses.replace(resolved, **{name: getattr(recipe, name) for name in WHERE})
    status = run.status()
    if status.get("state") == "done" and status.get("result"):
        out.note(f"run {run.name!r} is finished already")
        return Result(**{"metrics": {}, **status["result"], "run": run.name, "path": run.output()})
    extras.check("train", *LIBRARIES)
    with run.lock():
        data, evals = data_kept.again(run, facts)
        reward_kept.check(run)
        resolved = data_kept.with_template(resolved, run)
        model_path = Path(facts["model_path"])
        if not model_path.is_dir():
            model_path = find_model(facts["model"], out, resolved.METHOD)
        with heeded():
            prepared = prepare(resolved, model_path, data, evals, out, Progress(out))
        _check_world(run, facts, prepared)
        start = _find_start(run, out)
        if start.folder is None:
            out.note(f"run {run.name!r} has no checkpoint yet: starting at step 0")
        else:
            out.note(f"run {run.name!r} goes on from step {start.step} of {prepared.steps or status.get('max_steps')}")
        return _finish(run, prepared, start.folder, out, again)


def _check_world(run: runs.Run, facts: dict[str, Any], prepared: Prepared) -> None:
    """Refuse another number of processes than the run began with: steps and data would not be the same."""
    before, here = facts.get("launch", {}).get("processes", 1), prepared.shape.processes
    if before != here:
        raise UsageError(
            f"run {run.name!r} began on {before} processes, and here would go on with {here}",
            f"give --gpus, --nproc or --nodes for {before}, or start a run of another name",
        )


def _find_start(run: runs.Run, out: Output) -> checkpoints.Start:
    """Where the run goes on; says which checkpoints were of no use, and why."""
    with Progress(out).task("checking the checkpoint", unit="B") as task:
        start = checkpoints.start(run, task.advance)
    if start.torn:
        out.warn(f"run {run.name!r}: {', '.join(start.torn)} half-written, so left out")
    for name, why in start.damaged.items():
        out.warn(f"run {run.name!r}: {name} is damaged, so left out: {why}")
    return start


def _check_same(run: runs.Run, facts: dict[str, Any], recipe: Recipe) -> None:
    """Refuse settings that differ from those the run began with."""
    asked, given = facts["asked"], recipe.as_dict()
    for key, value in given.items():
        if key not in MAY_DIFFER and asked.get(key, _default(recipe, key)) != value:
            raise UsageError(
                f"run {run.name!r} began with {flag(key)} {asked.get(key, _default(recipe, key))}, not {value}",
                "give the same, or leave the option out, or start a run of another name",
            )
    hint = "leave it out, or start a run of another name"
    if recipe.model != OWN and not _same_model(recipe.model, facts):
        raise UsageError(f"run {run.name!r} began with the model {facts['model']!r}, not {recipe.model!r}", hint)
    if (other := data_kept.differs(run, facts, recipe, OWN)) is not None:
        raise UsageError(f"run {run.name!r} began with other data than {other!r} holds now", hint)


def _default(recipe: Recipe, key: str) -> Any:
    """What a run knows of a setting that is younger than the run."""
    field = next(f for f in dataclasses.fields(recipe) if f.name == key)
    return field.default if field.default_factory is dataclasses.MISSING else field.default_factory()


def _same_model(reference: str, facts: dict[str, Any]) -> bool:
    # A Hub id in the same words needs no look at the Hub.
    if reference == facts["model"]:
        return True
    return refs.resolve(reference).absolute() == Path(facts["model_path"])
