"""How each file of an upload is to travel: in the commit itself, or before it as a large file; or not at all."""

import base64
import binascii
from typing import Any

from hfterm.hub.share.attributes import LARGE_BYTES
from hfterm.hub.share.model import Commit, Repo
from hfterm.hub.share.names import check_path
from hfterm.hub.share.patterns import Ignore, Large
from hfterm.hub.share.refusal import Refusal, bad
from hfterm.hub.share.tree import find

MOST_FILES = 1000


def plan(repo: Repo, commit: Commit, request: Any) -> dict[str, Any]:
    """The answer to a ``preupload`` request: ``{"files": [{path, uploadMode, shouldIgnore, oid}]}``.

    ``oid`` is git's id or the SHA-256 of what is there already, so that the client can skip equal files.

    Raises:
        Refusal: the request is no such.
    """
    files = request.get("files") if isinstance(request, dict) else None
    if not isinstance(files, list) or len(files) > MOST_FILES:
        raise bad(f"'files' must be a list of at most {MOST_FILES}")
    given = request.get("gitIgnore")
    ignore = Ignore(given if isinstance(given, str) else text_of(repo, commit, ".gitignore"))
    large = Large(text_of(repo, commit, ".gitattributes"))
    return {"files": [_one(repo, commit, file, ignore, large) for file in files]}


def _one(repo: Repo, commit: Commit, file: Any, ignore: Ignore, large: Large) -> dict[str, Any]:
    try:
        path, size = check_path(str(file["path"])), int(file["size"])
        sample = base64.b64decode(file.get("sample") or "")
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as exc:
        raise bad(f"not a file to upload: {type(exc).__name__}: {exc}") from exc
    entry = find(repo.folders, commit.tree, path)
    by_lfs = size > 0 and (size >= LARGE_BYTES or large(path) or not is_text(sample, cut=len(sample) < size))
    return {
        "path": path,
        "uploadMode": "lfs" if by_lfs else "regular",
        "shouldIgnore": ignore(path),
        "oid": None if entry is None or entry.folder else entry.sha256 or entry.oid,
    }


def is_text(sample: bytes, *, cut: bool = False) -> bool:
    """Whether the beginning of a file looks like text; ``cut``: it may end within a character."""
    if b"\0" in sample:
        return False
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as exc:
        return cut and exc.reason == "unexpected end of data"
    return True


def text_of(repo: Repo, commit: Commit, path: str, most: int = 2**20) -> str:
    """A small text file of a commit; empty when there is none."""
    entry = find(repo.folders, commit.tree, path)
    if entry is None or entry.folder or entry.size > most:
        return ""
    try:
        content = repo.content(commit, path, entry)
        return content.path.read_bytes().decode("utf-8", "replace") if content is not None else ""
    except (OSError, Refusal):
        return ""
