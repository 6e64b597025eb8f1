"""What is in the caches, as records."""

import os
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from hfterm.hub.cache import layout, others, scan

Entry = scan.CachedRepo | others.Folder
SORTS = ("name", "size", "used", "modified", "files", "incomplete")


def moment(seconds: float) -> str | None:
    """Unix seconds as ISO 8601 UTC; None for 0 or a time that no calendar has."""
    if not seconds:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return None


def cache_of(entry: Entry) -> str:
    """The name of the cache that something is in."""
    return entry.cache if isinstance(entry, others.Folder) else "hub"


def entries(caches: Iterable[str] = layout.CACHES) -> Iterator[Entry]:
    """What is in the caches, in their order; a cache that does not exist holds nothing."""
    for cache in caches:
        yield from scan.scan() if cache == "hub" else others.scan(cache)


def record(entry: Entry) -> dict[str, Any]:
    """An entry as a record: sizes in bytes, times ISO 8601."""
    if isinstance(entry, others.Folder):
        return {
            "ref": entry.ref, "id": entry.name, "type": entry.cache, "cache": entry.cache, "size": entry.size,
            "files": entry.files, "used": moment(entry.used), "modified": moment(entry.modified), "refs": [],
            "revisions": 0, "detached": 0, "incomplete": entry.incomplete, "path": entry.path,
        }  # fmt: skip
    kept = entry.contents().values()
    return {
        "ref": entry.ref, "id": entry.id, "type": entry.kind, "cache": "hub", "size": scan.total(kept),
        "files": len(kept), "used": moment(entry.used), "modified": moment(entry.modified),
        "refs": sorted(entry.refs), "revisions": len(entry.revisions), "detached": len(entry.detached()),
        "incomplete": sum(blob.size for blob in entry.partials), "path": entry.path,
    }  # fmt: skip


def revisions(repo: scan.CachedRepo) -> Iterator[dict[str, Any]]:
    """The revisions of a repository as records, the newest first."""
    for revision in sorted(repo.revisions.values(), key=lambda r: (-r.modified, r.sha)):
        used = max((b.used for b in revision.files.values() if b is not None), default=revision.changed)
        yield {
            "ref": f"{repo.ref}@{revision.sha}", "id": repo.id, "type": repo.kind, "cache": "hub",
            "revision": revision.sha, "refs": revision.refs, "size": revision.size,
            "files": sum(blob is not None for blob in revision.files.values()),
            "used": moment(used), "modified": moment(revision.modified), "path": revision.path,
        }  # fmt: skip


def ordered(rows: list[dict[str, Any]], by: str = "name", reverse: bool = False) -> list[dict[str, Any]]:
    """Records sorted: by name, else the largest or latest first; ``reverse`` turns it round."""
    if by == "name":
        return sorted(rows, key=lambda row: row["ref"].lower(), reverse=reverse)
    return sorted(rows, key=lambda row: row.get(by) or ("" if by in ("used", "modified") else 0), reverse=not reverse)


def ago(when: str | None) -> str:
    """A time for reading: ``now``, ``5 min ago``, ``3 days ago``; a dash for None."""
    if not when:
        return "-"
    seconds = time.time() - datetime.fromisoformat(when).timestamp()
    if seconds < -60:
        return "in the future"
    for unit, size in (("year", 31_557_600), ("month", 2_629_800), ("day", 86_400), ("hour", 3600), ("min", 60)):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count > 1 and unit != 'min' else ''} ago"
    return "now"


def keeps_reads(path: str) -> bool:
    """Whether the disk of a folder notes when files are read (it is not mounted ``noatime``)."""
    try:
        return not os.statvfs(path).f_flag & getattr(os, "ST_NOATIME", 0)
    except (OSError, AttributeError):
        return True
