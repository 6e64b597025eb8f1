"""References: the one way a user names a model, data set, tokenizer or adapter.

======================================  =====================================================
``name``, ``org/name``, ``...@rev``     a repository of the Hub, at a branch, tag or commit
``hf://[datasets/]org/name[@rev][/p]``  the same, or a file or folder in it
a path                                  anything that exists, or begins with ``.`` ``/`` ``~``
``run:NAME[@STEP|@best|@last]``         the output, or a checkpoint, of a training run
``-``                                   references on standard input, one a line
======================================  =====================================================

A name that is both a folder here and a Hub id means the folder; a note says so.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import unquote

from hfterm.errors import NotFoundError, UsageError

Kind = Literal["model", "tokenizer", "adapter", "dataset", "any"]

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?"
_REPO_ID = re.compile(rf"(?:{_NAME}/)?{_NAME}")
# What git takes for no branch or tag: https://git-scm.com/docs/git-check-ref-format
_NO_REVISION = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|\.lock(?:/|$)|(?:^|/)\.|^[-/]|[./]$|^@$|^$")
_HF_TYPES = {"datasets": "dataset", "spaces": "space", "models": "model"}


class Ref(NamedTuple):
    """A parsed reference.

    ``where`` is ``path``, ``hub``, ``run`` or ``stdin``; ``name`` the path, repository id or run name;
    ``revision`` the Hub revision or the run's selector (a step, ``best``, ``last``); ``path`` a path
    inside the repository; ``repo_type`` ``model``, ``dataset`` or ``space``.
    """

    text: str
    where: Literal["path", "hub", "run", "stdin"]
    name: str
    revision: str | None = None
    path: str = ""
    repo_type: str = "model"
    also_hub: bool = False


def parse(text: str, kind: Kind = "model") -> Ref:
    """Parse one reference; looks at the file system to tell a path from a Hub id, and nowhere else.

    Raises:
        UsageError: it is no reference. NotFoundError: it can only be a path, and there is none.
    """
    repo_type = "dataset" if kind == "dataset" else "model"
    if text == "-":
        return Ref(text, "stdin", "-")
    if not text or "\0" in text or "\n" in text:
        raise UsageError("an empty reference" if not text.strip() else f"not a reference: {text!r}")
    if text.startswith("run:"):
        name, at, selector = text[4:].partition("@")
        if not name or (at and not selector):
            raise UsageError(f"not a run: {text!r}", "write run:NAME, run:NAME@STEP, run:NAME@best or run:NAME@last")
        return Ref(text, "run", name, selector or None)
    if text.startswith("hf://"):
        return _parse_hf(text, repo_type)
    repo_id, _, revision = text.partition("@")
    looks_like_id = bool(_REPO_ID.fullmatch(repo_id)) and "--" not in repo_id and ".." not in repo_id
    like_a_file = Path(repo_id).suffix.lower() in _FILE_SUFFIXES and "@" not in text
    if text[0] in "./~" or _exists(text):
        also_hub = looks_like_id and not like_a_file and text[0] not in "./~"
        return Ref(text, "path", os.path.expanduser(text), also_hub=also_hub)
    if not looks_like_id or like_a_file:
        raise NotFoundError(f"no such file or folder, and not a Hub id: {text!r}")
    return Ref(text, "hub", repo_id, _revision(revision), repo_type=repo_type)


# A missing file must not be looked for on the Hub.
_FILE_SUFFIXES = {
    *(".jsonl", ".json", ".csv", ".tsv", ".txt", ".parquet", ".arrow"),
    *(".gz", ".zst", ".gguf", ".safetensors", ".onnx", ".tar", ".tgz"),
    *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff"),
    *(".wav", ".mp3", ".flac", ".ogg", ".opus"),
}


def _exists(text: str) -> bool:
    try:
        return os.path.lexists(text)
    except (OSError, ValueError):
        return False


def _parse_hf(text: str, repo_type: str) -> Ref:
    parts = text[5:].split("/")
    if parts[0] in _HF_TYPES:
        repo_type = _HF_TYPES[parts.pop(0)]
    # org/name[@rev]/path, or name[@rev] alone for the few repositories without an owner.
    take = 1 if "@" in parts[0] or len(parts) == 1 else 2
    repo_id, _, revision = "/".join(parts[:take]).partition("@")
    rest = parts[take:]
    if revision == "refs" and len(rest) >= 2 and rest[0] in ("pr", "convert"):  # refs/pr/7 is one revision
        revision, rest = "/".join(["refs", *rest[:2]]), rest[2:]
    path = unquote("/".join(rest)).strip("/")
    if not _REPO_ID.fullmatch(repo_id) or ".." in path.split("/"):
        raise UsageError(f"not a Hub reference: {text!r}", "write hf://org/name, hf://datasets/org/name@revision/file")
    return Ref(text, "hub", repo_id, _revision(unquote(revision)), path, repo_type)


def is_revision(text: str) -> bool:
    """Whether it can be a branch, tag or commit: what git takes, so never a way out of a folder."""
    return not _NO_REVISION.search(text)


def check_revision(text: str) -> str:
    """A branch, tag or commit, as it is.

    Raises:
        UsageError: it can be none.
    """
    if not is_revision(text):
        raise UsageError(f"not a revision: {text!r}", "name a branch, a tag or a commit")
    return text


def _revision(text: str) -> str | None:
    return check_revision(text) if text else None


def expand(texts: Iterable[str]) -> Iterator[str]:
    """The references themselves; each ``-`` stands for those on standard input, one a line.

    Raises:
        UsageError: standard input held none.
    """
    for text in texts:
        if text != "-":
            yield text
            continue
        found = False
        for line in sys.stdin:
            if line.strip():
                found = True
                yield line.strip()
        if not found:
            raise UsageError("standard input held no reference", "pipe in one a line")
