"""Answers of a process that imports PEFT, kept in the cache folder for each set of versions.

``<cache>/peft/NAME-KEY.json``, as :mod:`hfterm.apart` keeps them.
"""

import contextlib
import hashlib
import json
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

from hfterm import apart, extras, paths

LIBRARIES = ("peft", "transformers", "torch")
# Of one kind of answer: an environment or two beside this one.
KEEP = 4
Say = Callable[[str], None]


def versions() -> dict[str, str]:
    """The versions of the libraries, told from their metadata: nothing is imported.

    Raises:
        MissingExtraError: one is not installed.
    """
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            raise extras.missing(name, "peft") from None
    return found


def key(*more: Any) -> str:
    """What tells one answer from another: the libraries, a copy of a repository by its commit, Python, and ``more``."""
    sources = [metadata.distribution(name).read_text("direct_url.json") or "" for name in LIBRARIES]
    said = json.dumps([versions(), sources, sys.version_info[:2], more], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def path(name: str, *more: Any) -> Path:
    """Where the answer ``name`` is kept."""
    return paths.cache_dir() / "peft" / f"{name}-{key(*more)}.json"


def get(name: str, *more: Any) -> Any:
    """A kept answer; None where there is none, or a damaged one."""
    return apart.read(path(name, *more))


def put(answer: Any, name: str, *more: Any, keep: int = KEEP) -> None:
    """Keep an answer, and of its kind the newest ``keep``; where nothing can be written, it is made again next time."""
    target = path(name, *more)
    with contextlib.suppress(OSError):
        apart.keep(target, answer)
        every = sorted(target.parent.glob(f"{name}-*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in every[keep:]:
            old.unlink(missing_ok=True)


def ask(module: str) -> Any:
    """What ``python -m MODULE`` answers by :func:`hfterm.apart.answer`; it alone imports the libraries.

    Raises:
        HftermError: they cannot be imported.
    """
    return apart.ask(module, "the installed PEFT", "peft")
