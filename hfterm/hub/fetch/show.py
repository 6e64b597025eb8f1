"""A download's progress on stderr."""

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from hfterm.hub.client import Repo
from hfterm.hub.fetch.get import Tell
from hfterm.hub.fetch.plan import State
from hfterm.output import Output, is_terminal
from hfterm.progress import Progress, Task
from hfterm.text import sanitize

# So many of the files on their way are shown.
MOST_SHOWN = 5


@contextlib.contextmanager
def showing(out: Output, repo: Repo) -> Iterator[Tell]:
    """What is to be told how far it is; nothing is shown of a download that has nothing to do."""
    with contextlib.ExitStack() as stack:
        tasks: list[Task] = []

        def tell(state: State) -> None:
            if not tasks:
                tasks.append(stack.enter_context(Progress(out).task(repo.id, state.total, "B")))
            if not state.now:
                tasks[0].parts = []
            else:
                largest = sorted(state.now, key=lambda row: -row[2])[:MOST_SHOWN]
                tasks[0].parts = [(sanitize(path, cell=True), have, size) for path, have, size in sorted(largest)]
            tasks[0].update(state.have, files=f"{state.done}/{state.files}")

        yield tell


@contextlib.contextmanager
def told(bar: Any, repo: Repo) -> Iterator[Tell | None]:
    """The same by a tqdm class; without one by this program's own bar, on a terminal."""
    if bar is None:
        with showing(Output(), repo) as tell:
            yield tell if is_terminal(sys.stderr) else None
        return
    with contextlib.ExitStack() as stack:
        bars: list[Any] = []

        def update(state: State) -> None:
            if not bars:
                bars.append(bar(total=state.total, unit="B", unit_scale=True, desc=repo.id))
                stack.callback(bars[0].close)
            if state.have != bars[0].n:
                bars[0].update(state.have - bars[0].n)

        yield update
