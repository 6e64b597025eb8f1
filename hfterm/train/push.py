"""Send what a run has made to the Hub, with a model card made from the run."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hfterm.errors import HftermError, NotFoundError, PartlyDoneError, UsageError, translate
from hfterm.files import write_text
from hfterm.runs import MARKER, Run
from hfterm.train.card import CARD, base_model, card
from hfterm.train.tasks.models import here_only

if TYPE_CHECKING:
    from hfterm.hub.push.plan import Plan, Track

# What a run needs to go on and nobody else; the pickled arguments hold paths, and may hold more.
LEFT_HERE = (
    "optimizer*", "scheduler*", "scaler*", "rng_state*", "training_args.bin", "trainer_state.json", MARKER,
    "global_step*", "latest", "zero_to_fp32.py", "README.md", "hfterm-*", ".*",
)  # fmt: skip
# What of a checkpoint goes nowhere, even where a run is to go on from it elsewhere.
PRIVATE = ("training_args.bin", "README.md", "hfterm-*", ".*")


@dataclass(frozen=True)
class Goal:
    """Where to: the repository as a reference; ``private`` None leaves it to what the owner has set.

    ``checkpoint`` is a step, "best" or "last"; None the final model.
    """

    repo: str
    private: bool | None = None
    checkpoint: str | None = None
    message: str | None = None


def check(goal: Goal) -> None:
    """Refuse what cannot be pushed to, before a run begins: no such name is possible, or the Hub is switched off.

    Raises:
        UsageError: the reference names no model repository. HftermError: offline.
    """
    _repo(goal)
    from hfterm.hub.client import offline

    if offline():
        raise UsageError(f"HF_HUB_OFFLINE is set: nothing can be pushed to {goal.repo}", "unset it, or push later")


def reach(goal: Goal) -> None:
    """Make the repository, if there is none: a missing right to write is better known before the run than after it.

    Raises:
        As :func:`hfterm.hub.repos.create`.
    """
    from hfterm.hub import repos

    repos.create(_repo(goal)._replace(revision=None, path=""), private=goal.private, exist_ok=True)


def push(run: Run, goal: Goal, track: "Track", say: Callable[[str], None]) -> dict[str, Any]:
    """Send it; what is there already is not sent. A record of the commit, as :func:`hfterm.hub.push.put.put` gives it.

    Raises:
        NotFoundError: the run has no such output. UsageError, AccessError, NetworkError, HftermError.
    """
    from hfterm.hub.push import put
    from hfterm.hub.push.local import LeftOut

    def left_out(one: LeftOut) -> None:
        say(f"hfterm: warning: left out: {one.where.name}: {one.why}")

    with _staged(run, goal) as folder:
        if (folder / "adapter_config.json").exists() and base_model(run, folder) is None:
            say("its base model is known as a folder of this machine alone: say on the card where others get it")
        return {"run": run.name, **put.put(_wish(run, goal, folder), track, say, left_out)}


def plan(run: Run, goal: Goal, track: "Track") -> "Plan":
    """What :func:`push` would send.

    Raises:
        As :func:`push`.
    """
    from hfterm.hub.push import put

    with _staged(run, goal) as folder:
        return put.plan(_wish(run, goal, folder), track, lambda one: None)


def made_card(run: Run, goal: Goal) -> str:
    """The card that :func:`push` would send.

    Raises:
        NotFoundError: the run has no such output.
    """
    with _staged(run, goal) as folder:
        return (folder / CARD).read_text("utf-8")


def push_after(run: Run, goal: Goal, track: "Track", say: Callable[[str], None]) -> None:
    """Push a run that has just ended well.

    Raises:
        PartlyDoneError: it is trained, but could not be pushed; the message says how to try again.
    """
    try:
        made = push(run, goal, track, say)
    except Exception as exc:
        known = exc if isinstance(exc, HftermError) else translate(exc)
        if known is None:
            raise
        private = "" if goal.private is None else " --private" if goal.private else " --public"
        raise PartlyDoneError(
            f"run {run.name!r} is done, but was not pushed: {known.message}",
            f"nothing is lost; push it with 'hfterm train push {run.name} {goal.repo}{private}'",
            (goal.repo,),
        ) from exc
    say(f"run {run.name!r} is at {made['url']}")


def _repo(goal: Goal) -> Any:
    from hfterm.hub.client import repo

    found = repo(goal.repo)
    if found.type != "model":
        raise UsageError(f"{goal.repo!r} is a {found.type}; a run is pushed to a model repository")
    return found


def _wish(run: Run, goal: Goal, folder: Path) -> Any:
    from hfterm.hub.push import put

    method = run.facts().get("method") or "train"
    title = goal.message or f"Add {method} run {run.name}" + (f" at {goal.checkpoint}" if goal.checkpoint else "")
    return put.Wish(_repo(goal), (str(folder),), create=True, private=goal.private, title=title)


@contextlib.contextmanager
def _staged(run: Run, goal: Goal) -> Iterator[Path]:
    """A folder with links to what goes, and the card."""
    try:
        source = run.output(goal.checkpoint)
    except NotFoundError as exc:
        if goal.checkpoint is None and run.checkpoints():
            raise NotFoundError(exc.message, "push a checkpoint: add --checkpoint best, or last") from exc
        raise
    checkpoint = source.parent.name == "checkpoints"
    step = int(source.name.rpartition("-")[2]) if checkpoint else None
    with _laid(run, source, step) as folder:
        yield folder


@contextlib.contextmanager
def _laid(run: Run, source: Path, step: int | None, beside: str | None = None) -> Iterator[Path]:
    """The folder of :func:`_staged` for ``source``; with ``beside`` all that a run goes on from below that name."""
    with tempfile.TemporaryDirectory(prefix="hfterm-push-") as spool:
        folder = Path(spool)
        _link(_files(source, (*LEFT_HERE, *here_only(source))), source, folder)
        if beside is not None:
            _link(_files(source, PRIVATE), source, folder / beside)
        for name, text in card(run, step=step, folder=source).items():
            write_text(folder / name, text, fsync=False)
        yield folder


def _link(files: Iterable[Path], source: Path, folder: Path) -> None:
    for file in files:
        target = folder / file.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(file.resolve())


def push_checkpoint(
    run: Run, goal: Goal, source: Path, step: int, beside: str | None, track: "Track", say: Callable[[str], None]
) -> dict[str, Any]:
    """Push a whole checkpoint that lies in the folder ``source``: the model as if it were the final one.

    With ``beside`` also all that a run goes on from, in a folder of that name. Returns the commit's record.

    Raises:
        As :func:`push`.
    """
    from hfterm.hub.push import put

    titled = replace(goal, message=goal.message or f"Training in progress, step {step}", checkpoint=str(step))
    with _laid(run, source, step, beside) as folder:
        return put.put(_wish(run, titled, folder), track, say, lambda one: None)


def _files(source: Path, leave: Iterable[str]) -> Iterator[Path]:
    for parent, folders, names in os.walk(source):
        folders[:] = sorted(name for name in folders if not _stays(name, leave))
        for name in sorted(names):
            if not _stays(name, leave):
                yield Path(parent) / name


def _stays(name: str, leave: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in leave)
