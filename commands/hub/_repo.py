"""Options and arguments of the commands that name repositories."""

import sys
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import click

from hfterm.errors import UsageError
from hfterm.hub.client import TYPES, Repo, repo
from hfterm.output import Output, is_terminal

F = TypeVar("F", bound=Callable[..., Any])


def type_option(function: F) -> F:
    """``-t/--type``."""
    return click.option("-t", "--type", "repo_type", type=click.Choice(TYPES), help="Kind. [default: model]")(function)


def revision_option(function: F) -> F:
    """``-r/--revision``."""
    return click.option("-r", "--revision", metavar="REV", help="Branch, tag or commit. [default: main]")(function)


def say_offline(out: Output) -> None:
    """Say where the answer comes from when the Hub must not be asked."""
    from hfterm.hub.client import offline

    if offline():
        out.note("hfterm: HF_HUB_OFFLINE is set: from the cache")


def given(texts: tuple[str, ...] | str | None) -> Iterator[str]:
    """The references given; none, or ``-``: those on standard input, one a line (or records with an ``id``).

    Raises:
        UsageError: there is none.
    """
    listed = (texts,) if isinstance(texts, str) else tuple(texts or ())
    if not listed and is_terminal(sys.stdin):
        raise UsageError("no repository named", "name one: org/name")
    some = False
    for text in listed or ("-",):
        if text != "-":
            some = True
            yield text
            continue
        for line in sys.stdin:
            if line.strip():
                some = True
                yield _id(line.strip())
    if not some:
        raise UsageError("standard input names no repository", "pipe in one a line")


def _id(line: str) -> str:
    """A line's reference: the line, or a record's ``id`` and ``type``."""
    if not line.startswith("{"):
        return line
    import json

    try:
        row = json.loads(line)
        kind = row.get("type")
        return f"hf://{kind}s/{row['id']}" if kind in ("dataset", "space") else str(row["id"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
        raise UsageError(f"standard input holds a record without an id: {line[:80]}") from exc


def one(text: str | None, repo_type: str | None, revision: str | None = None, path: str | None = None) -> Repo:
    """The one repository that is named, with a path in it.

    Raises:
        UsageError: none or several.
    """
    found = list(given(text))
    if len(found) != 1:
        raise UsageError(f"one repository is wanted, {len(found)} are named")
    named = repo(found[0], repo_type, revision)
    return named._replace(path=path.strip("/")) if path else named
