"""How fast each engine is with a tokenizer, and whether its ids are right."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from hfterm.errors import HftermError, one_line
from hfterm.progress import Task
from hfterm.tok import texts
from hfterm.tok.engines.engine import REFERENCE, Engine, Reference, Unable, attempt, installed, version_of
from hfterm.tok.engines.proof import compare
from hfterm.tok.texts import OnBad
from hfterm.tok.tokenizer import Tokenizer

ROUNDS = 3
MEGABYTES = 4.0
BATCH_TEXTS = 500
_PIECE = 2000

Row = dict[str, Any]


@dataclass
class _Arm:
    """An engine under test; times are the seconds of each whole pass, ``load`` those it took to read the tokenizer."""

    name: str
    version: str | None
    engine: Engine | None
    load: float
    ids: str = "same"
    passes: list[float] = field(default_factory=list)


def read(sources: Sequence[str], tokenizer: Tokenizer, *, megabytes: float = MEGABYTES, **how: Any) -> list[str]:
    """Texts of the sources, up to so many million bytes of UTF-8; of no source: hfterm's own program text.

    ``how``: ``column``, ``format``, ``on_bad`` of :func:`hfterm.tok.texts.read`.

    Raises:
        HftermError: a source cannot be read, or there is no text in them.
    """
    found, left = list[str](), megabytes * 1e6
    for text in _given(sources, tokenizer, **how) if sources else _own():
        found.append(text)
        left -= len(text.encode("utf-8", "replace"))
        if left <= 0:
            break
    if not any(found):
        raise HftermError("no text in the input: there is nothing to encode")
    return found


def _given(
    sources: Sequence[str],
    tokenizer: Tokenizer,
    column: str | None = None,
    format: str | None = None,
    on_bad: OnBad = None,
) -> Iterator[str]:
    for source in sources:
        for text in texts.read(source, tokenizer, column=column, format=format, on_bad=on_bad, doing="encode"):
            yield text.text


def _own() -> Iterator[str]:
    for file in sorted(Path(__file__).parents[2].rglob("*.py")):
        content = file.read_text("utf-8")
        for at in range(0, len(content), _PIECE):
            yield content[at : at + _PIECE]


def bench(
    given: Sequence[str],
    tokenizer: Tokenizer,
    *,
    rounds: int = ROUNDS,
    task: Task | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> list[Row]:
    """A record for ``tokenizers`` and for each engine that is installed: its speed over the texts.

    In a first pass the engines take turns batch by batch, and the ids are compared; then each goes ``rounds`` times
    over all, in turns. ``first_mb_per_s`` is the speed of the first pass, on texts that are new to the engine;
    ``mb_per_s`` (million bytes of UTF-8) and ``tokens_per_s`` are medians of the others; ``ratio`` is how many times
    faster than ``tokenizers`` that is. ``ids`` is ``same``, or what is wrong; no speed is given without ids.

    Raises:
        HftermError: ``tokenizers`` cannot encode a text.
    """
    batches = [given[at : at + BATCH_TEXTS] for at in range(0, len(given), BATCH_TEXTS)]
    arms = [_Arm(REFERENCE, version_of(REFERENCE), Reference(tokenizer), 0.0), *_arms(tokenizer, clock)]
    tokens = _first(arms, batches, clock)
    if task is not None:
        task.update(1, total=1 + rounds)
    for number in range(rounds):
        for arm in arms:
            if arm.engine is not None:
                arm.passes.append(_pass(arm.engine, batches, clock))
        if task is not None:
            task.update(2 + number)
    size = sum(len(text.encode("utf-8", "replace")) for text in given)
    middle = statistics.median(arms[0].passes[1:])
    return [_row(arm, len(given), size, tokens, middle) for arm in arms]


def wrong(rows: Sequence[Row]) -> list[str]:
    """The engines that gave other ids."""
    return [row["engine"] for row in rows if row["ids"] != "same" and row["mb_per_s"] is not None]


def _arms(tokenizer: Tokenizer, clock: Callable[[], float]) -> Iterator[_Arm]:
    for known in installed():
        arm = _Arm(known.name, known.version(), None, 0.0)
        began = clock()
        try:
            arm.engine = attempt(partial(known.load, tokenizer))
        except Unable as exc:
            arm.ids = f"does not know this kind of tokenizer ({one_line(exc)[:200]})"
        arm.load = clock() - began
        yield arm


def _first(arms: Sequence[_Arm], batches: Sequence[Sequence[str]], clock: Callable[[], float]) -> int:
    """The first pass; returns how many tokens there are."""
    tokens, reference = 0, arms[0].engine
    assert reference is not None
    taken = dict.fromkeys((arm.name for arm in arms), 0.0)
    for batch in batches:
        began = clock()
        try:
            right = reference.ids(batch, False)
        except Exception as exc:  # the library raises bare Exception
            raise HftermError(f"the tokenizer cannot encode a text: {one_line(exc)[:200]}") from exc
        taken[REFERENCE] += clock() - began
        tokens += len(right.values)
        for arm in arms[1:]:
            engine = arm.engine
            if engine is None:
                continue
            began = clock()
            try:
                attempt(partial(engine.ids, batch, False))
            except Unable as exc:
                arm.engine, arm.ids = None, f"failed on a text ({one_line(exc)[:200]})"
                continue
            taken[arm.name] += clock() - began
            verdict = compare(arm.name, engine, batch, False, right)
            if arm.ids == "same" and not verdict.same:
                arm.ids = verdict.why
    for arm in arms:
        arm.passes.append(taken[arm.name])
    return tokens


def _pass(engine: Engine, batches: Sequence[Sequence[str]], clock: Callable[[], float]) -> float:
    began = clock()
    for batch in batches:
        engine.ids(batch, False)
    return clock() - began


def _row(arm: _Arm, number: int, size: int, tokens: int, middle: float) -> Row:
    row: Row = {"engine": arm.name, "version": arm.version, "texts": number, "bytes": size, "tokens": tokens}
    speed = dict.fromkeys(("first_mb_per_s", "mb_per_s", "tokens_per_s", "ratio", "load_s"))
    if arm.engine is not None:
        taken = max(statistics.median(arm.passes[1:]), 1e-9)
        speed = {
            "first_mb_per_s": round(size / 1e6 / max(arm.passes[0], 1e-9), 2),
            "mb_per_s": round(size / 1e6 / taken, 2),
            "tokens_per_s": round(tokens / taken),
            "ratio": round(middle / taken, 2),
            "load_s": round(arm.load, 3),
        }
    return {**row, **speed, "ids": arm.ids}
