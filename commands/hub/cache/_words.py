"""What the commands of the cache share: the words that choose, and what is said of them."""

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from hfterm.errors import UsageError
from hfterm.hub.cache.choose import Words
from hfterm.output import Output, is_terminal
from hfterm.text import human_bytes

F = TypeVar("F", bound=Callable[..., Any])
SHOW = {"size": human_bytes, "bytes": human_bytes, "freed_bytes": human_bytes, "incomplete": human_bytes}


def words_argument(function: F) -> F:
    """``[REPO|FILTER]...``."""
    return click.argument(
        "words", nargs=-1, metavar="[REPO|FILTER]...", help="Names, patterns ('org/*'), filters ('size>1GB')."
    )(function)


def older_option(function: F) -> F:
    """``--older``."""
    return click.option(
        "--older", metavar="AGE", default="1d", show_default=True,
        help="Leave partial files younger than this: 0s, 12h, 30d.",
    )(function)  # fmt: skip


def type_option(function: F) -> F:
    """``-t/--type``, of what is in the cache."""
    kinds = click.Choice(("model", "dataset", "space", "kernel"))
    return click.option("-t", "--type", "kind", type=kinds, help="Only of this kind.")(function)


def piped(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words, or where there are none those on standard input, one a line or records with a ``ref``.

    Raises:
        UsageError: there is none.
    """
    if words and "-" not in words:
        return words
    if not words and is_terminal(sys.stdin):
        raise UsageError("nothing named", "name repositories or filters: org/name, 'unused>90d'")
    found = tuple(_ref(line.strip()) for line in sys.stdin if line.strip())
    if not found:
        raise UsageError("standard input names nothing", "pipe in one a line")
    return tuple(word for word in words if word != "-") + found


def _ref(line: str) -> str:
    if not line.startswith("{"):
        return line
    import json

    try:
        row = json.loads(line)
        return str(row.get("ref") or row["id"])
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise UsageError(f"standard input holds a record without a ref: {line[:80]}") from exc


def say_of_use(out: Output, words: Words) -> None:
    """Warn when it matters when files were read, and the disk does not keep that."""
    from hfterm.hub.cache import layout, rows

    if words.by_use and not rows.keeps_reads(layout.root("hub")):
        out.warn("the cache's disk does not note when files are read (noatime): 'used' is when they came")


def confirm(question: str, what: str, yes: bool) -> bool:
    """Whether to go on: asked on a terminal, else ``-y`` is needed.

    Raises:
        UsageError: nobody can be asked.
    """
    if yes:
        return True
    if not is_terminal(sys.stdin):
        raise UsageError(f"{what} asks first", "add -y to go on without asking, -n to see what would go")
    return click.confirm(question, err=True)
