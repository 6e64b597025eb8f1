"""What the words on a command line choose in the caches: names, patterns, filters."""

import difflib
import fnmatch
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.hub.cache import filters, layout, others, rows
from hfterm.hub.cache.rows import Entry
from hfterm.hub.cache.scan import CachedRepo, Revision


@dataclass
class Chosen:
    """An entry, and which of its revisions (by commit; None: all of it) and, of those, which paths (empty: all)."""

    entry: Entry
    revisions: list[Revision] | None = None
    paths: list[str] = field(default_factory=list)

    @property
    def ref(self) -> str:
        """How a user names it."""
        if self.revisions is None:
            return self.entry.ref
        at = f"{self.entry.ref}@{','.join(r.sha[:12] for r in self.revisions)}"
        return at + (f"/{self.paths[0]}" if self.paths else "")


class Words:
    """Words split into filters and names.

    Raises:
        UsageError: a filter is wrong.
    """

    def __init__(self, words: Iterable[str], kind: str | None = None) -> None:
        listed = list(words)
        self.filters = [filters.parse(word) for word in listed if filters.is_filter(word)]
        self.names = [word for word in listed if not filters.is_filter(word)]
        self.kind = kind
        lost = next((name for name in self.names if name in filters.KEYS), None)
        if lost is not None:
            raise UsageError(f"{lost!r} is neither a repository nor a filter", f"quote filters: '{lost}>...'")

    @property
    def by_use(self) -> bool:
        """Whether it matters when files were last read."""
        return any(filters._AGES.get(f.key) == "used" for f in self.filters)

    def hold(self, row: dict[str, Any]) -> bool:
        """Whether a record passes all filters (and is of the wanted kind)."""
        return (self.kind is None or row["type"] == self.kind) and all(f.holds(row) for f in self.filters)

    def caches(self) -> Sequence[str]:
        """The caches that can hold what is named."""
        if not self.names:
            return layout.CACHES if self.kind is None else ("hub",)
        asked = {name.partition(":")[0] for name in self.names}
        return [c for c in layout.CACHES if c == "hub" or c in asked]

    def choose(self, entries: Iterable[Entry] | None = None) -> list[Chosen]:
        """What the words name and the filters let through, of all that is in the caches.

        Raises:
            NotFoundError: a name fits nothing; what is near is told. OSError: a cache cannot be read.
        """
        there = list(rows.entries(self.caches()) if entries is None else entries)
        chosen = [Chosen(entry) for entry in there] if not self.names else []
        for name in self.names:
            chosen += _named(name, there, self.kind)
        seen: set[str] = set()
        kept = []
        for one in chosen:
            if one.ref not in seen and (not (self.filters or self.kind) or self.hold(rows.record(one.entry))):
                kept.append(one)
            seen.add(one.ref)
        return kept


def _named(name: str, there: list[Entry], kind: str | None) -> list[Chosen]:
    """The entries that a name or a pattern fits.

    Raises:
        NotFoundError: none does.
    """
    prefix, colon, _ = name.partition(":")
    if colon and prefix in layout.CACHES[1:]:
        found = [Chosen(e) for e in there if isinstance(e, others.Folder) and fnmatch.fnmatchcase(e.ref, name)]
        if not found:
            raise _nothing(name, there)
        return found
    text, kind = _kind(name.removeprefix("hf://"), kind)
    repo_id, at, rest = text.partition("@")
    repos = [e for e in there if isinstance(e, CachedRepo) and e.kind == kind]
    if any(sign in repo_id for sign in "*?["):
        whole = [r for r in repos if fnmatch.fnmatchcase(r.id, repo_id)]
        if not whole:
            raise _nothing(name, there)
        return [_at(name, r, rest, at) for r in whole]
    for repo in sorted(repos, key=lambda r: -len(r.id)):
        if repo_id == repo.id:
            return [_at(name, repo, rest, at)]
        if repo_id.startswith(f"{repo.id}/"):
            return [_paths(name, Chosen(repo, list(repo.revisions.values())), repo_id[len(repo.id) + 1 :])]
    raise _nothing(name, there)


def _kind(text: str, kind: str | None) -> tuple[str, str]:
    first, slash, rest = text.partition("/")
    if slash and first in layout.FOLDERS:
        return rest, layout.FOLDERS[first]
    if slash and first in layout.FOLDERS.values() and "/" in rest:  # as 'hf cache ls' writes it
        return rest, first
    return text, kind or "model"


def _at(name: str, repo: CachedRepo, rest: str, at: str) -> Chosen:
    """The revision (and path) behind the ``@``: a reference, a commit, or the beginning of one."""
    if not at:
        return Chosen(repo)
    parts = rest.split("/")
    for take in range(len(parts), 0, -1):  # refs/pr/1 is one reference
        asked, path = "/".join(parts[:take]), "/".join(parts[take:])
        sha = repo.refs.get(asked, asked)
        hits = [r for r in repo.revisions.values() if r.sha == sha or (len(sha) >= 4 and r.sha.startswith(sha))]
        if len(hits) > 1:
            raise UsageError(f"{asked!r} begins {len(hits)} commits of {repo.ref}", "write more of it")
        if hits:
            return _paths(name, Chosen(repo, hits), path) if path else Chosen(repo, hits)
    known = ", ".join(sorted(repo.refs)[:5]) or "no reference"
    raise NotFoundError(f"{repo.ref} has no revision {rest!r} in the cache", f"it has {known}")


def _paths(name: str, chosen: Chosen, path: str) -> Chosen:
    path = path.strip("/")
    listed = {file for revision in chosen.revisions or () for file in revision.files}
    chosen.paths = sorted(f for f in listed if f == path or f.startswith(f"{path}/") or fnmatch.fnmatchcase(f, path))
    if not chosen.paths:
        raise NotFoundError(f"no file {path!r} of {chosen.entry.ref} in the cache")
    return chosen


def _nothing(name: str, there: list[Entry]) -> HftermError:
    refs = [entry.ref for entry in there]
    other = [ref for ref in refs if ref.partition("/")[2] == name or ref.partition(":")[2] == name]
    near = other or difflib.get_close_matches(name, refs, n=2, cutoff=0.6)
    hint = f"did you mean {' or '.join(near[:2])}?" if near else "see: hfterm hub cache ls"
    return NotFoundError(f"nothing named {name!r} in the cache at {os.path.abspath(layout.root('hub'))}", hint)
