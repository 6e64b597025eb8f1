"""Functions that reward completions, called as TRL calls them, and checked: a mistake in one is told as the user's."""

import asyncio
import inspect
from collections.abc import Callable, Sequence
from typing import Any

from hfterm.data.python import named
from hfterm.errors import HftermError, UsageError

Reward = Callable[..., Any]


def of_user(text: str) -> Reward:
    """The function that ``FILE.py:function`` names; what it fails with says where in the user's code.

    Raises:
        UsageError: there is no such function. HftermError: its file fails.
    """
    try:
        where = named.parse(text)
    except UsageError as exc:
        raise UsageError(f"--reward {text}: a file and a function in it are wanted", "such as rules.py:score") from exc
    function: Reward = named.load(where)
    wanted = _wanted(function)

    def call(**fields: Any) -> Any:
        given = fields if wanted is None else {name: fields[name] for name in wanted if name in fields}
        try:
            made = function(**given)
            return asyncio.run(made) if inspect.iscoroutine(made) else made
        except Exception as exc:
            raise HftermError(f"the reward {where.label} failed: {named.where(exc, where)}") from exc

    return call


def _wanted(function: Reward) -> set[str] | None:
    """The names of the arguments that a function takes; None: all."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(one.kind is one.VAR_KEYWORD for one in parameters):
        return None
    return {one.name for one in parameters}


class Checked:
    """A reward that must give one number (or None: no opinion) a completion; ``__name__`` is that of its metrics."""

    def __init__(self, reward: Reward, name: str) -> None:
        self.reward, self.__name__ = reward, name

    def __call__(self, **fields: Any) -> list[float | None]:
        """The rewards of a batch.

        Raises:
            HftermError: the function fails, or what it returns is no list of so many numbers.
        """
        wanted = len(fields["completions"])
        found = self.reward(**fields)
        if hasattr(found, "tolist"):
            found = found.tolist()
        hint = "a reward returns one number for each completion"
        if not isinstance(found, Sequence) or isinstance(found, str):
            raise HftermError(f"the reward {self.__name__} returned {type(found).__name__}, not a list", hint)
        if len(found) != wanted:
            raise HftermError(
                f"the reward {self.__name__} returned {len(found)} rewards for {wanted} completions", hint
            )
        return [self._number(value, hint) for value in found]

    def _number(self, value: Any, hint: str) -> float | None:
        if value is None:
            return None
        try:
            return float(value)
        except (TypeError, ValueError) as exc:
            raise HftermError(f"the reward {self.__name__} returned {value!r}, not a number", hint) from exc
