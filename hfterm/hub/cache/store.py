"""Put contents, links and references into the Hub client's cache: whole or not at all, and each checked."""

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from hfterm.hub.cache import digest, erase, layout


@dataclass
class Taken:
    """What an import brought of a repository: new contents and their bytes, those that were there, what is wrong."""

    ref: str
    path: str
    files: int = 0
    size: int = 0
    there: int = 0
    revisions: list[str] = field(default_factory=list)
    refs: dict[str, str] = field(default_factory=dict)
    kept_refs: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def record(self) -> dict[str, Any]:
        """As a record."""
        return {
            "ref": self.ref, "files": self.files, "bytes": self.size, "there": self.there,
            "revisions": self.revisions, "refs": self.refs, "kept_refs": self.kept_refs, "wrong": self.wrong,
            "path": self.path,
        }  # fmt: skip


class Store:
    """A cache that takes contents. ``link``: by hard links where that goes; ``dry``: nothing is written.

    ``overwrite``: references that name another commit here are set; else only those that are older here.
    """

    def __init__(
        self,
        root: str,
        *,
        link: bool = True,
        dry: bool = False,
        overwrite: bool = False,
        advance: Callable[[int], None] = lambda count: None,
    ) -> None:
        self.root, self.link_ok, self.dry, self.overwrite, self.advance = root, link, dry, overwrite, advance
        self.stage = ""
        self._unsynced: list[str] = []
        self._disabled = os.environ.get("HF_HUB_DISABLE_SYMLINKS", "").upper() in ("1", "ON", "YES", "TRUE")

    @contextlib.contextmanager
    def open(self) -> Iterator["Store"]:
        """Have a folder for what is not whole yet, beside the repositories, until the block ends.

        Raises:
            HftermError: the cache cannot be written.
        """
        if self.dry:
            yield self
            return
        try:
            os.makedirs(self.root, exist_ok=True)
            self.stage = tempfile.mkdtemp(prefix=layout.STAGE, dir=self.root)
        except OSError as exc:
            raise erase.problem(exc, self.root) from exc
        try:
            yield self
        finally:
            shutil.rmtree(self.stage, ignore_errors=True)

    def taken(self, folder: str) -> Taken:
        """The beginning of a report on a repository's folder."""
        named = layout.repository(folder)
        assert named is not None
        return Taken(layout.reference(*named), os.path.join(self.root, folder))

    def blob(self, folder: str, name: str) -> str:
        """Where a content is, or would be."""
        return os.path.join(self.root, folder, "blobs", name)

    def has(self, folder: str, name: str, size: int) -> bool:
        """Whether a content of that size is there."""
        try:
            return os.stat(self.blob(folder, name)).st_size == size
        except OSError:
            return False

    # --- contents ---------------------------------------------------------------------------------------------

    def hashed(self, path: str, algorithm: str) -> str:
        """The hash of a source's file.

        Raises:
            OSError.
        """
        return digest.of(path, algorithm, self.advance)

    def add_file(self, folder: str, name: str, path: str, size: int, taken: Taken) -> bool:
        """Take a file as the content ``name``; False when its bytes are not those that the name says.

        Raises:
            OSError.
        """
        if self.has(folder, name, size):
            taken.there += 1
            self.advance(size)
            return True
        if self.dry:
            taken.files, taken.size = taken.files + 1, taken.size + size
            return True
        algorithm, waiting = layout.algorithm(name), self._waiting()
        linked = False
        if self.link_ok:
            with contextlib.suppress(OSError):  # another disk, another owner, a file system without links
                os.link(path, waiting, follow_symlinks=True)
                linked = True
        if linked:
            found = digest.of(waiting, algorithm, self.advance) if algorithm else name
        else:
            with digest.opened(path) as stream:
                got = self._copy(stream, size, algorithm or "sha256", waiting)
            found = got if algorithm else name
        return self.publish(folder, name, waiting, found, taken)

    def add_stream(self, stream: IO[bytes], size: int) -> tuple[str, str, str]:
        """Take a stream's bytes into the stage; returns the waiting file, its SHA-256 and git's id.

        Raises:
            OSError.
        """
        waiting = self._waiting()
        git = digest.new("git", size)
        sha256 = self._copy(stream, size, "sha256", waiting, git)
        return waiting, sha256, git.hexdigest()

    def publish(self, folder: str, name: str, waiting: str, found: str, taken: Taken) -> bool:
        """Give a waiting file its name if it has the right hash; False, and it is gone, when it has not."""
        if found != name:
            os.unlink(waiting)
            taken.wrong.append(name)
            return False
        size = os.stat(waiting).st_size
        target = self.blob(folder, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.replace(waiting, target)
        self._unsynced.append(target)
        taken.files, taken.size = taken.files + 1, taken.size + size
        return True

    def sync(self) -> None:
        """Have all new contents on the disk itself, before anything names them.

        One after the other when all are written: the first takes the others along, where each on its own would wait.
        """
        while self._unsynced:
            with contextlib.suppress(OSError):
                fd = os.open(self._unsynced.pop(), os.O_RDONLY)
                try:
                    os.fsync(fd)
                finally:
                    os.close(fd)

    def _waiting(self) -> str:
        return os.path.join(self.stage, secrets.token_hex(8))

    def _copy(self, stream: IO[bytes], size: int, algorithm: str, to: str, also: Any = None) -> str:
        hashed = digest.new(algorithm, size)
        fd = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        with open(fd, "wb", buffering=0) as target:
            while piece := stream.read(digest.PIECE):
                hashed.update(piece)
                if also is not None:
                    also.update(piece)
                view = memoryview(piece)
                while view:
                    view = view[target.write(view) :]
                self.advance(len(piece))
        return hashed.hexdigest()

    # --- what names them ----------------------------------------------------------------------------------------

    def link(self, folder: str, sha: str, path: str, name: str) -> None:
        """Let a path of a commit lead to a content; on disks without links a hard link, else a copy.

        Raises:
            OSError.
        """
        place = os.path.join(self.root, folder, "snapshots", sha, *path.split("/"))
        blob = self.blob(folder, name)
        with contextlib.suppress(OSError):
            if os.path.samefile(place, blob):
                return
        if self.dry:
            return
        os.makedirs(os.path.dirname(place), exist_ok=True)
        waiting = self._waiting()
        try:
            if self._disabled:
                raise OSError("links are switched off")
            os.symlink(os.path.relpath(blob, os.path.dirname(place)), waiting)
        except OSError:
            try:
                os.link(blob, waiting)
            except OSError:
                shutil.copyfile(blob, waiting)
        os.replace(waiting, place)

    def listing(self, folder: str, sha: str, data: bytes) -> None:
        """Keep a commit's listing, if none is kept."""
        place = os.path.join(self.root, folder, "trees", f"{sha}.json")
        if not self.dry and not os.path.exists(place):
            self._write(place, data)

    def ref(self, folder: str, name: str, sha: str, modified: float, taken: Taken) -> None:
        """Let a reference name a commit; one that names another and is newer here stays."""
        place = os.path.join(self.root, folder, "refs", *name.split("/"))
        try:
            with open(place, encoding="utf-8") as stream:
                known = stream.read(200).strip()
            newer = os.stat(place).st_mtime > modified
        except (OSError, ValueError):
            known, newer = "", False
        if known == sha:
            return
        if known and newer and not self.overwrite:
            taken.kept_refs.append(name)
            return
        taken.refs[name] = sha
        if not self.dry:
            self.sync()
            self._write(place, sha.encode())

    def _write(self, place: str, data: bytes) -> None:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        waiting = self._waiting()
        with open(waiting, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(waiting, place)
