"""What a user may say about how metrics are computed, and what they say back."""

from collections.abc import Callable
from typing import Any, NamedTuple

from hfterm.errors import UsageError


class Options(NamedTuple):
    """``average`` and ``positive`` as the user said them; ``note`` is told what is worth knowing beside a value."""

    average: str | None = None
    positive: str | None = None
    note: Callable[[str], None] = lambda text: None


def positive_label(name: str, labels: set[Any], positive: str | None) -> Any:
    """The label that counts as positive: the one the user said, else 1 or true where there are no others but 0.

    Raises:
        UsageError: it is not known.
    """
    if positive is not None:
        for label in labels:
            if positive == (str(label).lower() if isinstance(label, bool) else str(label)):
                return label
        raise UsageError(f"no label is {positive!r} (--positive)", f"there are {_shown(labels)}")
    for pair in ((False, True), ("0", "1"), (0, 1)):
        # In Python 0 == False: told apart by type.
        if all(any(label == one and type(label) is type(one) for one in pair) for label in labels):
            return pair[1]
    hint = f"name {name}_macro, {name}_micro or {name}_weighted, or say --positive LABEL"
    if name == "roc_auc":
        hint = "say which with --positive LABEL"
    raise UsageError(f"{name}: labels other than 0 and 1 ({_shown(labels)}) have no positive one", hint)


def _shown(labels: set[Any]) -> str:
    several = sorted(map(str, labels))
    return ", ".join(several[:5]) + (f" and {len(several) - 5} more" if len(several) > 5 else "")
