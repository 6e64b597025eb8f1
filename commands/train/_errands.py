"""What is no training of ours and can be left at work all the same: a sweep, a launch, a resumed run."""

import contextlib
import functools
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from hfterm.errors import NotFoundError, UsageError
from hfterm.output import Output

from ._background import NAMES, OPTIONS, check_push, give_over, take, wishes_of

if TYPE_CHECKING:
    from hfterm.jobs import Job
    from hfterm.runs import Run
    from hfterm.train.background.errand import Errand

F = TypeVar("F", bound=Callable[..., Any])


class Asked(NamedTuple):
    """The ``values`` of the options of :data:`OPTIONS` by name. ``above``: another process watches over this one;
    ``apart``: and nobody is at its terminal.
    """

    values: dict[str, Any]
    above: bool
    apart: bool

    @property
    def any(self) -> bool:
        """Whether another process is to watch over it."""
        return not self.above and any(self.values.values())


def may_be_left(function: F) -> F:
    """Add ``-d --after --after-any --when-free --retries --notify``; the function gets them as ``left``."""

    @functools.wraps(function)
    def called(*args: Any, **options: Any) -> Any:
        from hfterm.train.background.wishes import APART, VARIABLE

        values = {name: options.pop(name) for name in NAMES}
        above, apart = (os.environ.pop(name, None) is not None for name in (VARIABLE, APART))
        return function(*args, left=Asked(values, above, apart), **options)

    made: Any = called
    for option in reversed(OPTIONS):
        made = option(made)
    return made  # type: ignore[no-any-return]


def push_words(repo: str | None, private: bool | None) -> list[str]:
    """``--push`` and what goes with it as words."""
    return (
        [] if repo is None else ["--push", repo, *([] if private is None else ["--private" if private else "--public"])]
    )


@contextlib.contextmanager
def sweep(out: Output, asked: Asked, name: str, facts: dict[str, Any]) -> Iterator["Errand"]:
    """A sweep at work as the run ``name``, in this process; or this process ends and another does it.

    ``facts["recipe"]`` are the values of the recipe, ``facts["sweep"]`` the words of the command.
    """
    model = str(facts["recipe"].get("model") or "")
    if asked.any:
        from hfterm import jobs
        from hfterm.train.background.wishes import Order

        retries = asked.values["retries"]
        more = ["--retries", str(retries)] if retries else []
        argv = jobs.hfterm_argv("train", "sweep", *facts["sweep"], "--name", name, "--progress", "plain", *more)
        wishes = wishes_of(asked.values, name, facts["recipe"])
        give_over(out, Order(name, "sweep", model, tuple(argv), wishes, again=()), resume=True)
    from hfterm.train.background.errand import errand

    with errand(name, "sweep", model, facts, apart=asked.apart) as journal:
        yield journal


@contextlib.contextmanager
def launch(
    out: Output, asked: Asked, name: str | None, args: tuple[str, ...], options: dict[str, Any]
) -> Iterator[None]:
    """A launch in this process, as a run where one watches over it; or this process ends and another does it.

    ``args`` are the script's words.
    """
    script = options["script"]
    if not asked.above:
        if not asked.any:
            if name is not None:
                raise UsageError("--name is for what is left at work", "add --detach")
            yield
            return
        if not options["module"] and not Path(script).is_file():
            raise NotFoundError(f"no such script: {script!r}", "for a module of Python give -m")
        from hfterm import jobs, runs
        from hfterm.train.background.wishes import Order

        name = runs.valid_name(name) if name else runs.auto_name("launch", Path(script).stem)
        argv = jobs.hfterm_argv(*_launch_words(sys.argv[1:], len(args), name))
        wishes = wishes_of(asked.values, name, options)
        give_over(out, Order(name, "launch", script, tuple(argv), wishes, again=()), resume=False)
    from hfterm.train.background.errand import errand

    os.environ.setdefault("PYTHONUNBUFFERED", "1")  # what it prints is to be read while it works
    with errand(str(name), "launch", script, {}, apart=asked.apart):
        yield


def _launch_words(words: list[str], count: int, name: str) -> list[str]:
    """The words of this command line but for :data:`OPTIONS`, with the name; the last ``count`` are the script's."""
    from ._background import own_command_line

    at = words.index("--") if "--" in words else len(words) - count
    head, tail = words[:at], words[at:]
    kept = own_command_line(head, "name")
    at = kept.index("launch") + 1
    return [*kept[:at], "--name", name, *kept[at:], *tail]


def resumed(out: Output, asked: Asked, run: "Run", push: str | None, private: bool | None) -> "Job":
    """Go on with a run as asked, in the background; the job that watches over it, once it is at work or queued.

    Raises:
        UsageError: what is asked makes no sense. HftermError: it could not go on.
    """
    from hfterm import jobs
    from hfterm.train import control
    from hfterm.train.background import detach
    from hfterm.train.background.wishes import Order

    facts = run.facts()
    words = list(control.resume_words(run))
    if facts["method"] == "sweep":
        words += ["--retries", str(asked.values["retries"])] if asked.values["retries"] else []
    if push is not None:
        check_push(push)
        if there := control.push_words(run):
            words = words[: -len(there)]
        words += push_words(push, private)
    wishes = wishes_of({**asked.values, "detach": True}, run.name, facts["recipe"])
    again = () if facts["method"] == "sweep" else ("--resume",)
    argv = tuple(jobs.hfterm_argv(*words))
    model = str(facts.get("model") or "")
    order = Order(run.name, facts["method"], model, argv, wishes, again=again, cwd=control.folder_of(run))
    held = take(order, resume=True)
    job = detach.start(held.order, held)
    detach.await_begin(held.order, job, say=out.note)
    return job
