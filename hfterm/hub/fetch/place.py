"""Where files go: the client's cache, in the client's layout."""

import contextlib
import json
import os
from collections.abc import Iterable, Mapping
from typing import Any

from hfterm.hub import cached
from hfterm.hub.client import Repo
from hfterm.hub.fetch.hub import Entry, is_commit
from hfterm.hub.fetch.locks import Lock
from hfterm.hub.fetch.names import problem
from hfterm.hub.fetch.plan import Plan, is_there
from hfterm.paths import hub_cache_name

# Our partial files end as the client's do, so that whoever cleans up after it finds them.
PARTIAL = ".hfterm.incomplete"
# The client's own words (huggingface_hub/_local_folder.py).
_TAG = (
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This file is a cache directory tag created by huggingface_hub.\n"
    "# For information about cache directory tags, see:\n"
    "#\thttps://bford.info/cachedir/\n"
)


class Cache:
    """The Hub client's cache.

    ``models--org--name/{refs/REV, snapshots/SHA/path -> ../../blobs/ETAG, blobs/ETAG, trees/SHA.json}`` and
    ``.locks/models--org--name/ETAG.lock``.
    """

    def __init__(self, repo: Repo, sha: str) -> None:
        self.repo, self.sha = repo, sha
        self._base = str(cached.folder(repo))
        self._locks = os.path.join(hub_cache_name(), ".locks", os.path.basename(self._base))
        self.root = os.path.join(self._base, "snapshots", sha)

    def path(self, entry: Entry) -> str:
        """Where the file is to be seen."""
        return os.path.join(self.root, *entry.path.split("/"))

    def blob(self, entry: Entry) -> str:
        """Where its content is."""
        return os.path.join(self._base, "blobs", entry.etag)

    def partial(self, entry: Entry) -> str:
        """What has come of it."""
        return self.blob(entry) + PARTIAL

    def lock(self, entry: Entry) -> Lock:
        """Whoever gets this content holds it."""
        return Lock(os.path.join(self._locks, f"{entry.etag}.lock"))

    def there(self, entry: Entry) -> bool:
        """Whether nothing is to be done."""
        return is_there(self.path(entry), entry.size)

    def at_hand(self, entry: Entry) -> bool:
        """Whether nothing must come over the network for it."""
        return self.there(entry) or is_there(self.blob(entry), entry.size)

    def refuse(self, entries: Iterable[Entry]) -> None:
        """Nothing is in the way of a cache."""

    def take(self, entry: Entry) -> bool:
        """Show the file, if its content is here already: another path or commit has it."""
        if not is_there(self.blob(entry), entry.size):
            return False
        self._show(entry, moving=False)
        return True

    def strays(self, entry: Entry) -> list[str]:
        """What the client left of this content when it was killed: ``ETAG[.8 hex digits].incomplete``."""
        return left_by_client(os.path.join(self._base, "blobs"), entry.etag)

    def begin(self, plan: Plan) -> None:
        """Make the folders, and keep the listing, by which the client knows a whole snapshot from a part."""
        os.makedirs(os.path.join(self._base, "blobs"), exist_ok=True)
        os.makedirs(self.root, exist_ok=True)
        tag(hub_cache_name())
        if plan.tree is not None:
            keep_tree(self._base, self.sha, plan.tree)

    def publish(self, entry: Entry) -> None:
        """Show the content that came, which is whole and right."""
        os.replace(self.partial(entry), self.blob(entry))
        self._show(entry, moving=True)

    def settle(self, entry: Entry) -> None:
        """A cache needs no note of what is there."""

    def finish(self) -> None:
        """Note which commit the revision is: last, so that it never names a missing snapshot."""
        revision = self.repo.revision or "main"
        if is_commit(revision) or ".." in revision.split("/"):
            return
        where = os.path.join(self._base, "refs", *revision.split("/"))
        with contextlib.suppress(OSError), open(where, encoding="utf-8") as stream:
            if stream.read() == self.sha:
                return
        with contextlib.suppress(OSError):  # a cache that is only to be read
            os.makedirs(os.path.dirname(where), exist_ok=True)
            # Not beside it: there it would be taken for a revision if we were killed now.
            os.makedirs(self._locks, exist_ok=True)
            temporary = os.path.join(self._locks, f"ref-{os.getpid()}.tmp")
            with open(temporary, "w", encoding="utf-8") as stream:
                stream.write(self.sha)
            os.replace(temporary, where)

    def missing(self, path: str) -> None:
        """Note that the commit has no such file, as the client does for those that ask it again and again."""
        if problem(path) is not None:
            return
        where = os.path.join(self._base, ".no_exist", self.sha, *path.split("/"))
        with contextlib.suppress(OSError):
            os.makedirs(os.path.dirname(where), exist_ok=True)
            with open(where, "a", encoding="utf-8"):
                pass

    def _show(self, entry: Entry, *, moving: bool) -> None:
        """Link to the content; where there are no links, move it, or copy what others may use."""
        where, blob = self.path(entry), self.blob(entry)
        folder = os.path.dirname(where)
        if os.environ.get("HF_HUB_DISABLE_SYMLINKS", "").upper() not in ("1", "TRUE", "YES", "ON"):
            target = os.path.relpath(blob, folder)
            try:
                try:
                    _symlink(target, where)
                except FileNotFoundError:
                    os.makedirs(folder, exist_ok=True)
                    _symlink(target, where)
                return
            except PermissionError:  # a file system without symbolic links
                if not os.access(folder, os.W_OK):
                    raise
        os.makedirs(folder, exist_ok=True)
        if not moving:
            import shutil

            shutil.copyfile(blob, blob := self.partial(entry))
        os.replace(blob, where)


def _symlink(target: str, where: str) -> None:
    try:
        os.symlink(target, where)
    except FileExistsError:  # a link to what is gone, or to something damaged
        temporary = f"{where}.{os.getpid()}.tmp"
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        os.symlink(target, temporary)
        os.replace(temporary, where)


def left_by_client(folder: str, stem: str) -> list[str]:
    """Partial files of the client for one content in a folder (its versions name them differently)."""
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    ours = f"{stem}{PARTIAL}"
    return [
        os.path.join(folder, name)
        for name in names
        if name.startswith(f"{stem}.") and name.endswith(".incomplete") and name != ours
    ]


def tag(folder: str) -> None:
    """Tell backups to pass over a folder (https://bford.info/cachedir/)."""
    with contextlib.suppress(OSError), open(os.path.join(folder, "CACHEDIR.TAG"), "x", encoding="utf-8") as stream:
        stream.write(_TAG)


def keep_tree(folder: str, sha: str, tree: Mapping[str, Entry]) -> None:
    """Keep the listing of a commit as the client does (``huggingface_hub/_tree_cache.py``), if it can be."""
    from hfterm.files import atomic_file

    where = os.path.join(folder, "trees", f"{sha}.json")
    if os.path.exists(where):
        return
    listed: dict[str, dict[str, Any]] = {}
    for path, entry in sorted(tree.items()):
        row: dict[str, Any] = {"size": entry.size, "blob_id": entry.blob}
        if len(entry.etag) == 64:
            row |= {"lfs_sha256": entry.etag, "lfs_size": entry.size}
        if entry.xet:
            row["xet_hash"] = entry.xet
        listed[path] = row
    with contextlib.suppress(OSError), atomic_file(where, fsync=False) as stream:
        json.dump({"format_version": 1, "files": listed}, stream, indent=1)
