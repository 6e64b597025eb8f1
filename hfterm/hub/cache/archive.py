"""Import an archive (tar, also compressed) of a Hub cache, in one pass: from a file or from standard input.

An archive is never unpacked: contents, links and references are recognised by their names, and everything else is
left out, so that nothing in it can lead out of the cache.
"""

import contextlib
import lzma
import os
import sys
import tarfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any

from hfterm.errors import HftermError, UsageError
from hfterm.hub.cache import layout
from hfterm.hub.cache.store import Store, Taken
from hfterm.text import sanitize

_LISTING_BYTES = 256 * 2**20


def from_archive(store: Store, source: str, note: Callable[[str], None]) -> Iterator[Taken]:
    """Import an archive; ``-``: the one on standard input.

    Links and references are set when all contents have come: one that breaks off leaves contents that the next
    import finds, and nothing else.

    Raises:
        UsageError: it is no archive, or none of a cache. HftermError: it is damaged or cut off. OSError.
    """
    reader = _Reader(store, note)
    with _opened(source) as stream:
        try:
            with tarfile.open(fileobj=stream, mode="r|*") as archive:
                for member in archive:
                    reader.take(archive, member)
        except (tarfile.ReadError, EOFError, zlib.error, lzma.LZMAError) as exc:
            if not reader.seen:
                raise UsageError(f"{_name(source)} is no archive that can be read ({exc})", _HINT) from exc
            raise HftermError(
                f"{_name(source)} is damaged or cut off ({exc})", "run it again with the whole of it: what came is kept"
            ) from exc
    if not reader.taken:
        raise UsageError(f"{_name(source)} holds no repository of a Hub cache", _HINT)
    yield from reader.finish()


_HINT = "make one with: tar -cf cache.tar -C ~/.cache/huggingface hub"


def _name(source: str) -> str:
    return "standard input" if source == "-" else repr(source)


@contextlib.contextmanager
def _opened(source: str) -> Iterator[IO[bytes]]:
    if source == "-":
        yield sys.stdin.buffer
    else:
        with open(source, "rb") as stream:
            yield stream


class _Reader:
    """Sorts the members of an archive; what names contents is kept until all have come."""

    def __init__(self, store: Store, note: Callable[[str], None]) -> None:
        self.store, self.note = store, note
        self.taken: dict[str, Taken] = {}
        self.seen = False
        # (folder, commit, path) -> content; (folder, reference) -> (commit, when)
        self.links: dict[tuple[str, str, str], str] = {}
        self.refs: dict[tuple[str, str], tuple[str, float]] = {}
        self.listings: dict[tuple[str, str], bytes] = {}
        self.damaged: set[tuple[str, str]] = set()
        # A member's name -> the content that it is, for hard links to it.
        self.known: dict[str, tuple[str, str]] = {}
        # Files that repositories shared, by their hash there: (waiting file, SHA-256); and who wants them.
        self.shared: dict[str, tuple[str, str]] = {}
        self.wanted: list[tuple[str, str, str]] = []

    def take(self, archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        """Look at one member."""
        self.seen = True
        parts = [part for part in member.name.split("/") if part not in ("", ".")]
        at = next((n for n, part in enumerate(parts) if layout.repository(part)), None)
        if at is None:
            if len(parts) >= 3 and parts[-3] == layout.SHARED and layout.HEX64.fullmatch(parts[-1]) and member.isreg():
                self._shared(archive, member, parts[-1])
            return
        folder, rest = parts[at], parts[at + 1 :]
        if len(rest) < 2 or member.isdir():
            return
        taken = self.taken.setdefault(folder, self.store.taken(folder))
        if rest[0] == "blobs" and len(rest) == 2:
            self._blob(archive, member, folder, rest[1], taken)
        elif rest[0] == "snapshots" and len(rest) > 2:
            self._snapshot(archive, member, folder, rest[1], "/".join(rest[2:]), taken)
        elif rest[0] == "refs" and member.isreg() and member.size <= 200:
            name, text = "/".join(rest[1:]), self._bytes(archive, member).decode("ascii", "replace").strip()
            if layout.is_safe(name) and not layout.PHANTOM_REF.fullmatch(name):
                self.refs[folder, name] = text, float(member.mtime)
        elif rest[0] == "trees" and member.isreg() and rest[1].endswith(".json") and member.size <= _LISTING_BYTES:
            self.listings[folder, rest[1].removesuffix(".json")] = self._bytes(archive, member)

    def _bytes(self, archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
        stream = archive.extractfile(member)
        return stream.read() if stream else b""

    def _stream(self, archive: tarfile.TarFile, member: tarfile.TarInfo) -> Any:
        stream = archive.extractfile(member)
        if stream is None:
            raise tarfile.ReadError(f"{member.name!r} has no content")
        return stream

    def _blob(self, archive: tarfile.TarFile, member: tarfile.TarInfo, folder: str, name: str, taken: Taken) -> None:
        if not layout.is_blob(name):
            return
        if member.issym():
            self.wanted.append((folder, name, os.path.basename(member.linkname)))
        elif member.islnk():
            self._again(member, folder, name, taken)
        elif member.isreg():
            self.known[member.name] = folder, name
            if self.store.has(folder, name, member.size):
                taken.there += 1
            elif self.store.dry:
                taken.files, taken.size = taken.files + 1, taken.size + member.size
            else:
                waiting, sha256, git = self.store.add_stream(self._stream(archive, member), member.size)
                found = {"sha256": sha256, "git": git}.get(layout.algorithm(name) or "", name)
                if not self.store.publish(folder, name, waiting, found, taken):
                    self.damaged.add((folder, name))

    def _again(self, member: tarfile.TarInfo, folder: str, name: str, taken: Taken) -> None:
        """A hard link to a content that has come already."""
        first = self.known.get(member.linkname)
        if first is None or self.store.dry:
            return
        path = self.store.blob(*first)
        self.store.add_file(folder, name, path, os.stat(path).st_size, taken)

    def _snapshot(
        self, archive: tarfile.TarFile, member: tarfile.TarInfo, folder: str, sha: str, path: str, taken: Taken
    ) -> None:
        if not layout.is_safe(path) or not layout.is_safe(sha):
            self.note(f"left out: {sanitize(member.name, cell=True)!r} is no name for a file")
            return
        key = folder, sha, path
        if member.issym():
            name = os.path.basename(member.linkname)
            if layout.is_blob(name):
                self.links[key] = name
        elif member.islnk() and member.linkname in self.known:
            self.links[key] = self.known[member.linkname][1]
        elif member.isreg():  # a cache without links
            from hfterm.hub.share.attributes import is_large

            if self.store.dry:
                taken.files, taken.size = taken.files + 1, taken.size + member.size
                return
            waiting, sha256, git = self.store.add_stream(self._stream(archive, member), member.size)
            name = sha256 if is_large(path, member.size) else git
            self.known[member.name], self.links[key] = (folder, name), name
            if self.store.has(folder, name, member.size):
                taken.there += 1
                os.unlink(waiting)
            else:
                self.store.publish(folder, name, waiting, name, taken)

    def _shared(self, archive: tarfile.TarFile, member: tarfile.TarInfo, name: str) -> None:
        if not self.store.dry:
            waiting, sha256, _ = self.store.add_stream(self._stream(archive, member), member.size)
            self.shared[name] = waiting, sha256

    def finish(self) -> Iterator[Taken]:
        """Set links, keep listings, set references; a report a repository."""
        for folder, name, aim in self.wanted:
            waiting, sha256 = self.shared.get(aim, ("", ""))
            taken = self.taken[folder]
            if sha256 == name:
                if not self.store.add_file(folder, name, waiting, os.stat(waiting).st_size, taken):
                    self.damaged.add((folder, name))
            elif not os.path.exists(self.store.blob(folder, name)) and not self.store.dry:
                taken.wrong.append(name)
        for (folder, sha, path), name in self.links.items():
            taken = self.taken[folder]
            there = self.store.dry or os.path.exists(self.store.blob(folder, name))
            if not there or (folder, name) in self.damaged:
                if name not in taken.wrong:
                    taken.wrong.append(name)
                continue
            self.store.link(folder, sha, path, name)
            if sha not in taken.revisions:
                taken.revisions.append(sha)
        for (folder, sha), data in self.listings.items():
            if layout.HEX40.fullmatch(sha):
                self.store.listing(folder, sha, data)
        for (folder, name), (sha, modified) in self.refs.items():
            if sha in self.taken[folder].revisions:
                self.store.ref(folder, name, sha, modified, self.taken[folder])
        yield from self.taken.values()
