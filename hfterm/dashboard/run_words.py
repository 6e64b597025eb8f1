"""Runs and metrics in words: signs, roles, how far, how long ago, what comes first."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from hfterm.text import human_seconds

if TYPE_CHECKING:
    from hfterm.tracking.followed import Followed

# State -> sign, the same in ASCII, role.
SIGNS = {
    "queued": ("◇", "-", "dim"),
    "running": ("▶", ">", "good"),
    "live": ("▶", ">", "good"),
    "idle": ("▷", "o", "dim"),
    "done": ("✓", "+", "dim"),
    "stopped": ("■", "=", "warn"),
    "failed": ("✕", "X", "bad"),
    "lost": ("?", "?", "warn"),
    "damaged": ("!", "!", "bad"),
}
# Metrics that people look at first, as expressions for the last part of a name; then those that say the least.
FIRST = (
    r"(train_)?loss",
    r"eval_loss",
    r".*loss",
    r"rewards?(/.*)?|reward_.*",
    r".*accurac(y|ies)|.*f1|.*bleu|.*rouge.*",
    r"grad_norm",
    r"learning_rate|lr",
    r"tokens_per_second|tok_s",
)
LAST = r"epoch|step|global_step|total_flos|num_tokens|num_input_tokens_seen|.*_runtime|.*_per_second|train_.*"

_FIRST = [re.compile(expression) for expression in FIRST]
_LAST = re.compile(LAST)


def sign(state: str, *, ascii_only: bool = False) -> str:
    """One cell that stands for a state."""
    return SIGNS.get(state, ("?", "?", "plain"))[ascii_only]


def role(state: str) -> str:
    """The colour of a state."""
    return SIGNS.get(state, ("?", "?", "plain"))[2]


def age(seconds: float | None) -> str:
    """How long ago, in at most four cells: ``now``, ``5m``, ``3h``, ``12d``; that is coarse so that it rests."""
    if seconds is None or seconds != seconds:
        return ""
    for size, unit in ((86400 * 365, "y"), (86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size * (1 if unit != "d" else 2):
            return f"{min(seconds // size, 999):.0f}{unit}"
    return "now"


def ago(seconds: float | None) -> str:
    """The same in a sentence: ``3h ago``."""
    words = age(seconds)
    return words if words in ("", "now") else f"{words} ago"


def since(moment: Any, now: float) -> float | None:
    """Seconds from an ISO 8601 moment to ``now`` (unix seconds), not below 0; None when it is none."""
    try:
        return max(0.0, now - datetime.fromisoformat(moment).timestamp())
    except (TypeError, ValueError):
        return None


def count(number: float) -> str:
    """A number of steps in at most five cells: ``1234``, ``12.3k``, ``1.2M``."""
    if number < 10_000:
        return f"{number:.0f}"
    for size, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            short = number / size
            return f"{short:.0f}{unit}" if short >= 99.95 else f"{short:.1f}{unit}"
    raise AssertionError


def progress(run: "Followed") -> str:
    """``1234/5000``, or as much of it as is known."""
    if run.step is None:
        return ""
    return count(run.step) + (f"/{count(run.max_steps)}" if run.max_steps else "")


def share(run: "Followed") -> float | None:
    """How much is done, from 0 to 1."""
    return min(1.0, (run.step or 0) / run.max_steps) if run.max_steps else None


def remaining(run: "Followed") -> str:
    """``ETA 1h02m``; empty where it is not known."""
    return f"ETA {human_seconds(run.eta)}" if run.eta is not None else ""


def reference(run: "Followed") -> str | None:
    """``run:NAME`` of a run that hfterm keeps; None for others, also for one of its making in another folder."""
    return run.key if run.key == f"run:{run.name}" else None


def rank(metric: str) -> tuple[int, str]:
    """Where a metric stands among others: what people look at comes first."""
    name = metric.rpartition("/")[2].lower()
    group = metric.rpartition("/")[0].lower()
    for place, expression in enumerate(_FIRST):
        if expression.fullmatch(name) or expression.fullmatch(metric.lower()):
            # eval/loss is to train/loss what eval_loss is to loss.
            return (place + (place == 0 and group.startswith(("eval", "val", "test"))), "")
    return (len(FIRST) + 1 if _LAST.fullmatch(name) else len(FIRST), "")


def ordered(metrics: Iterable[str]) -> list[str]:
    """Metrics without repeats, the ones people look at first; the others stay as they were logged."""
    return sorted(dict.fromkeys(metrics), key=rank)
