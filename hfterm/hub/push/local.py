"""The files here that are to go to a repository, and their paths in it."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.hub.patterns import chosen, hit
from hfterm.hub.push.secrets import suspect
from hfterm.text import sanitize


class Stamp(NamedTuple):
    """What changes when a file does: bytes, time of change in ns, inode."""

    size: int
    mtime: int
    inode: int


class Local(NamedTuple):
    """A file here (``where``), its path in the repository (``at``), and its stamp when it was found."""

    where: Path
    at: str
    stamp: Stamp

    @property
    def size(self) -> int:
        """Bytes."""
        return self.stamp.size

    def check(self) -> None:
        """Make sure that it is what it was when it was found.

        Raises:
            HftermError: it has changed, or is gone.
        """
        try:
            now = stamp(self.where)
        except OSError:
            now = None
        if now != self.stamp:
            said = "changed" if now else "was removed"
            raise HftermError(
                f"{shown(self.where)} {said} while it was sent; it was not committed",
                "run it again once nothing writes there: what was sent is not sent twice",
            )


class LeftOut(NamedTuple):
    """A file that stays here, and why."""

    where: Path
    why: str


def shown(path: object) -> str:
    """A path in a message."""
    return sanitize(str(path).encode("utf-8", "backslashreplace").decode(), cell=True)


def stamp(path: Path) -> Stamp:
    """A file's stamp now."""
    found = path.stat()
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ino)


def collect(
    sources: Iterable[str],
    to: str = "",
    *,
    listed: bool = False,
    include: tuple[str, ...] = (),
    exclude: tuple[str, ...] = (),
    secrets: bool = False,
    left_out: Callable[[LeftOut], None] = lambda _: None,
) -> list[Local]:
    """Find the files of ``sources``, files and folders here; sorted by their path in the repository.

    A folder's content goes below ``to``, a file to ``to``/name; one file alone to ``to`` itself unless that ends
    with a slash. ``listed``: sources are lines of a list, and keep their paths. ``.git`` and ``.cache`` never go,
    what may hold a secret only with ``secrets``; ``left_out`` is told of all but the former.

    Raises:
        NotFoundError: a source is not there. HftermError: a file cannot be sent. UsageError: two go to one path.
    """
    sources = list(sources)
    found: dict[str, Local] = {}
    for source in sources:
        root = Path(source).expanduser()
        if root.is_dir():
            base = _below(to, _kept(source)) if listed else to.strip("/")
            pairs: Iterable[tuple[Path, str, str]] = (
                (path, rel, _below(base, rel)) for path, rel in _walk(root, left_out)
            )
        elif os.path.lexists(root):
            name = _kept(source) if listed else root.name
            alone = len(sources) == 1 and not listed and to and not to.endswith("/")
            pairs = [(root, name, to.strip("/") if alone else _below(to, name))]
        else:
            raise NotFoundError(f"no such file or folder: '{shown(source)}'")
        for where, rel, at in pairs:
            if not chosen(rel, include, exclude):
                continue
            one = _file(where, at, secrets, left_out)
            if one is None:
                continue
            if (other := found.get(at)) and not os.path.samefile(other.where, where):
                raise UsageError(
                    f"{shown(other.where)} and {shown(where)} would both become {shown(at)}",
                    "send their folder, or a list of files on standard input, which keep their paths",
                )
            found[at] = one
    return [found[at] for at in sorted(found)]


def _below(base: str, rel: str) -> str:
    return f"{base.strip('/')}/{rel}" if base.strip("/") else rel


def _kept(source: str) -> str:
    """The path in the repository of a line of a list."""
    if os.path.isabs(source) or source.startswith("~"):
        return Path(source).name
    path = os.path.normpath(source).replace(os.sep, "/")
    if path == ".." or path.startswith("../"):
        raise UsageError(
            f"'{shown(source)}' leads out of this folder", "list what is below it, or name it as an argument"
        )
    return "" if path == "." else path


def _forbidden(rel: str) -> bool:
    # The client refuses any path with one of these.
    return any(part in (".git", ".cache") for part in rel.split("/"))


def _walk(root: Path, left_out: Callable[[LeftOut], None]) -> Iterator[tuple[Path, str]]:
    def failed(exc: OSError) -> None:
        raise exc

    for here, folders, names in os.walk(root, onerror=failed):
        folders[:] = sorted(name for name in folders if name not in (".git", ".cache"))
        for name in [name for name in folders if os.path.islink(os.path.join(here, name))]:
            left_out(LeftOut(Path(here, name), "it is a link to a folder"))
        for name in sorted(names):
            path = Path(here, name)
            if name not in (".git", ".cache"):
                yield path, path.relative_to(root).as_posix()


def _file(where: Path, at: str, secrets: bool, left_out: Callable[[LeftOut], None]) -> Local | None:
    try:
        status = where.stat()
    except FileNotFoundError as exc:
        raise HftermError(
            f"{shown(where)} is a link to what is not there", "mend or remove it, or leave it out with --exclude"
        ) from exc
    if not stat.S_ISREG(status.st_mode):
        left_out(LeftOut(where, "it is no regular file"))
        return None
    _check_path(where, at)
    if _forbidden(at):
        left_out(LeftOut(where, "the Hub takes nothing below .git or .cache"))
        return None
    with where.open("rb"):  # a file that cannot be read is an error before anything is sent
        pass
    if not secrets and (why := suspect(where, status.st_size)):
        left_out(LeftOut(where, f"{why}; --secrets sends it"))
        return None
    return Local(where, at, Stamp(status.st_size, status.st_mtime_ns, status.st_ino))


def _check_path(where: Path, at: str) -> None:
    try:
        at.encode("utf-8")
    except UnicodeEncodeError as exc:
        raise HftermError(f"the name of {shown(where)} is not UTF-8", "rename it, or leave it out") from exc
    parts = at.split("/")
    if any(part in ("", ".", "..") for part in parts):
        raise UsageError(f"not a path in a repository: '{shown(at)}'", "write it as folder/file, without '..'")
    if any(ord(char) < 32 or ord(char) == 127 for char in at):
        raise HftermError(f"the name of '{shown(where)}' holds control characters", "rename it, or leave it out")


def deletable(path: str, to: str, patterns: tuple[str, ...]) -> bool:
    """Whether a file of the repository falls under ``--delete``; patterns are relative to ``to``."""
    base = to.strip("/")
    if path == ".gitattributes" or (base and not path.startswith(f"{base}/")):
        return False
    return hit(path[len(base) + 1 :] if base else path, patterns)
