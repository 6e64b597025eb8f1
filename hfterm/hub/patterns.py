"""Patterns for paths in a repository: ``*`` matches slashes too, and ``folder/`` all below it (as ``hf`` has it)."""

from collections.abc import Iterable
from fnmatch import fnmatchcase


def hit(path: str, patterns: Iterable[str]) -> bool:
    """Whether one of the patterns matches a path."""
    return any(fnmatchcase(path, f"{p}*" if p.endswith("/") else p) for p in patterns)


def chosen(path: str, include: tuple[str, ...], exclude: tuple[str, ...]) -> bool:
    """Whether a path is among ``include`` (none: all) and not among ``exclude``."""
    return (not include or hit(path, include)) and not hit(path, exclude)
