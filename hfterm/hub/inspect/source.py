"""The files of a repository, folder or run, and any bytes of each."""

import os
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from hfterm.errors import NotFoundError, UsageError
from hfterm.hub import cached, read, tree
from hfterm.hub.client import Repo, offline
from hfterm.hub.client import repo as repository
from hfterm.hub.inspect import bounded
from hfterm.hub.inspect.window import Window

# More files than this are not looked through for weights.
MOST_FILES = 20_000
MOST_JSON = 32 << 20


class File(NamedTuple):
    """A file: its path in the place, bytes, the hash that names its content, and how to get bytes of it."""

    path: str
    size: int
    etag: str | None
    fetch: Callable[[int, int], bytes]


class Place(NamedTuple):
    """Where files lie. ``kind``: repository, cache, folder or file; ``more``: there are more than were listed."""

    name: str
    kind: str
    files: dict[str, File]
    repo: Repo | None = None
    more: bool = False

    def window(self, path: str) -> Window:
        """The bytes of a file."""
        file = self.files[path]
        return Window(path if self.kind != "file" else self.name, file.size, file.fetch)

    def json(self, path: str) -> dict[str, Any]:
        """A JSON object in a file; empty when the file is not there.

        Raises:
            Damaged: it is no JSON object.
        """
        if path not in self.files:
            return {}
        window = self.window(path)
        if window.size > MOST_JSON:
            raise window.damaged(f"{window.size} bytes are no settings file")
        try:
            value = bounded.loads(window.read(0, window.size))
        except ValueError as exc:
            raise window.damaged(str(exc)) from None
        if not isinstance(value, dict):
            raise window.damaged("it holds no JSON object")
        return value

    def text(self, path: str, most: int) -> str:
        """The beginning of a text; empty when the file is not there."""
        if path not in self.files:
            return ""
        window = self.window(path)
        return window.read(0, min(window.size, most)).decode("utf-8", "replace")


def place(
    text: str, repo_type: str | None = None, revision: str | None = None, note: Callable[[str], None] | None = None
) -> Place:
    """The place that a reference names: Hub id, ``hf://...``, path, or ``run:NAME``.

    ``note`` is told when a name could have meant the Hub's.

    Raises:
        UsageError, NotFoundError, AccessError, NetworkError.
    """
    from hfterm import naming

    if text.startswith(("datasets/", "spaces/", "models/")) and not os.path.lexists(text):
        return _remote(text, repository(text, repo_type, revision))
    ref = naming.parse(text, "any")
    if ref.where == "stdin":
        raise UsageError("'-' names no repository")
    if ref.where == "hub" or (ref.where == "path" and revision and ref.also_hub):
        return _remote(text, repository(text, repo_type, revision))
    if revision:
        raise UsageError(f"--revision does not go with {text!r}", "it is for repositories of the Hub")
    if ref.where == "run":
        from hfterm import runs

        return _local(text, runs.get(ref.name).output(ref.revision))
    path = Path(ref.name)
    if not path.exists():
        raise NotFoundError(f"no such file or folder: {text!r}")
    if ref.also_hub and note:
        note(f"'{text}' is the one here; for the Hub's write hf://{text}")
    return _local(text, path)


def _remote(text: str, repo: Repo) -> Place:
    if offline():
        found = cached.files(repo)
        if not found:
            raise NotFoundError(f"{repo} is not in the cache, and HF_HUB_OFFLINE is set", "unset it to ask the Hub")
        files = {f.path: File(f.path, f.size, f.etag, _from_disk(f.where)) for f in found[:MOST_FILES]}
        return Place(text, "cache", files, repo, len(found) > MOST_FILES)
    rows = tree.ls(repo, recursive=True)
    listed = [row for row in islice(rows, MOST_FILES) if row["type"] == "file"]
    files = {row["path"]: _hub_file(repo, row) for row in listed}
    return Place(text, "repository", files, repo, next(rows, None) is not None)


def _hub_file(repo: Repo, row: Mapping[str, Any]) -> File:
    path, etag = str(row["path"]), row["etag"]
    # A content that is in the cache already need not be got again; its name is its hash.
    blob = cached.folder(repo) / "blobs" / str(etag)
    if isinstance(etag, str) and etag.isalnum() and blob.is_file() and blob.stat().st_size == row["size"]:
        return File(path, row["size"], etag, _from_disk(blob))

    def fetch(start: int, length: int) -> bytes:
        if not length:
            return b""
        return b"".join(read.stream(repo._replace(path=path), (start, start + length - 1)))

    return File(path, int(row["size"]), etag, fetch)


def _from_disk(path: Path) -> Callable[[int, int], bytes]:
    def fetch(start: int, length: int) -> bytes:
        with path.open("rb", buffering=0) as stream:
            stream.seek(start)
            data = bytearray()
            while len(data) < length and (piece := stream.read(length - len(data))):
                data += piece
            return bytes(data)

    return fetch


def _local(text: str, path: Path) -> Place:
    if not path.is_dir():
        if not path.is_file():
            raise UsageError(f"{text!r} is neither a file nor a folder")
        return Place(text, "file", {path.name: File(path.name, path.stat().st_size, None, _from_disk(path))})
    found = dict(islice(_walk(path), MOST_FILES + 1))
    more = len(found) > MOST_FILES
    return Place(text, "folder", found, None, more)


def _walk(base: Path) -> Iterator[tuple[str, File]]:
    for here, folders, names in os.walk(base):
        # Checkpoints of a run are inspected by their own names.
        folders[:] = sorted(f for f in folders if not f.startswith((".", "checkpoint-")))
        for name in sorted(names):
            where = Path(here, name)
            try:
                size = where.stat().st_size if where.is_file() else None
            except OSError:
                continue
            if size is not None:
                path = where.relative_to(base).as_posix()
                yield path, File(path, size, None, _from_disk(where))
