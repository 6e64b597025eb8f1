"""What is wanted of a repository: the commit, and its files."""

import difflib
import os
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from hfterm.errors import AccessError, HftermError, NetworkError, NotFoundError, one_line
from hfterm.hub import cached
from hfterm.hub.client import Repo, offline
from hfterm.hub.fetch import names
from hfterm.hub.fetch.hub import Entry, Hub, is_commit

SAMPLE = 3


@dataclass(frozen=True)
class Wanted:
    """What a user asks for: files or folders by name (none: all), patterns that files must or must not match."""

    files: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether that is the whole repository."""
        return not (self.files or self.include or self.exclude)


@dataclass(frozen=True)
class Plan:
    """The files wanted of a commit, by path.

    ``tree``: all files of the commit, where they are known. ``from_cache``: the Hub was not (or in vain) asked.
    ``partial``: the Hub itself lacks some of the files.
    """

    repo: Repo
    sha: str
    entries: dict[str, Entry]
    tree: dict[str, Entry] | None = None
    from_cache: bool = False
    partial: bool = False


class NoMatch(NotFoundError):
    """No file matches the patterns."""


class NoFile(NotFoundError):
    """The commit ``sha`` has no file of that ``name``."""

    def __init__(self, message: str, hint: str | None, sha: str, name: str) -> None:
        super().__init__(message, hint)
        self.sha, self.name = sha, name


class State(NamedTuple):
    """How far it is: bytes that are here of all, files done of all, and (path, bytes, size) of those on their way."""

    have: int
    total: int
    done: int
    files: int
    now: list[tuple[str, int, int]]


def make(hub: Hub, repo: Repo, wanted: Wanted, say: Callable[[str], None]) -> Plan:
    """Find out what is to be had.

    Raises:
        NoFile: a file that was named is not in the commit that the Hub told of.
        NotFoundError: no such repository, revision or file; offline, it is not (wholly) cached.
        AccessError, NetworkError.
    """
    wanted = _with_path(repo, wanted)
    if offline():
        return _from_cache(repo, wanted, "HF_HUB_OFFLINE is set")
    sha = repo.revision or ""
    if not is_commit(sha):
        known = cached.commit(repo)
        try:
            sha = hub.commit(repo, hurry=known is not None)
        except (NetworkError, AccessError, NotFoundError) as exc:
            # As the client: what is here serves, whatever has become of the Hub, the token or the repository.
            gone = isinstance(exc, NotFoundError) and repo.revision is not None
            whole = None if known is None or gone else _kept(repo, wanted)
            if whole is not None:
                say(f"{exc.message}; {repo.id} is from the cache, as it was when last asked for: {whole.sha[:12]}")
                return whole
            if known is None or not isinstance(exc, NetworkError):
                raise
            sha = hub.commit(repo)
    return _listed(hub, repo, sha, wanted)


def _with_path(repo: Repo, wanted: Wanted) -> Wanted:
    files = tuple(path.strip("/") for path in wanted.files)
    if not repo.path:
        return Wanted(files, wanted.include, wanted.exclude)
    if not files:
        return Wanted((repo.path,), wanted.include, wanted.exclude)
    return Wanted(tuple(f"{repo.path}/{path}" for path in files), wanted.include, wanted.exclude)


def _listed(hub: Hub, repo: Repo, sha: str, wanted: Wanted) -> Plan:
    tree = kept_tree(repo, sha)
    if tree is None and wanted.files:
        found = hub.some(repo, sha, wanted.files)
        return Plan(repo, sha, _chosen(hub, repo, found, wanted, sha), partial=hub.partial)
    if tree is None:
        tree = hub.tree(repo, sha)
    kept = None if hub.partial else tree
    return Plan(repo, sha, _chosen(hub, repo, tree, wanted, sha), kept, partial=hub.partial)


def _chosen(hub: Hub | None, repo: Repo, tree: dict[str, Entry], wanted: Wanted, sha: str) -> dict[str, Entry]:
    """Those of the files that are wanted, checked by name."""
    listed: Iterable[str] = tree
    if wanted.files:
        chosen: dict[str, None] = {}
        for name in wanted.files:
            if name in tree:
                chosen[name] = None
                continue
            below = [path for path in tree if path.startswith(f"{name}/")]
            if not below:
                error = _no_file(hub, repo, name, tree)
                if hub is None or hub.partial:
                    raise error
                raise NoFile(error.message, error.hint, sha, name) from error
            chosen.update(dict.fromkeys(below))
        listed = chosen
    picked = names.matching(listed, wanted.include, wanted.exclude)
    if not picked and (wanted.include or wanted.exclude):
        patterns = " ".join([*wanted.include, *(f"--exclude {p}" for p in wanted.exclude)])
        raise NoMatch(f"no file of {repo.id} matches {patterns}", f"see: hfterm hub ls -R {repo}")
    names.check(picked)
    return {path: tree[path] for path in picked}


def _no_file(hub: Hub | None, repo: Repo, name: str, tree: dict[str, Entry]) -> HftermError:
    about = repo._replace(path=name)
    near = difflib.get_close_matches(name, list(tree), n=2, cutoff=0.5)
    if not near and hub is not None and any(sign in name for sign in "*?["):
        return NotFoundError(f"no {name!r} in {repo.id}", f"for a pattern write --include '{name}'")
    if not near and hub is not None:
        return hub.missing(about)
    hint = f"did you mean {' or '.join(near)}?" if near else f"see: hfterm hub ls {repo._replace(path='')}"
    return NotFoundError(f"no {name!r} in {repo.id}", hint)


# --- what the cache knows -------------------------------------------------------------------------


def snapshot(repo: Repo, sha: str) -> str:
    """The folder of a commit in the cache."""
    return os.path.join(cached.folder(repo), "snapshots", sha)


def is_there(path: str, size: int) -> bool:
    """Whether a file (or what a link leads to) is there with this many bytes."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return False
    return found.st_size == size and stat.S_ISREG(found.st_mode)


def kept_tree(repo: Repo, sha: str) -> dict[str, Entry] | None:
    """The listing of a commit that was kept in the cache."""
    listed = cached.tree(repo, sha)
    return entries_of(listed) if listed is not None else None


def entries_of(listed: dict[str, Any]) -> dict[str, Entry] | None:
    """The files of a kept listing; None when it makes no sense."""
    try:
        return {
            path: Entry(
                path, int(row.get("lfs_size") or row["size"]), row.get("lfs_sha256") or row["blob_id"],
                row["blob_id"], row.get("xet_hash"),
            )
            for path, row in listed.items()
        }  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _from_cache(repo: Repo, wanted: Wanted, why: str) -> Plan:
    sha = cached.commit(repo)
    if sha is None:
        raise NotFoundError(f"{repo} is not in the cache, and {why}", "unset HF_HUB_OFFLINE to get it")
    tree = kept_tree(repo, sha)
    if tree is None:  # an older client kept none: what is there is all that can be known
        there = cached.files(repo._replace(path="", revision=sha))
        tree = {f.path: Entry(f.path, f.size, f.etag or "", f.etag or "") for f in there}
    entries = _chosen(None, repo, tree, wanted, sha)
    base = snapshot(repo, sha)
    missing = [path for path, entry in entries.items() if not is_there(os.path.join(base, path), entry.size)]
    if missing:
        sample = ", ".join(missing[:SAMPLE]) + (f" and {len(missing) - SAMPLE} more" if len(missing) > SAMPLE else "")
        raise NotFoundError(
            f"{len(missing)} of {len(entries)} files of {repo} are not in the cache ({one_line(sample)}), and {why}",
            "unset HF_HUB_OFFLINE to get them",
        )
    return Plan(repo, sha, entries, tree, from_cache=True)


def _kept(repo: Repo, wanted: Wanted) -> Plan | None:
    """All that is wanted, if the cache has it, as far as can be told."""
    try:
        return _from_cache(repo, wanted, "")
    except HftermError:
        return None
