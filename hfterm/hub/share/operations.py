"""A commit as the client sends it: JSON Lines, a header and then one operation a line.

``{"key": "header", "value": {"summary", "description", "parentCommit"?}}``, then ``file`` (``path``, ``content``
in base64), ``lfsFile`` (``path``, ``oid``, ``size``?), ``deletedFile``, ``deletedFolder`` and ``copyFile``.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from hfterm.hub.share.blobs import Blobs
from hfterm.hub.share.gitids import blob_id, pointer
from hfterm.hub.share.model import Commit
from hfterm.hub.share.names import check_path, is_sha256
from hfterm.hub.share.refusal import bad, no_entry
from hfterm.hub.share.tree import Changes, Entry, Folders, find


@dataclass
class Operations:
    """What a commit is to do; fed line by line, so that only one line is in memory."""

    blobs: Blobs
    # The size of a large content that is not among ``blobs``, by its SHA-256; None when nobody has it.
    elsewhere: Callable[[str], int | None] | None = None
    title: str = ""
    message: str = ""
    parent: str | None = None
    count: int = 0
    _steps: list[tuple[str, str, Entry | None]] = field(default_factory=list)
    _found: dict[str, int] = field(default_factory=dict)

    def feed(self, lines: Iterable[bytes]) -> None:
        """Take some lines; small contents are written to the disk at once.

        Raises:
            Refusal: a line is no operation.
        """
        for line in lines:
            self._take(line)

    def _take(self, line: bytes) -> None:
        if not line.strip():
            return
        try:
            row = json.loads(line)
            key, value = row["key"], row["value"]
            if key == "header":
                self.title, self.message = str(value["summary"]), str(value.get("description") or "")
                self.parent = value.get("parentCommit")
                return
            path = str(value["path"])
            # The client names folders with a slash at the end.
            path = check_path(path.removesuffix("/") if key == "deletedFolder" else path)
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            raise bad(f"not a line of a commit: {type(exc).__name__}: {exc}") from exc
        self.count += 1
        if key == "file":
            self._steps.append(("put", path, self._small(value)))
        elif key == "lfsFile":
            self._steps.append(("put", path, self._large(path, value)))
        elif key in ("deletedFile", "deletedEntry", "deletedFolder"):
            self._steps.append((key, path, None))
        else:
            raise bad(f"unknown operation in a commit: {key!r}")

    def _small(self, value: dict[str, Any]) -> Entry:
        content = value.get("content", "")
        try:
            if value.get("encoding", "utf-8") == "base64":
                data = base64.b64decode(content, validate=True)
            else:
                data = content.encode("utf-8")
        except (binascii.Error, ValueError, TypeError, AttributeError) as exc:
            raise bad(f"the content of {value['path']} cannot be decoded: {exc}") from exc
        return Entry(self.blobs.add(data), len(data))

    def _large(self, path: str, value: dict[str, Any]) -> Entry:
        oid = value.get("oid")
        if not isinstance(oid, str) or not is_sha256(oid):
            raise bad(f"{path}: not a SHA-256: {oid!r}")
        if (size := self._found.get(oid)) is None:
            size = self.blobs.size(oid)
            if size is None and self.elsewhere is not None:
                size = self.elsewhere(oid)
            if size is None:
                raise bad(f"{path}: its content was not uploaded (sha256 {oid})")
            self.blobs.touch(oid)
            self._found[oid] = size
        if value.get("size") not in (None, size):
            raise bad(f"{path}: {value['size']} bytes were announced, {size} were uploaded")
        return large_entry(oid, size)

    def changes(self, folders: Folders, head: Commit) -> Changes:
        """The changes to the files of ``head``, in the order that was sent.

        Raises:
            Refusal: a file to delete is not there.
        """
        made: dict[str, Entry | None] = {}
        for key, path, entry in self._steps:
            if key == "put":
                made[path] = entry
                continue
            inside = [p for p in made if p.startswith(path + "/")] if key == "deletedFolder" else []
            there = find(folders, head.tree, path)
            if there is None and path not in made and not inside:
                raise no_entry(path, head.id)
            for p in inside:
                del made[p]
            made[path] = None
        return made


def large_entry(sha256: str, size: int) -> Entry:
    """The entry of a file of the large file storage."""
    return Entry(blob_id(pointer(sha256, size)), size, sha256)
