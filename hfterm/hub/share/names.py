"""Names that clients send: repository ids, revisions and paths, checked before anything is done with them."""

import re

from hfterm.hub.share.refusal import bad

KINDS = ("model", "dataset", "space")
# The Hub's own rule: letters, digits, "-", "_", "."; no "--" nor ".."; no leading or trailing dash or dot.
_PART = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?")
_SHA = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
# What git forbids in a reference's name (git-check-ref-format).
_BAD_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^[-/.]|/\.|[/.]$|\.lock(/|$)")
MAX_PATH = 4096


def is_sha(text: str) -> bool:
    """Whether a text is a full commit or blob id."""
    return _SHA.fullmatch(text) is not None


def is_sha256(text: str) -> bool:
    """Whether a text is a SHA-256 in lower-case hexadecimal."""
    return _SHA256.fullmatch(text) is not None


def number(text: str) -> int | None:
    """A whole number in plain digits; None when it is none, or longer than any that makes sense."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def is_repo_id(text: str) -> bool:
    """Whether a text is ``name`` or ``owner/name`` by the Hub's rules."""
    parts = text.split("/")
    if len(parts) > 2 or len(text) > 192:
        return False
    return all(_PART.fullmatch(p) and "--" not in p and ".." not in p for p in parts) and not text.endswith(".git")


def check_repo_id(text: str) -> str:
    """A repository id as it is.

    Raises:
        Refusal: it is none.
    """
    if not is_repo_id(text):
        raise bad(f"not a repository id: {text[:200]!r}")
    return text


def check_ref(name: str) -> str:
    """A new branch's or tag's name as it is.

    Raises:
        Refusal: git allows no such name, or it looks like a commit.
    """
    if not name or len(name) > 250 or _BAD_REF.search(name) or _SHA.fullmatch(name) or not _encodable(name):
        raise bad(f"not a name for a branch or tag: {name[:200]!r}")
    return name


def check_path(path: str) -> str:
    """A file's path in a repository as it is.

    Raises:
        Refusal: it is empty, absolute, leads out of the repository or into ``.git``, or is too long.
    """
    parts = path.split("/")
    wrong = any(p in ("", ".", "..") or p.lower() == ".git" for p in parts)
    if wrong or "\0" in path or len(path) > MAX_PATH or not _encodable(path):
        raise bad(f"not a path in a repository: {path[:200]!r}")
    return path


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def folder_name(kind: str, repo_id: str) -> str:
    """The folder of a repository, as the client's cache names it: ``models--owner--name``."""
    return "--".join((f"{kind}s", *repo_id.split("/")))


def from_folder_name(name: str) -> tuple[str, str] | None:
    """The kind and id that a folder's name stands for; None when it is no repository's."""
    plural, _, rest = name.partition("--")
    repo_id = rest.replace("--", "/")
    kind = plural.removesuffix("s")
    return (kind, repo_id) if plural.endswith("s") and kind in KINDS and is_repo_id(repo_id) else None


def url_prefix(kind: str) -> str:
    """What stands before an id in a page's address: nothing for a model."""
    return "" if kind == "model" else f"{kind}s/"
