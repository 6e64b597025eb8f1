"""How much each cache takes, and how much of it can go."""

from collections.abc import Iterator
from typing import Any

from hfterm.hub.cache import layout, others, prune, rows, scan, shared


def usage(older: float = prune.DAY) -> Iterator[dict[str, Any]]:
    """A record a cache: what it holds, its bytes (each content once), those in part, those that a prune would free.

    Raises:
        OSError: a cache is there and cannot be read.
    """
    for cache in layout.CACHES:
        there = list(rows.entries((cache,)))
        sums = _sums(there, older)
        if cache == "hub":  # what repositories shared, and none has any more
            lost = shared.unused(layout.root(cache))
            sums["size"] += sum(lost.values())
            sums["files"] += len(lost)
            sums["reclaimable"] += sum(lost.values())
        yield {"cache": cache, "path": layout.root(cache), "entries": len(there)} | sums


def each(older: float = prune.DAY) -> Iterator[dict[str, Any]]:
    """The same, a record a repository or folder, the largest first."""
    there = [entry for cache in layout.CACHES for entry in rows.entries((cache,))]
    found: list[dict[str, Any]] = [
        {"ref": e.ref, "cache": rows.cache_of(e), "path": e.path} | _sums([e], older) for e in there
    ]
    yield from sorted(found, key=lambda row: -row["size"])


def _sums(there: list[rows.Entry], older: float) -> dict[str, int]:
    repos = [entry for entry in there if isinstance(entry, scan.CachedRepo)]
    folders = [entry for entry in there if isinstance(entry, others.Folder)]
    blobs = [blob for repo in repos for blob in repo.everything()]
    pieces = prune.plan(there, older=older, xet=True, store=False)
    return {
        "size": scan.total(blobs) + sum(folder.size for folder in folders),
        "files": len({blob.inode for blob in blobs}) + sum(folder.files for folder in folders),
        "incomplete": sum(b.size for r in repos for b in r.partials) + sum(f.incomplete for f in folders),
        "reclaimable": sum(piece.size for piece in pieces),
    }
