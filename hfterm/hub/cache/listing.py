"""The listings of commits that the client keeps: ``trees/SHA.json`` (``huggingface_hub/_tree_cache.py``)."""

import json
import os
from typing import Any

FORMAT = 1


def read(folder: str | os.PathLike[str], sha: str) -> dict[str, dict[str, Any]] | None:
    """The kept listing of a commit in a repository's folder; None when there is none that makes sense.

    Path -> ``size`` and ``blob_id``; of large files ``lfs_sha256`` and ``lfs_size``, of Xet's ``xet_hash``.
    """
    try:
        with open(os.path.join(folder, "trees", f"{sha}.json"), encoding="utf-8") as stream:
            kept = json.load(stream)
        listed = kept["files"] if kept["format_version"] == FORMAT else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return listed if isinstance(listed, dict) else None
