"""Where files go: a plain folder, with the client's notes in it, so that the client does not fetch them again.

``DIR/.cache/huggingface/download/PATH.metadata`` holds commit, ETag and the time of writing, a line each.
"""

import base64
import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Iterable

from hfterm.errors import HftermError, UsageError
from hfterm.hub.client import Repo
from hfterm.hub.fetch.digest import digest_of
from hfterm.hub.fetch.hub import Entry
from hfterm.hub.fetch.locks import Lock
from hfterm.hub.fetch.place import PARTIAL, Cache, keep_tree, left_by_client, tag
from hfterm.hub.fetch.plan import Plan, is_there
from hfterm.text import sanitize

_NOTES = ".cache/huggingface"


class Folder:
    """The folder ``root``. What is in it and is not the Hub's is replaced only with ``overwrite``."""

    def __init__(self, root: str, repo: Repo, sha: str, *, overwrite: bool = False) -> None:
        self.root, self.sha, self._overwrite = os.path.abspath(os.path.expanduser(root)), sha, overwrite
        self._cache = Cache(repo, sha)
        self._notes = os.path.join(self.root, *_NOTES.split("/"))

    def path(self, entry: Entry) -> str:
        """Where the file is to be seen."""
        return os.path.join(self.root, *entry.path.split("/"))

    def _note_path(self, entry: Entry) -> str:
        return os.path.join(self._notes, "download", *entry.path.split("/")) + ".metadata"

    def partial(self, entry: Entry) -> str:
        """What has come of it."""
        note = self._note_path(entry)
        return os.path.join(os.path.dirname(note), f"{_short(note)}.{entry.etag}{PARTIAL}")

    def lock(self, entry: Entry) -> Lock:
        """Whoever writes this file holds it."""
        return Lock(self._note_path(entry).removesuffix(".metadata") + ".lock")

    def there(self, entry: Entry) -> bool:
        """Whether nothing is to be done: the note says so, or the content itself."""
        path = self.path(entry)
        if not is_there(path, entry.size):
            return False
        return self._noted(entry)[1] == entry.etag or digest_of(path, entry) == entry.etag

    def settle(self, entry: Entry) -> None:
        """Note what is there, for the client and for the next time."""
        if self._noted(entry) != (self.sha, entry.etag):
            with contextlib.suppress(OSError):  # a folder that is only to be read
                self._note(entry)

    def at_hand(self, entry: Entry) -> bool:
        """Whether nothing must come over the network for it."""
        return self.there(entry) or self._source(entry) is not None

    def _source(self, entry: Entry) -> str | None:
        """The content in the cache."""
        found = (self._cache.path(entry), self._cache.blob(entry))
        return next((path for path in found if is_there(path, entry.size)), None)

    def refuse(self, entries: Iterable[Entry]) -> None:
        """Check that no file of the user's is in the way of those that are to come.

        Raises:
            UsageError: one is. HftermError: a name would write into the client's notes.
        """
        for entry in entries:
            if entry.path.lower().startswith(f"{_NOTES}/"):
                raise HftermError(f"the repository names a file {entry.path!r}, where the client keeps its notes")
            path = self.path(entry)
            if os.path.isdir(path):
                raise UsageError(f"a folder is in the way of the file {path!r}", "choose another folder for --to")
            if not self._overwrite and os.path.lexists(path) and not self._noted(entry)[1]:
                shown = sanitize(entry.path, cell=True)
                raise UsageError(
                    f"{shown!r} in {self.root!r} is another file than the repository's", "add --overwrite to replace it"
                )

    def take(self, entry: Entry) -> bool:
        """Copy the file from the cache, if it is there."""
        source = self._source(entry)
        if source is None:
            return False
        partial = self.partial(entry)
        os.makedirs(os.path.dirname(partial), exist_ok=True)
        shutil.copyfile(source, partial)
        if not is_there(partial, entry.size):
            return False
        self.publish(entry)
        return True

    def strays(self, entry: Entry) -> list[str]:
        """What the client left of this file when it was killed."""
        note = self._note_path(entry)
        return left_by_client(os.path.dirname(note), f"{_short(note)}.{entry.etag}")

    def begin(self, plan: Plan) -> None:
        """Make the folders, and keep the listing."""
        os.makedirs(os.path.join(self._notes, "download"), exist_ok=True)
        tag(self._notes)
        with contextlib.suppress(OSError), open(os.path.join(self._notes, ".gitignore"), "x") as stream:
            stream.write("*")
        if plan.tree is not None:
            keep_tree(self._notes, self.sha, plan.tree)

    def publish(self, entry: Entry) -> None:
        """Show the content that came, which is whole and right."""
        path = self.path(entry)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.replace(self.partial(entry), path)
        self._note(entry)

    def finish(self) -> None:
        """A folder has no revisions."""

    def _note(self, entry: Entry) -> None:
        note = self._note_path(entry)
        os.makedirs(os.path.dirname(note), exist_ok=True)
        # The client believes a note that is no older than the file: whatever the clocks here and there say.
        written = max(time.time(), os.stat(self.path(entry)).st_mtime)
        with open(note, "w", encoding="utf-8") as stream:
            stream.write(f"{self.sha}\n{entry.etag}\n{written}\n")

    def _noted(self, entry: Entry) -> tuple[str, str]:
        """Commit and ETag of the file that is there, as noted; empty if there is no note or it was changed since."""
        try:
            with open(self._note_path(entry), encoding="utf-8") as stream:
                commit, etag, written = stream.read().split()
            if os.stat(self.path(entry)).st_mtime - 1 <= float(written):
                return commit, etag
        except (OSError, ValueError):
            pass
        return "", ""


def _short(note: str) -> str:
    """As the client shortens a name (huggingface_hub/_local_folder.py)."""
    return base64.urlsafe_b64encode(hashlib.sha1(os.path.basename(note).encode()).digest()).decode()
