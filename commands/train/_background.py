"""Options of every command that trains: where the run lives, when it begins, what follows its end."""

import contextlib
import functools
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click
from click.core import ParameterSource

from hfterm.errors import HftermError, NetworkError, UsageError, translate
from hfterm.output import Output, is_terminal

if TYPE_CHECKING:
    from hfterm.train.background.claim import Claim
    from hfterm.train.background.wishes import Order, Wishes
    from hfterm.train.push import Goal

F = TypeVar("F", bound=Callable[..., Any])
# Gives the method and the model of a run from the command's parameters, for its name.
Identify = Callable[[dict[str, Any]], tuple[str, str]]

OPTIONS = (
    click.option("-d", "--detach", is_flag=True, help="Leave it at work in the background; it outlives the terminal."),
    click.option("--after", metavar="RUN", multiple=True, help="Begin once this run is done. Again for more."),
    click.option(
        "--after-any", metavar="RUN", multiple=True, help="Begin once this run has ended, however. Again for more."
    ),
    click.option(
        "--when-free", metavar="SIZE", help="Begin once a GPU has so much free memory: 40G or 90%. No GPU: the machine."
    ),
    click.option("--retries", type=click.IntRange(min=0), help="Resume it so often after a crash. [default: 0]"),
    click.option(
        "--notify",
        metavar="COMMAND",
        help="Run this in a shell when it has ended; $HFTERM_RUN, $HFTERM_STATE and others tell.",
    ),
)
PUSH = (
    click.option("--push", metavar="REPO", help="Send what it made to this repository of the Hub, once it is done."),
    click.option("--private/--public", default=None, help="How --push makes it. [default: as the owner has set]"),
)
# What the supervisor sees to; the trainer pushes.
NAMES = ("detach", "after", "after_any", "when_free", "retries", "notify")


def background(identify: Identify) -> Callable[[F], F]:
    """Add ``-d --after --after-any --when-free --retries --notify --push --private`` to a command that trains.

    When one of the former is given, the command's own function is called in a process of its own, and this one (or a
    detached one) watches over it. ``identify`` tells the run's method and model. The function needs the parameters
    ``name``, ``resume`` and ``dry_run``.
    """

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def watched(out: Output, *args: Any, **options: Any) -> Any:
            from hfterm.train.background.wishes import APART, VARIABLE

            asked = {name: options.pop(name) for name in NAMES}
            push, private = options.pop("push"), options.pop("private")
            if push is None and private is not None:
                raise UsageError(f"--{'private' if private else 'public'} is for --push")
            # In the trainer itself these are its supervisor's business, wherever they come from.
            supervised = os.environ.pop(VARIABLE, None)
            os.environ.pop(APART, None)
            if push is not None:
                check_push(push)
            elif _typed("hub_strategy") and options.get("hub_strategy") != "end":
                raise UsageError("--hub-strategy is for --push", "name the repository: --push org/name")
            if _follows():
                return function(out, *args, **options)
            if supervised is None and not options.get("dry_run"):
                _check_name(options)
                if any(asked.values()):
                    _supervise(out, asked, options, identify)
            if push is None or options.get("dry_run"):
                return function(out, *args, **options)
            if not options.get("name"):
                from hfterm.runs import auto_name

                options["name"] = auto_name(*identify(dict(options)))
            with _pushed(out, push, private, options):
                return function(out, *args, **options)

        made: Any = watched
        for option in reversed((*OPTIONS, *PUSH)):
            made = option(made)
        return made  # type: ignore[no-any-return]

    return decorate


def _follows() -> bool:
    """Whether this is another than the first node of a Slurm job, which alone waits, watches, tells and pushes."""
    if "SLURM_JOB_ID" not in os.environ:
        return False
    from hfterm.train.launch import member

    return member.is_member()


def check_push(repo: str) -> None:
    """Refuse at once what can be no repository to push to."""
    from hfterm.train import push

    push.check(push.Goal(repo))


def _typed(option: str) -> bool:
    """Whether an option was written for this very call, not in a settings file."""
    return click.get_current_context().get_parameter_source(option) is ParameterSource.COMMANDLINE


@contextlib.contextmanager
def _pushed(out: Output, repo: str, private: bool | None, options: dict[str, Any]) -> Iterator[None]:
    """Push the run once the block has ended well, and its checkpoints meanwhile where that is asked for.

    What would keep it from being pushed is found before; a run that is there already goes on without the Hub too.
    """
    from hfterm import runs
    from hfterm.train import push, push_along

    goal, name = push.Goal(repo, private), options["name"]
    reach(out, goal, name, goes_on=bool(options.get("resume")) and name in runs.names())
    strategy = options.get("hub_strategy") if _typed("hub_strategy") else None
    with push_along.along(name, goal, strategy, out.warn):
        yield
    push_done(out, name, goal)


def reach(out: Output, goal: "Goal", name: str, *, goes_on: bool) -> None:
    """Make the repository for the run ``name``; one that ``goes_on`` does so without the Hub too."""
    from hfterm.train import push

    try:
        push.reach(goal)
    except Exception as exc:
        known = exc if isinstance(exc, HftermError) else translate(exc)
        if not (isinstance(known, NetworkError) and goes_on):
            raise
        out.warn(f"{known.message}; run {name!r} goes on, and is pushed when the Hub can be reached")


def push_done(out: Output, name: str, goal: "Goal") -> None:
    """Push the run ``name``, which has ended well.

    Raises:
        As :func:`hfterm.train.push.push_after`.
    """
    from hfterm import runs
    from hfterm.progress import Progress
    from hfterm.train import push

    from ..hub._writing import lazily

    push.push_after(runs.get(name), goal, functools.partial(lazily, Progress(out)), out.note)


def _check_name(options: dict[str, Any]) -> None:
    """Refuse a name that a queued run has."""
    if options.get("name"):
        from hfterm import runs, supervised

        name = runs.valid_name(options["name"])
        if supervised.waiting(name):
            from hfterm.train.background.claim import check_free

            check_free(name, resume=bool(options.get("resume")))


def _supervise(out: Output, asked: dict[str, Any], options: dict[str, Any], identify: Identify) -> None:
    """Have the run watched over; this process ends with it, or once it is at work in the background."""
    from hfterm import jobs, runs
    from hfterm.train.background.wishes import Order

    name, resume = options.get("name"), bool(options.get("resume"))
    if resume and not name:
        raise UsageError("--resume needs --name NAME", "see 'hfterm train ls'")
    method, model = identify(options)
    name = runs.valid_name(name) if name else runs.auto_name(method, model)
    argv = own_command_line(sys.argv[1:])
    if not options.get("name"):
        argv += ["--name", name]
    if asked["detach"] and "--progress" not in argv:
        argv += ["--progress", "plain"]
    order = Order(name, method, model, tuple(jobs.hfterm_argv(*argv)), wishes_of(asked, name, options))
    give_over(out, order, resume=resume, reads_stdin=_reads_stdin(options))


def wishes_of(asked: dict[str, Any], name: str, options: dict[str, Any]) -> "Wishes":
    """What is asked of the run ``name``, checked; ``options`` tell how many GPUs it takes.

    Raises:
        UsageError: it makes no sense.
    """
    from hfterm.train.background.wishes import Wishes

    return Wishes(
        bool(asked["detach"]), tuple(asked["after"]), tuple(asked["after_any"]), asked["when_free"],
        _gpus(options) if asked["when_free"] else 1, asked["notify"], asked["retries"] or 0,
    ).check(name)  # fmt: skip


def give_over(out: Output, order: "Order", *, resume: bool, reads_stdin: bool = False) -> NoReturn:
    """Have the order's run watched over; this process ends with it, or once it is at work in the background."""
    held = take(order, resume=resume, reads_stdin=reads_stdin)
    if order.wishes.detach:
        _detach(out, held)
    from hfterm.train.background.supervise import supervise

    sys.exit(supervise(held, out.note, detached=False))


def take(order: "Order", *, resume: bool, reads_stdin: bool = False) -> "Claim":
    """The order's run, taken for this process.

    Raises:
        UsageError: its name is taken, or it would wait in vain. HftermError: what it waits for has failed.
    """
    from hfterm.train.background import claim, waits

    claim.check_free(order.name, resume=resume)
    waits.check(order.wishes, order.name)
    held = claim.claim(order, resume=resume)
    try:
        if reads_stdin:
            held.with_stdin(claim.spool(order.name, sys.stdin.buffer))
    except BaseException:
        held.forget()
        raise
    return held


def _gpus(options: dict[str, Any]) -> int:
    """How many GPUs must be free."""
    given = str(options.get("gpus") or options.get("nproc") or 1)
    if not given.isdecimal() or not int(given):
        raise UsageError(f"--when-free chooses the GPUs itself, so --gpus {given} makes no sense", "say how many")
    return int(given)


def _detach(out: Output, held: Any) -> NoReturn:
    from hfterm.train.background import detach

    order = held.order
    job = detach.start(order, held)
    try:
        state = detach.await_begin(order, job, say=out.note)
    except KeyboardInterrupt:
        out.note(f"run {order.name!r} goes on; end it with 'hfterm train stop {order.name}'")
        raise
    out.artifact(detach.run_path(order.name), name=order.name, state=state, job=job.id, output=str(job.out))
    if state != "done":
        out.note(f"follow it with 'hfterm train attach {order.name}', end it with 'hfterm train stop {order.name}'")
    sys.exit(0)


def own_command_line(words: Sequence[str], *more: str) -> list[str]:
    """The words of this call's command line without the options that are not the trainer's, and ``more`` of them."""
    from hfterm.train.background.wishes import without

    takes: dict[str, int] = {}
    drop: dict[str, int] = {}
    for param in click.get_current_context().command.params:
        if isinstance(param, click.Option):
            count = 0 if param.is_flag or param.count else param.nargs
            for word in (*param.opts, *param.secondary_opts):
                (drop if param.name in (*NAMES, *more) else takes)[word] = count
    return without(words, drop, takes)


def _reads_stdin(options: dict[str, Any]) -> bool:
    """Whether the run's records are piped in."""
    if is_terminal(sys.stdin) or (options.get("resume") and not options.get("model")):
        return False
    words = [word for value in options.values() for word in (value if isinstance(value, tuple | list) else [value])]
    return "-" in words or ("data" in options and not options["data"])
