"""The same done to several things, some of which may fail: the rest is done, and the end tells."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from hfterm.errors import HftermError, PartlyDoneError

T = TypeVar("T")
R = TypeVar("R")


class Batch:
    """``what`` is the plural of the things, ``done`` what is done to them: ``Batch("runs", "removed")``."""

    def __init__(self, what: str, done: str) -> None:
        self._what, self._done = what, done
        self._all: set[str] = set()
        self.failed: dict[str, HftermError] = {}

    def each(self, things: Iterable[T], do: Callable[[T], R], *, name: Callable[[T], str] = str) -> Iterator[R]:
        """What ``do`` returns for each; one that raises an :class:`HftermError` is kept for :meth:`finish`."""
        for thing in things:
            self._all.add(name(thing))
            try:
                result = do(thing)
            except HftermError as exc:
                self.failed[name(thing)] = exc
                continue
            yield result

    def finish(self) -> None:
        """Raise what failed, if anything did.

        Raises:
            PartlyDoneError: some failed. HftermError: all did, with their exit code if they share one; a single
            thing's own error.
        """
        if not self.failed:
            return
        errors = list(self.failed.values())
        if len(self._all) == 1:
            raise errors[0]
        told = "; ".join(error.message for error in errors)
        message = f"{len(errors)} of {len(self._all)} {self._what} could not be {self._done}: {told}"
        if len(errors) < len(self._all):
            raise PartlyDoneError(message, failed=tuple(self.failed))
        error = HftermError(message)
        codes = {each.exit_code for each in errors}
        error.exit_code = codes.pop() if len(codes) == 1 else 1
        raise error
