"""The ids that git gives to contents, folders and commits, so that ours are those a git repository would have.

Formats: git's object hashing (``git help hash-object``) and the Git LFS pointer file, version 1.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime


def _object_id(kind: bytes, data: bytes) -> str:
    return hashlib.sha1(b"%s %d\0" % (kind, len(data)) + data, usedforsecurity=False).hexdigest()


def blob_id(data: bytes) -> str:
    """The id of a file's contents."""
    return _object_id(b"blob", data)


def blob_hash(size: int) -> "hashlib._Hash":
    """A hash to feed with ``size`` bytes of contents, whose digest is their id."""
    return hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)


def pointer(sha256: str, size: int) -> bytes:
    """The text that stands in git for a file of the large file storage."""
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n".encode()


def pointer_size(size: int) -> int:
    """The length of the :func:`pointer` of a file of ``size`` bytes."""
    return 125 + len(str(size))


def tree_key(name: str, folder: bool) -> bytes:
    """Where git sorts an entry of a folder."""
    return (name + "/" if folder else name).encode()


def tree_id(entries: Iterable[tuple[str, str, bool]]) -> str:
    """The id of a folder of (name, id, whether a folder)."""
    rows = sorted(entries, key=lambda e: tree_key(e[0], e[2]))
    lines = (
        b"%s %s\0%s" % (b"40000" if folder else b"100644", name.encode(), bytes.fromhex(oid))
        for name, oid, folder in rows
    )
    return _object_id(b"tree", b"".join(lines))


def commit_id(tree: str, parents: Iterable[str], author: str, date: datetime, message: str) -> str:
    """The id of a commit by ``author`` (a user name) at ``date`` (UTC)."""
    who = f"{author} <{author}@localhost> {int(date.timestamp())} +0000"
    lines = [f"tree {tree}", *(f"parent {p}" for p in parents), f"author {who}", f"committer {who}", "", message]
    return _object_id(b"commit", "\n".join(lines).encode("utf-8", "replace"))
