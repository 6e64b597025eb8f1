"""Large files as Xet keeps them: chunks in xorbs, each chunk once, and for each file the list of its parts.

==============================  =========================================================
``xet/xorbs/ab/abcdef...``      chunks as they were sent
``xet/files/ab/abcdef....json`` a file by its Xet hash: ``size``, ``sha256``, ``terms``
``xet/sha256/ab/abcdef...``     the Xet hash and size of the file with that SHA-256
==============================  =========================================================

A file exists once its ``sha256`` entry does; that is written last, after its content was read back and hashed.
"""

import contextlib
import hashlib
import json
import os
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from hfterm.files import write_text
from hfterm.hub.share.names import is_sha256
from hfterm.hub.share.refusal import Refusal, bad
from hfterm.hub.share.xet_format import BadFormat, Chunks, ShardFile, Term, read_chunks

REMEMBERED_FILES = 200_000
REMEMBERED_XORBS = 512
# A xorb holds at most 64 MiB of chunks; packing can add a little.
XORB_BYTES = 80 * 2**20
SHARD_BYTES = 256 * 2**20

# The mode of a xorb that was read back for a file: nothing sent later takes its place.
VERIFIED = 0o444

# Reads a file's content by its parts: (Xet hash, size, first byte, end) -> pieces.
Reader = Callable[[str, int, int, int], Iterator[bytes]]


def has_file(folder: Path, sha256: str) -> bool:
    """Whether the Xet part of the store in ``folder`` has the file with that SHA-256; needs no library."""
    return (folder / "xet" / "sha256" / sha256[:2] / sha256).is_file()


class Known(NamedTuple):
    """A large file by its SHA-256."""

    hash: str
    size: int


class XetStore:
    """The Xet part of a store; any thread may call.

    Args:
        folder: the store's folder.
        identity: changes when chunks that clients remember may be gone.
        alone: no other process adds to it.
    """

    def __init__(self, folder: Path, identity: str, *, alone: bool = False) -> None:
        self.folder, self.identity, self._alone = folder / "xet", identity, alone
        self._incoming = folder / "incoming"
        self._lock = threading.Lock()
        # Also what is not here, when nobody else can add it.
        self._known: OrderedDict[str, Known | None] = OrderedDict()
        self._chunks: OrderedDict[str, Chunks] = OrderedDict()
        # Files being verified: not listed, but they can be read.
        self._pending: dict[str, ShardFile] = {}
        self.reader: Reader | None = None

    def _place(self, kind: str, name: str, suffix: str = "") -> Path:
        return self.folder / kind / name[:2] / f"{name}{suffix}"

    # --- files ------------------------------------------------------------------------------

    def find(self, sha256: str) -> Known | None:
        """The file with that SHA-256."""
        with self._lock:
            if sha256 in self._known:
                self._known.move_to_end(sha256)
                return self._known[sha256]
        known = None
        with contextlib.suppress(FileNotFoundError, ValueError):
            name, size = self._place("sha256", sha256).read_text("ascii").split()
            known = Known(name, int(size))
        if known is not None or self._alone:
            with self._lock:
                self._known[sha256] = known
                if len(self._known) > REMEMBERED_FILES:
                    self._known.popitem(last=False)
        return known

    def hash_of(self, sha256: str) -> str | None:
        """The Xet hash of the file with that SHA-256."""
        known = self.find(sha256)
        return known.hash if known else None

    def size_of(self, sha256: str) -> int | None:
        """The size of the file with that SHA-256."""
        known = self.find(sha256)
        return known.size if known else None

    def file(self, name: str) -> ShardFile:
        """A file by its Xet hash.

        Raises:
            Refusal: 404, there is none.
        """
        if not is_sha256(name):  # never a path
            raise Refusal(404, "not a Xet hash")
        if (pending := self._pending.get(name)) is not None:
            return pending
        try:
            row = json.loads(self._place("files", name, ".json").read_bytes())
            return ShardFile(name, row["sha256"], tuple(Term(*term) for term in row["terms"]))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            raise Refusal(404, f"no such file: {name}") from None

    def register(self, file: ShardFile) -> bool:
        """Take a file in, once its content is what it is said to be; False when it was there already.

        Raises:
            Refusal: a part is missing, or the content is another.
        """
        if not file.terms and file.size == 0:
            return False
        if file.sha256 and (known := self.find(file.sha256)) and known.hash == file.hash:
            return False
        for term in file.terms:
            chunks = self.chunks(term.xorb)
            if not 0 <= term.start < term.end <= len(chunks):
                raise bad(f"file {file.hash}: chunks {term.start} to {term.end} are not in xorb {term.xorb}")
            if chunks.unpacked[term.end] - chunks.unpacked[term.start] != term.unpacked:
                raise bad(f"file {file.hash}: its parts have other sizes than the xorb {term.xorb}")
        assert self.reader is not None
        self._pending[file.hash] = file
        try:
            digest, size = hashlib.sha256(), 0
            for piece in self.reader(file.hash, file.size, 0, file.size):
                digest.update(piece)
                size += len(piece)
        finally:
            self._pending.pop(file.hash, None)
        found = digest.hexdigest()
        if size != file.size or file.sha256 not in (None, found):
            raise bad(f"file {file.hash}: its content has the sha256 {found}, not {file.sha256}")
        row = {"size": size, "sha256": found, "terms": file.terms}
        write_text(self._place("files", file.hash, ".json"), json.dumps(row, separators=(",", ":")) + "\n")
        for xorb in {term.xorb for term in file.terms}:
            self._place("xorbs", xorb).chmod(VERIFIED)
        write_text(self._place("sha256", found), f"{file.hash} {size}\n")
        with self._lock:
            self._known[found] = Known(file.hash, size)
        return True

    # --- xorbs ------------------------------------------------------------------------------

    def xorb_path(self, name: str) -> Path:
        """The file of a xorb.

        Raises:
            Refusal: the name is none.
        """
        if not is_sha256(name):
            raise bad("not a xorb's name")
        return self._place("xorbs", name)

    def chunks(self, name: str) -> Chunks:
        """Where a xorb's chunks lie.

        Raises:
            Refusal: there is no such xorb.
        """
        with self._lock:
            if (known := self._chunks.get(name)) is not None:
                self._chunks.move_to_end(name)
                return known
        try:
            with self.xorb_path(name).open("rb") as stream:
                chunks = read_chunks(stream)
        except FileNotFoundError:
            raise bad(f"no such xorb: {name}; upload it again") from None
        with self._lock:
            self._chunks[name] = chunks
            if len(self._chunks) > REMEMBERED_XORBS:
                self._chunks.popitem(last=False)
        return chunks

    def receive(self, name: str) -> "IncomingXorb":
        """A place for a xorb that is being sent."""
        return IncomingXorb(self, self.xorb_path(name), self._incoming)


class IncomingXorb:
    """A xorb that is being received: a file that vanishes at the block's end unless it was kept."""

    def __init__(self, store: XetStore, target: Path, incoming: Path) -> None:
        self._store, self._target, self._path = store, target, incoming / uuid.uuid4().hex
        self.size = 0

    def __enter__(self) -> "IncomingXorb":
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._stream = self._path.open("x+b")
        return self

    def __exit__(self, *exc: object) -> None:
        self._stream.close()
        self._path.unlink(missing_ok=True)

    def write(self, data: bytes) -> None:
        """Add bytes.

        Raises:
            Refusal: it is longer than any xorb.
        """
        self._stream.write(data)
        self.size += len(data)
        if self.size > XORB_BYTES:
            raise Refusal(413, f"a xorb has at most {XORB_BYTES} bytes")

    def keep(self) -> bool:
        """Put it in its place; False when one was there already.

        Raises:
            Refusal: it is no xorb.
        """
        self._stream.flush()
        try:
            read_chunks(self._stream)
        except BadFormat as exc:
            raise bad(f"not a xorb: {exc}") from exc
        os.fsync(self._stream.fileno())
        with contextlib.suppress(FileNotFoundError):
            if self._target.stat().st_mode & 0o777 == VERIFIED:
                return False
        existed = self._target.exists()
        self._target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(KeyError), self._store._lock:
            self._store._chunks.pop(self._target.name, None)
        self._path.replace(self._target)
        return not existed
