"""The Hub client's own cache, served as it is: every snapshot that was downloaded, and nothing it lacks.

Layout (of the client): ``models--owner--name/refs/main`` holds a commit; ``snapshots/COMMIT/PATH`` links to
``blobs/ETAG``, whose name is git's id or the SHA-256; ``trees/COMMIT.json`` lists all the files that there are.
"""

import json
import os
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hfterm.hub.share.gitids import blob_id, pointer
from hfterm.hub.share.hashes import Hashes
from hfterm.hub.share.model import Commit, Refs
from hfterm.hub.share.names import folder_name, from_folder_name, is_sha, is_sha256
from hfterm.hub.share.refusal import no_entry, no_repo, no_revision
from hfterm.hub.share.repository import SHORTEST
from hfterm.hub.share.scan import Scan, scan
from hfterm.hub.share.sending import Content
from hfterm.hub.share.tree import Entry, Memory
from hfterm.processes import iso


class CacheStore:
    """A Hub cache; read-only."""

    what, writable, xet = "cache", False, None

    def __init__(self, folder: Path, hashes: Hashes | None = None) -> None:
        self.folder, self.hashes = folder, hashes or Hashes()
        self._open: dict[str, CacheRepo] = {}

    def repos(self, kind: str) -> Iterator["CacheRepo"]:
        """Every repository of a kind that has a snapshot."""
        for name in sorted(os.listdir(self.folder)):
            known = from_folder_name(name)
            if known is not None and known[0] == kind and (self.folder / name / "snapshots").is_dir():
                yield self._repo(*known)

    def repo(self, kind: str, repo_id: str) -> "CacheRepo":
        """One repository.

        Raises:
            Refusal: it was never downloaded here.
        """
        repo = self._repo(kind, repo_id)
        if not repo.snapshots():
            raise no_repo(repo_id)
        return repo

    def _repo(self, kind: str, repo_id: str) -> "CacheRepo":
        name = folder_name(kind, repo_id)
        return self._open.setdefault(name, CacheRepo(self, kind, repo_id, self.folder / name))

    def close(self) -> None:
        """Nothing is held."""


class CacheRepo:
    """A repository of the cache; see :class:`hfterm.hub.share.model.Repo`."""

    def __init__(self, store: CacheStore, kind: str, repo_id: str, place: Path) -> None:
        self.store, self.kind, self.id, self.place = store, kind, repo_id, place
        self._lock = threading.Lock()
        self._scans: dict[str, Scan] = {}
        self.folders = Memory()

    def settings(self) -> Mapping[str, Any]:
        """What a cache knows of a repository: nothing."""
        return {"private": False, "gated": False}

    def snapshots(self) -> list[str]:
        """The commits that have a snapshot here."""
        try:
            return sorted(name for name in os.listdir(self.place / "snapshots") if is_sha(name))
        except OSError:
            return []

    def refs(self) -> Refs:
        """The names that commits were downloaded by. A cache cannot tell branches from tags."""
        here = set(self.snapshots())
        branches: dict[str, str] = {}
        pulls: dict[str, str] = {}
        converts: dict[str, str] = {}
        top = self.place / "refs"
        for folder, _, names in os.walk(top):
            for name in names:
                full = os.path.relpath(os.path.join(folder, name), top).replace(os.sep, "/")
                try:
                    sha = Path(folder, name).read_text("ascii").strip()
                except (OSError, ValueError):
                    continue
                if sha not in here or full.endswith(".tmp"):  # a kill left its new name behind
                    continue
                table = pulls if full.startswith("refs/pr/") else converts if full.startswith("refs/") else branches
                table[full] = sha
        return Refs(dict(sorted(branches.items())), {}, pulls, converts)

    def resolve(self, revision: str) -> str:
        """The commit of a name or of a (also shortened) commit id.

        Raises:
            Refusal: it was never downloaded here; those that were are named.
        """
        refs = self.refs()
        if (sha := refs.find(revision)) is not None:
            return sha
        here = self.snapshots()
        if revision in here:
            return revision
        near = [sha for sha in here if len(revision) >= SHORTEST and sha.startswith(revision)]
        if len(near) == 1:
            return near[0]
        exc = no_revision(revision)
        there = [*refs.branches, *(sha[:10] for sha in here if sha not in refs.branches.values())]
        exc.message += f"; downloaded to this Hub: {', '.join(there[:10])}"
        raise exc

    def head(self) -> str:
        """The commit that lists show: ``main``, or the snapshot that changed last."""
        refs, here = self.refs().branches, self.snapshots()
        if "main" in refs or not here:
            return self.resolve("main")
        return max(here, key=lambda sha: (self.place / "snapshots" / sha).stat().st_mtime)

    def commit(self, sha: str) -> Commit:
        """A snapshot as a commit without a past; its date is when it was last added to.

        Raises:
            Refusal: there is no such snapshot.
        """
        if not is_sha(sha):
            raise no_revision(sha)
        try:
            found = self._scan(sha)
            changed = (self.place / "snapshots" / sha).stat().st_mtime
        except FileNotFoundError:
            raise no_revision(sha) from None
        date = iso(datetime.fromtimestamp(changed, UTC))
        return Commit(sha, found.root, None, "Downloaded to this Hub's cache", "", "hfterm", date)

    def history(self, sha: str) -> Iterator[Commit]:
        """The one commit that is known."""
        yield self.commit(sha)

    def content(self, commit: Commit, path: str, entry: Entry) -> Content:
        """The blob that holds a file.

        Raises:
            Refusal: it is gone.
        """
        found = self._scans.get(commit.id)
        if found is None or path not in found.places:
            raise no_entry(path, commit.id)
        return Content(Path(found.places[path]))

    def partial(self, sha: str) -> bool:
        """Whether files of that commit may be missing: only a full listing that is met says no."""
        try:
            listed = json.loads((self.place / "trees" / f"{sha}.json").read_bytes())["files"]
            return not set(listed) <= set(self._scan(sha).places)
        except (OSError, ValueError, KeyError, TypeError):
            return True

    def _scan(self, sha: str) -> Scan:
        with self._lock:
            found = self._scans.get(sha)
            if found is None or not found.fresh():
                inside = (os.path.realpath(self.store.folder), os.path.realpath(self.place))
                found = scan(self.place / "snapshots" / sha, self.folders, self._entry_maker(sha), inside=inside)
                self._scans[sha] = found
            return found

    def _entry_maker(self, sha: str) -> Any:
        listed: dict[str, Any] | None = None

        def make(path: str, place: str, stat: os.stat_result) -> Entry:
            nonlocal listed
            etag = os.path.basename(os.readlink(place)) if os.path.islink(place) else ""
            if is_sha(etag):
                return Entry(etag, stat.st_size)
            if not is_sha256(etag):  # a cache without links
                if listed is None:
                    listed = self._listed(sha)
                row = listed.get(path)
                row = row if isinstance(row, dict) and row.get("size") == stat.st_size else {}
                if is_sha256(str(row.get("lfs_sha256"))):
                    etag = row["lfs_sha256"]
                elif is_sha(str(row.get("blob_id"))):
                    return Entry(row["blob_id"], stat.st_size)
                else:
                    return entry_of(self.store.hashes, path, place, stat)
            return Entry(blob_id(pointer(etag, stat.st_size)), stat.st_size, etag)

        return make

    def _listed(self, sha: str) -> dict[str, Any]:
        try:
            files = json.loads((self.place / "trees" / f"{sha}.json").read_bytes())["files"]
        except (OSError, ValueError, KeyError, TypeError):
            return {}
        return files if isinstance(files, dict) else {}


def entry_of(hashes: Hashes, path: str, place: str, stat: os.stat_result) -> Entry:
    """The entry of a file that has no name by hash."""
    from hfterm.hub.share.attributes import is_large

    if is_large(path, stat.st_size):
        sha256 = hashes.of(place, stat, large=True)
        return Entry(blob_id(pointer(sha256, stat.st_size)), stat.st_size, sha256)
    return Entry(hashes.of(place, stat, large=False), stat.st_size)
