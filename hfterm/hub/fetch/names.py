"""File names of a repository, before any of them becomes a path here."""

import re
from collections.abc import Iterable
from pathlib import PureWindowsPath

from hfterm.errors import HftermError
from hfterm.hub.patterns import chosen
from hfterm.text import sanitize

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
LONGEST_NAME = 255


def problem(path: str) -> str | None:
    """Why a name must not become a path, or None.

    As the Hub client's check, under the rules of POSIX and Windows; and nothing that steers a terminal.
    """
    parts = path.replace("\\", "/").split("/")
    if not path or _CONTROL.search(path):
        return "it holds control characters" if path else "it is empty"
    if ".." in parts:
        return "it leads out of the folder by '..'"
    if "" in parts or "." in parts:
        return "it is absolute, or has an empty part"
    if any(part.lower() == ".git" for part in parts):
        return "it lies in a .git folder, whose files git runs"
    if any(PureWindowsPath(part).drive or PureWindowsPath(part).root for part in path.split("/")):
        return "it is absolute on Windows"
    if any(len(part.encode("utf-8", "surrogatepass")) > LONGEST_NAME for part in parts):
        return f"a part is longer than {LONGEST_NAME} bytes"
    return None


def check(paths: Iterable[str]) -> None:
    """Check the names of files that are to be written.

    Raises:
        HftermError: one of them must not be a path here.
    """
    for path in paths:
        if (why := problem(path)) is not None:
            shown = sanitize(path[:120], cell=True)
            raise HftermError(
                f"the repository names a file {shown!r} that must not be written: {why}", "leave it out with --exclude"
            )


def matching(paths: Iterable[str], include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> list[str]:
    """The paths that one of ``include`` matches (none: all) and none of ``exclude``; ``*`` matches slashes too."""
    return [path for path in paths if chosen(path, include, exclude)]
