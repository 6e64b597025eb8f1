"""The files that several repositories of a cache share (``blobs/HH/XET_HASH``, with a list of who links to each).

The list is read, and a file deleted, by the client's own functions: only they know its locks.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hfterm.hub.cache import layout


def is_there(root: str) -> bool:
    """Whether a cache has such a store."""
    return os.path.exists(os.path.join(root, layout.SHARED, layout.SHARED_MARKER))


def _client() -> Any:
    from huggingface_hub.utils import _shared_blobs

    return _shared_blobs


def inside(root: str, path: str) -> bool:
    """Whether a file lies in the store."""
    below = os.path.join(layout.SHARED, "")
    return path.startswith((os.path.join(root, below), os.path.join(os.path.realpath(root), below)))


def unused(root: str) -> dict[str, int]:
    """The files of the store that no repository links to, with their bytes."""
    if not is_there(root):
        return {}
    return {str(path): size for path, size in _client().unreferenced_shared_blobs(root).items()}


def frees(root: str, target: str, links: Iterable[str]) -> int:
    """The bytes that deleting these links to a file of the store would free."""
    aims = {Path(link) for link in links}
    return int(_client().expected_shared_blob_freed_size(Path(target), blob_paths_to_delete=aims, cache_dir=root))


def sweep(root: str, targets: Iterable[str]) -> int:
    """Delete those files of the store that no repository links to any more; the bytes that this freed."""
    listed = list(targets)
    return sum(int(_client().sweep_shared_blob(Path(t), cache_dir=root)) for t in listed) if listed else 0
