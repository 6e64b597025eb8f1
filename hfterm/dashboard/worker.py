"""Methods that wait for something: they run beside the others, and what goes wrong is said."""

import functools
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from hfterm.errors import HftermError

if TYPE_CHECKING:
    from hfterm.dashboard.screens.base import BaseScreen

P = ParamSpec("P")
S = TypeVar("S", bound="BaseScreen")


def worker(do: Callable[Concatenate[S, P], Coroutine[Any, Any, None]]) -> Callable[Concatenate[S, P], None]:
    """A screen's method that returns at once; an error that a user can cause is said, not raised."""

    async def guarded(screen: S, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (HftermError, OSError) as exc:
            screen.hfterm.fail(exc)

    @functools.wraps(do)
    def start(screen: S, /, *args: P.args, **kwargs: P.kwargs) -> None:
        screen.run_worker(guarded(screen, do(screen, *args, **kwargs)), name=do.__name__)

    return start
