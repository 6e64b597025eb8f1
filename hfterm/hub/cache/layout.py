"""Where the caches lie, and how the Hub client's cache names what it holds.

Layout: ``models--org--name/{refs/REV, snapshots/SHA/path -> ../../blobs/ETAG, blobs/ETAG, trees/SHA.json}``, locks
in ``.locks/models--org--name/ETAG.lock``, Xet files that several repositories share in ``blobs/HH/HASH``
(https://huggingface.co/docs/huggingface_hub/guides/manage-cache; ``huggingface_hub/utils/_shared_blobs.py``).
"""

import os
import re

from hfterm.paths import hf_home_name, hub_cache_name

# The names of folders -> kinds of repositories.
FOLDERS = {"models": "model", "datasets": "dataset", "spaces": "space", "kernels": "kernel"}
CACHES = ("hub", "prepared", "xet", "assets")
LOCKS = ".locks"
PARTIAL = ".incomplete"
# What a killed client leaves beside a reference that it was writing.
PHANTOM_REF = re.compile(r".*\.[0-9a-f]{8}\.tmp")
# What a killed "hub get" leaves among the locks: a reference that it was writing, by its process's number.
HALF_REF = re.compile(r"ref-([0-9]{1,10})\.tmp")
# What systems put into folders on their own.
NOISE = frozenset((".DS_Store", "Thumbs.db", "desktop.ini"))
# An import's files until they are whole.
STAGE = ".hfterm-import-"
SHARED = "blobs"
SHARED_MARKER = ".huggingface-shared-blobs"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ETAG = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,200}")
HEX40 = re.compile(r"[0-9a-f]{40}")
HEX64 = re.compile(r"[0-9a-f]{64}")


def _variable(*names: str) -> str | None:
    for name in names:
        if given := os.environ.get(name):
            return os.path.expanduser(os.path.expandvars(given))
    return None


def root(cache: str) -> str:
    """The folder of a cache, as its library reads the environment; it need not exist.

    ``hub`` (``HF_HUB_CACHE``), ``prepared`` (``HF_DATASETS_CACHE``: data sets as Arrow files), ``xet``
    (``HF_XET_CACHE``) or ``assets`` (``HF_ASSETS_CACHE``).
    """
    if cache == "hub":
        return hub_cache_name()
    if cache == "prepared":
        return _variable("HF_DATASETS_CACHE") or os.path.join(hf_home_name(), "datasets")
    if cache == "xet":
        return _variable("HF_XET_CACHE") or os.path.join(hf_home_name(), "xet")
    given = _variable("HF_ASSETS_CACHE", "HUGGINGFACE_ASSETS_CACHE")
    return given or os.path.join(hf_home_name(), "assets")


def folder_name(kind: str, repo_id: str) -> str:
    """The name of a repository's folder."""
    return "--".join((f"{kind}s", *repo_id.split("/")))


def repository(name: str) -> tuple[str, str] | None:
    """The kind and the id that a folder's name stands for; None when it is no repository's."""
    plural, dashes, rest = name.partition("--")
    if not dashes or not rest or plural not in FOLDERS:
        return None
    return FOLDERS[plural], rest.replace("--", "/")


def reference(kind: str, repo_id: str) -> str:
    """How a user names a repository: ``org/name``, ``datasets/org/name``, ``spaces/org/name``."""
    return repo_id if kind == "model" else f"{kind}s/{repo_id}"


def algorithm(name: str) -> str | None:
    """The hash that names a blob: ``sha256`` (large files) or ``git`` (git's SHA-1 of a file); None when it is none."""
    if HEX64.fullmatch(name):
        return "sha256"
    return "git" if HEX40.fullmatch(name) else None


def is_safe(path: str) -> bool:
    """Whether a path in a repository may become one here: below its folder, without control characters."""
    parts = path.split("/")
    return all(part not in ("", ".", "..") for part in parts) and not _CONTROL.search(path) and len(path) < 4096


def is_blob(name: str) -> bool:
    """Whether a name may be a content's: a hash, or an ETag that is a plain word."""
    return _ETAG.fullmatch(name) is not None and not name.endswith(PARTIAL)
