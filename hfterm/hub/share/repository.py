"""One repository of a writable store: settings, branches, tags, commits."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hfterm.errors import HftermError
from hfterm.files import write_text
from hfterm.hub.share.gitids import commit_id
from hfterm.hub.share.model import Commit, Refs
from hfterm.hub.share.names import check_ref, is_sha
from hfterm.hub.share.refusal import Refusal, bad, conflict, no_repo, no_revision, stale
from hfterm.hub.share.sending import Content
from hfterm.hub.share.tree import EMPTY, Changes, Entry, changed
from hfterm.hub.share.xet_store import has_file
from hfterm.processes import iso

if TYPE_CHECKING:
    from hfterm.hub.share.folder import FolderStore

# Shorter beginnings of a commit id name none.
SHORTEST = 7


class FolderRepo:
    """A repository in the folder ``place``; see :class:`hfterm.hub.share.model.Repo`."""

    def __init__(self, store: FolderStore, kind: str, repo_id: str, place: Path) -> None:
        self.store, self.kind, self.id, self.place = store, kind, repo_id, place
        self.folders = store.folders
        self.lock = threading.RLock()
        self._read: dict[str, tuple[tuple[int, int, int], Any]] = {}

    # --- reading ----------------------------------------------------------------------------

    def exists(self) -> bool:
        """Whether it is there."""
        return (self.place / "repo.json").is_file()

    def settings(self) -> Mapping[str, Any]:
        """``private``, ``gated``, ``created`` and what else was set."""
        settings: Mapping[str, Any] = self._json("repo.json")
        return settings

    def refs(self) -> Refs:
        """Branches, tags and proposals."""
        found = self._json("refs.json")
        return Refs(found["branches"], found["tags"], found.get("pulls", {}))

    def _json(self, name: str) -> Any:
        path = self.place / name
        try:
            stat = path.stat()
            mark = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            known = self._read.get(name)
            if known is not None and known[0] == mark:
                return known[1]
            value = json.loads(path.read_bytes())
        except FileNotFoundError:
            raise no_repo(self.id) from None
        except ValueError as exc:
            raise HftermError(f"{str(path)!r} is damaged: {exc}") from exc
        self._read[name] = (mark, value)
        return value

    def resolve(self, revision: str) -> str:
        """The commit of a branch, tag or (also shortened) commit id."""
        if (sha := self.refs().find(revision)) is not None:
            return sha
        if is_sha(revision) and (self.place / "commits" / f"{revision}.json").is_file():
            return revision
        if SHORTEST <= len(revision) < 40 and set(revision) <= set("0123456789abcdef"):
            near = [
                n[:-5] for n in os.listdir(self.place / "commits") if n.startswith(revision) and n.endswith(".json")
            ]
            if len(near) == 1:
                return near[0]
        raise no_revision(revision)

    def head(self) -> str:
        """The commit that lists show."""
        branches = self.refs().branches
        return branches.get("main") or next(iter(branches.values()))

    def commit(self, sha: str) -> Commit:
        """A commit of this repository."""
        if not is_sha(sha):
            raise no_revision(sha)
        try:
            return Commit(**json.loads((self.place / "commits" / f"{sha}.json").read_bytes()))
        except FileNotFoundError:
            raise no_revision(sha) from None
        except (ValueError, TypeError) as exc:
            raise HftermError(f"commit {sha} of {self.id} is damaged: {exc}") from exc

    def history(self, sha: str) -> Iterator[Commit]:
        """The commit and those before it, newest first."""
        following: str | None = sha
        while following:
            commit = self.commit(following)
            yield commit
            following = commit.parent

    def content(self, commit: Commit, path: str, entry: Entry) -> Content | None:
        """The file on disk that holds a file's content; None when only Xet has it."""
        blobs = self.store.blobs
        name = entry.sha256 or entry.oid
        if blobs.size(name) == entry.size:
            return Content(blobs.path(name))
        if entry.sha256 and self.store.xet is not None and self.store.xet.find(entry.sha256) is not None:
            return None
        # Not 404: the client would remember that the file never was.
        if entry.sha256 and has_file(self.store.folder, entry.sha256):
            raise Refusal(410, f"only Xet has {path}: serve this store with --xet, and with hf_xet installed")
        raise Refusal(410, f"the content of {path} is lost: {name} is not in the store")

    def partial(self, sha: str) -> bool:
        """Whether files of that commit may be missing: never."""
        return False

    # --- writing ----------------------------------------------------------------------------

    def begin(self, author: str, files: Mapping[str, bytes]) -> None:
        """The first commit of a new repository, on ``main``."""
        blobs = self.store.blobs
        changes: dict[str, Entry | None] = {p: Entry(blobs.add(data), len(data)) for p, data in files.items()}
        tree = changed(self.folders, EMPTY, changes)
        commit = self._keep(tree, None, "initial commit", "", author)
        self._write_refs({"branches": {"main": commit.id}, "tags": {}})

    def change(
        self,
        revision: str,
        make: Callable[[Commit], Changes],
        *,
        title: str,
        message: str,
        author: str,
        parent: str | None = None,
        propose: bool = False,
    ) -> tuple[Commit, int | None]:
        """Commit on a branch; ``make`` says the changes, given the commit they are made to.

        ``parent``: the commit that the branch must still be at. ``propose``: leave the branch, and put the
        commit on a new ``refs/pr/N``. Returns the commit, and N when there is one.

        Raises:
            Refusal: no such branch, the branch moved on, or ``make`` refused.
        """
        self.store.require_writable()
        with self.lock:
            refs = self._json("refs.json")
            table, name = self._place_of(refs, revision)
            head = self.commit(table[name])
            if parent and not head.id.startswith(parent):
                raise stale(parent, head.id)
            changes = make(head)
            tree = changed(self.folders, head.tree, changes)
            self.store.blobs.sync(e.oid for e in changes.values() if e is not None and not e.sha256 and not e.folder)
            commit = self._keep(tree, head.id, title, message, author)
            number = None
            if propose:
                number = 1 + max((int(n.rpartition("/")[2]) for n in refs.get("pulls", {})), default=0)
                refs = {**refs, "pulls": {**refs.get("pulls", {}), f"refs/pr/{number}": commit.id}}
            else:
                key = next(k for k, v in refs.items() if v is table)
                refs = {**refs, key: {**table, name: commit.id}}
            self._write_refs(refs)
            return commit, number

    def _place_of(self, refs: dict[str, Any], revision: str) -> tuple[dict[str, str], str]:
        name = revision.removeprefix("refs/heads/")
        if name in refs["branches"]:
            return refs["branches"], name
        if revision in refs.get("pulls", {}):
            return refs["pulls"], revision
        if refs["tags"].get(revision) or is_sha(revision):
            raise bad(f"a commit needs a branch, and {revision} is none")
        raise no_revision(revision)

    def _keep(self, tree: str, parent: str | None, title: str, message: str, author: str) -> Commit:
        moment = datetime.now(UTC).replace(microsecond=0)
        text = f"{title}\n\n{message}" if message else title
        sha = commit_id(tree, [parent] if parent else [], author, moment, text)
        commit = Commit(sha, tree, parent, title, message, author, iso(moment))
        self.folders.sync()
        write_text(self.place / "commits" / f"{sha}.json", json.dumps(commit._asdict(), ensure_ascii=False) + "\n")
        return commit

    def _write_refs(self, refs: dict[str, Any]) -> None:
        write_text(self.place / "refs.json", json.dumps(refs, indent=1, ensure_ascii=False) + "\n")
        self._read.pop("refs.json", None)

    def set(self, **settings: Any) -> None:
        """Change settings."""
        self.store.require_writable()
        with self.lock:
            write_text(self.place / "repo.json", json.dumps({**self.settings(), **settings}, indent=2) + "\n")
            self._read.pop("repo.json", None)

    def add_branch(self, name: str, start: str) -> None:
        """A new branch at a revision."""
        self._add("branches", name, start)

    def add_tag(self, name: str, revision: str) -> None:
        """A new tag at a revision."""
        self._add("tags", name, revision)

    def _add(self, table: str, name: str, revision: str) -> None:
        self.store.require_writable()
        check_ref(name)
        with self.lock:
            refs = self._json("refs.json")
            sha = self.resolve(revision)
            if name in refs[table]:
                raise conflict(f"Reference already exists: {name}")
            self._write_refs({**refs, table: {**refs[table], name: sha}})

    def remove_branch(self, name: str) -> None:
        """Take a branch away; never ``main``."""
        if name == "main":
            raise Refusal(403, "Cannot delete the default branch main")
        self._remove("branches", name)

    def remove_tag(self, name: str) -> None:
        """Take a tag away."""
        self._remove("tags", name)

    def _remove(self, table: str, name: str) -> None:
        self.store.require_writable()
        with self.lock:
            refs = self._json("refs.json")
            if name not in refs[table]:
                raise no_revision(name)
            self._write_refs({**refs, table: {k: v for k, v in refs[table].items() if k != name}})

    def squash(self, branch: str, title: str, author: str) -> Commit:
        """Replace a branch's history by one commit of its files."""
        self.store.require_writable()
        with self.lock:
            refs = self._json("refs.json")
            table, name = self._place_of(refs, branch)
            commit = self._keep(self.commit(table[name]).tree, None, title, "", author)
            self._write_refs({**refs, "branches": {**refs["branches"], name: commit.id}})
            return commit
