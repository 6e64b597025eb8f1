"""Options of the commands that change a repository."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import click

from hfterm.errors import UsageError
from hfterm.output import Output, is_terminal
from hfterm.progress import Progress
from hfterm.text import sanitize

F = TypeVar("F", bound=Callable[..., Any])


def commit_options(function: F) -> F:
    """``-m/--message``, ``--description``, ``--pr`` and ``--parent``."""
    for option in (
        click.option("--parent", metavar="COMMIT", help="Only if the branch still is at this commit."),
        click.option("--pr", is_flag=True, help="Propose it: a pull request instead of a commit."),
        click.option("--description", metavar="TEXT", default="", help="The commit's further lines."),
        click.option("-m", "--message", metavar="TEXT", help="The commit's title."),
    ):
        function = option(function)
    return function


def show_commit(out: Output, record: dict[str, Any]) -> None:
    """Print a commit's address alone, or its record when a flag asked for a machine format."""
    if out.asked in (None, "table", "quiet"):
        out.text(record["url"])
    else:
        out.record(record, key="url")


@contextlib.contextmanager
def lazily(progress: Progress, name: str, total: int) -> Iterator[Callable[..., None]]:
    """A task in bytes that is shown from its first byte on: work that turns out to be none is not."""
    with contextlib.ExitStack() as stack:
        task = None

        def moved(count: int, **fields: Any) -> None:
            """Bytes that are done; fields are shown beside them."""
            nonlocal task
            if task is None:
                task = stack.enter_context(progress.task(name, total, "B"))
            task.advance(count, **fields)

        yield moved


def confirmed(out: Output, question: str, what: str, yes: bool) -> bool:
    """Whether to go on: ``--yes``, or the user says so on a terminal.

    Raises:
        UsageError: there is no terminal to ask on.
    """
    if yes:
        return True
    if not is_terminal(sys.stdin):
        raise UsageError(f"{what} asks first", "add -y to do it without asking")
    if click.confirm(sanitize(question, cell=True), err=True):
        return True
    out.note("nothing was removed")
    return False
