"""Rewards that need nothing but the completion, or the right answer beside it."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hfterm.errors import UsageError
from hfterm.train.recipe import did_you_mean

Reward = Callable[..., list[float | None]]
# Those that compare with the field ``answer``.
COMPARE = ("exact", "contains", "number")
# GSM8K writes the result after four signs.
_RESULT = re.compile(r"####\s*(\S+)")
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


def text_of(completion: Any) -> str:
    """A completion as text, be it one or a list of messages."""
    if isinstance(completion, str):
        return completion
    return "".join(str(message.get("content") or "") for message in completion)


def exact(completions: Sequence[Any], answer: Sequence[Any], **_: Any) -> list[float | None]:
    """1 where the completion is the answer; case and space around it do not count."""
    return _each(completions, answer, lambda text, right: text == right)


def contains(completions: Sequence[Any], answer: Sequence[Any], **_: Any) -> list[float | None]:
    """1 where the answer is in the completion; case does not count."""
    return _each(completions, answer, lambda text, right: right in text)


def number(completions: Sequence[Any], answer: Sequence[Any], **_: Any) -> list[float | None]:
    """1 where the last number of the completion is that of the answer (behind ``####``, else its last one)."""
    return _each(completions, answer, lambda text, right: last_number(text) == last_number(right) is not None)


def last_number(text: str) -> float | None:
    """The number behind ``####``, else the last one in a text; None: there is none."""
    marked = _RESULT.search(text)
    found = _NUMBER.findall(marked[1] if marked else text)
    return float(found[-1].replace(",", "")) if found else None


def _each(completions: Sequence[Any], answers: Sequence[Any], right: Callable[[str, str], bool]) -> list[float | None]:
    # None: no opinion, where a record has no answer.
    return [
        None if answer is None else float(right(text_of(completion).strip().lower(), str(answer).strip().lower()))
        for completion, answer in zip(completions, answers, strict=True)
    ]


def length(target: str | None) -> Reward:
    """1 at ``target`` tokens, falling evenly to 0 at none and at twice as many.

    Raises:
        UsageError: it is no number above 0.
    """
    tokens = whole("length", target)

    def score(completion_ids: Sequence[Sequence[int]], **_: Any) -> list[float | None]:
        return [max(0.0, 1 - abs(len(ids) - tokens) / tokens) for ids in completion_ids]

    return score


def regex(pattern: str | None) -> Reward:
    """1 where the pattern is found in the completion; ``.`` is any character, a line's end too.

    Raises:
        UsageError: it is no regular expression.
    """
    try:
        found = re.compile(pattern or "", re.DOTALL)
    except re.error as exc:
        raise UsageError(f"--reward regex:{pattern}: {exc}") from exc
    if not pattern:
        raise UsageError("--reward regex: no pattern", "such as 'regex:^(yes|no)$'")

    def score(completions: Sequence[Any], **_: Any) -> list[float | None]:
        return [float(found.search(text_of(completion)) is not None) for completion in completions]

    return score


def think(_: str | None = None) -> Reward:
    """TRL's: 1 where the completion thinks within ``<think>`` and ``</think>``, then answers."""
    from trl.rewards import think_format_reward

    def score(completions: Sequence[Any], **_: Any) -> list[float | None]:
        found: list[float | None] = think_format_reward([[{"content": text_of(one)}] for one in completions])
        return found

    return score


def repetition(size: str | None) -> Reward:
    """TRL's: down to -1 for a completion that repeats itself, in pieces of ``size`` tokens (3)."""
    from trl.rewards import get_repetition_penalty_reward

    reward: Reward = get_repetition_penalty_reward(ngram_size=whole("repetition", size or "3"))
    return reward


def overlong(cache: str | None, most: int) -> Reward:
    """TRL's: down to -1 within the last ``cache`` of the ``most`` tokens that a completion may have.

    Raises:
        UsageError: it is no number above 0.
    """
    from trl.rewards import get_soft_overlong_punishment

    reward: Reward = get_soft_overlong_punishment(most, whole("overlong", cache))
    return reward


NAMES = (*COMPARE, "length", "regex", "think", "repetition", "overlong")


def make(name: str, parameter: str | None, max_completion_length: int) -> Reward:
    """The built-in reward ``name``.

    Raises:
        UsageError: its parameter is wrong.
    """
    plain: Mapping[str, Reward] = {"exact": exact, "contains": contains, "number": number}
    if name in plain:
        if parameter is not None:
            raise UsageError(f"--reward {name} takes nothing behind a colon")
        return plain[name]
    if name == "overlong":
        return overlong(parameter, max_completion_length)
    makers: Mapping[str, Callable[[str | None], Reward]] = {
        "length": length, "regex": regex, "think": think, "repetition": repetition,
    }  # fmt: skip
    return makers[name](parameter)


def near(name: str) -> str | None:
    """A hint for a word that is no reward."""
    return did_you_mean(name, NAMES, f"choose {', '.join(NAMES)}, FILE.py:function or a reward model")


def whole(name: str, text: str | None) -> int:
    """A whole number above 0.

    Raises:
        UsageError: it is none.
    """
    if text is None or not text.isdecimal() or not int(text):
        raise UsageError(f"--reward {name} wants a number above 0, such as {name}:20")
    return int(text)
