"""A plain folder of repositories, as people lay them out: ``FOLDER/[models|datasets|spaces/][OWNER/]NAME/files``.

Read-only. Each repository has one branch, ``main``, whose commit is named by its files as they are now.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hfterm.hub.share.cache import entry_of
from hfterm.hub.share.gitids import commit_id
from hfterm.hub.share.hashes import Hashes
from hfterm.hub.share.model import Commit, Refs
from hfterm.hub.share.names import KINDS, is_repo_id
from hfterm.hub.share.refusal import no_entry, no_repo, no_revision
from hfterm.hub.share.repository import SHORTEST
from hfterm.hub.share.scan import Scan, scan
from hfterm.hub.share.sending import Content
from hfterm.hub.share.tree import Entry, Memory, find
from hfterm.processes import iso

# Versions of a folder that are known at once.
REMEMBERED = 4


class PlainStore:
    """The repositories of such a folder."""

    what, writable, xet = "folder", False, None

    def __init__(self, folder: Path, hashes: Hashes | None = None) -> None:
        self.folder, self.hashes = folder, hashes or Hashes()
        self._open: dict[tuple[str, str], PlainRepo] = {}

    def _tops(self, kind: str) -> list[Path]:
        return [self.folder / f"{kind}s", *([self.folder] if kind == "model" else ())]

    def repos(self, kind: str) -> Iterator["PlainRepo"]:
        """Every repository of a kind: a folder with files, on the first or the second level."""
        seen = set()
        for top in self._tops(kind):
            for name in _subfolders(top):
                if top == self.folder and name.removesuffix("s") in KINDS:
                    continue
                names = [name] if _has_files(top / name) else [f"{name}/{sub}" for sub in _subfolders(top / name)]
                for repo_id in names:
                    if is_repo_id(repo_id) and repo_id not in seen:
                        seen.add(repo_id)
                        yield self._repo(kind, repo_id, top / repo_id)

    def repo(self, kind: str, repo_id: str) -> "PlainRepo":
        """One repository.

        Raises:
            Refusal: there is none.
        """
        for top in self._tops(kind):
            place = top / repo_id
            inside = os.path.realpath(place).startswith(os.path.realpath(self.folder) + os.sep)
            if place.is_dir() and inside and ("/" in repo_id or _has_files(place)):
                return self._repo(kind, repo_id, place)
        raise no_repo(repo_id)

    def _repo(self, kind: str, repo_id: str, place: Path) -> "PlainRepo":
        return self._open.setdefault((kind, repo_id), PlainRepo(self, kind, repo_id, place))

    def close(self) -> None:
        """Nothing is held."""


def _subfolders(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as rows:
            return sorted(r.name for r in rows if r.is_dir(follow_symlinks=False) and not r.name.startswith("."))
    except OSError:
        return []


def _has_files(folder: Path) -> bool:
    try:
        with os.scandir(folder) as rows:
            return any(row.is_file() for row in rows)
    except OSError:
        return False


class PlainRepo:
    """A folder of files; see :class:`hfterm.hub.share.model.Repo`."""

    def __init__(self, store: PlainStore, kind: str, repo_id: str, place: Path) -> None:
        self.store, self.kind, self.id, self.place = store, kind, repo_id, place
        self._lock = threading.Lock()
        self._found: Scan | None = None
        # What it was just now: who began a download then can end it, as far as the files are still the same.
        self._recent: OrderedDict[str, tuple[Commit, Scan]] = OrderedDict()
        self.folders = Memory()

    def settings(self) -> Mapping[str, Any]:
        """What a folder knows: nothing."""
        return {"private": False, "gated": False}

    def refs(self) -> Refs:
        """One branch."""
        return Refs({"main": self._commit().id})

    def resolve(self, revision: str) -> str:
        """The commit, if it is meant, or one that it was a moment ago.

        Raises:
            Refusal: another is.
        """
        sha = self._commit().id
        if revision in ("main", "refs/heads/main") or (len(revision) >= SHORTEST and sha.startswith(revision)):
            return sha
        if revision in self._recent:
            return revision
        raise no_revision(revision)

    def head(self) -> str:
        """The commit that lists show."""
        return self._commit().id

    def commit(self, sha: str) -> Commit:
        """The commit that the files are, or were a moment ago.

        Raises:
            Refusal: another is meant.
        """
        if sha not in self._recent and self._commit().id != sha:
            raise no_revision(sha)
        return self._recent[sha][0]

    def history(self, sha: str) -> Iterator[Commit]:
        """The one commit."""
        yield self.commit(sha)

    def content(self, commit: Commit, path: str, entry: Entry) -> Content:
        """The file itself.

        Raises:
            Refusal: it is gone, or another one now.
        """
        found = self._recent[commit.id][1] if commit.id in self._recent else self._scan()
        if path not in found.places or find(self.folders, found.root, path) != entry:
            raise no_entry(path, commit.id)
        place = found.places[path]
        return Content(Path(place), found.marks[place])

    def partial(self, sha: str) -> bool:
        """Whether files may be missing: never."""
        return False

    def _commit(self) -> Commit:
        found = self._scan()
        moment = datetime.fromtimestamp(max((m for m, _ in found.marks.values()), default=0) / 1e9, UTC)
        title = "The files of this folder"
        # Without the date: the same files are the same commit.
        sha = commit_id(found.root, [], "hfterm", datetime.fromtimestamp(0, UTC), title)
        commit = Commit(sha, found.root, None, title, "", "hfterm", iso(moment))
        with self._lock:
            self._recent[sha] = (commit, found)
            self._recent.move_to_end(sha)
            while len(self._recent) > REMEMBERED:
                self._recent.popitem(last=False)
        return commit

    def _scan(self) -> Scan:
        with self._lock:
            if self._found is None or not self._found.fresh():
                hashes = self.store.hashes
                try:
                    self._found = scan(
                        self.place,
                        self.folders,
                        lambda path, place, stat: entry_of(hashes, path, place, stat),
                        inside=(os.path.realpath(self.store.folder),),
                        hidden=False,
                        watch_files=True,
                    )
                except FileNotFoundError:
                    raise no_repo(self.id) from None
            return self._found
