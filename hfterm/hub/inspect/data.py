"""The tables of a data set: rows, columns and bytes from Parquet footers; of other formats the files and bytes."""

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from hfterm.hub.inspect import facts, parquet
from hfterm.hub.inspect.source import Place

# Footers that are read unless all are asked for, and how many at once.
MOST_FOOTERS = 100
AT_ONCE = 8
_SUFFIXES = {"parquet", "jsonl", "ndjson", "json", "csv", "tsv", "arrow", "txt", "zst", "gz", "zip", "tar"}
_TABLES = {"parquet", "jsonl", "ndjson", "csv", "tsv", "arrow"}
_PART = re.compile(r"(?:[-_.]?\d+-of-\d+.*|[-_]?\d+)?\.parquet$")


class Tables(NamedTuple):
    """What was found. ``splits``: a name of Parquet files without their numbers -> files, rows, bytes."""

    splits: dict[str, dict[str, int]]
    columns: dict[str, str]
    features: dict[str, Any] | None
    formats: dict[str, dict[str, int]]
    facts: dict[str, Any]

    def record(self, card: Mapping[str, Any]) -> dict[str, Any]:
        """For printing; the card's own numbers beside those of the files."""
        told = facts.of_dataset_card(card)
        return {
            **self.facts, "columns": self.columns, "features": self.features, "splits": self.splits,
            "formats": self.formats, "configs": told,
        }  # fmt: skip


def tables(place: Place, *, whole: bool = False, always: bool = False) -> Tables | None:
    """Look at the tables of a place; None when it has none, unless ``always``.

    Raises:
        Damaged: a footer lies. NetworkError.
    """
    formats: dict[str, dict[str, int]] = {}
    for path, file in place.files.items():
        suffix = path.rpartition(".")[2].lower()
        if suffix in _SUFFIXES and (always or suffix in _TABLES):
            told = formats.setdefault(suffix, {"files": 0, "bytes": 0})
            told["files"] += 1
            told["bytes"] += file.size
    if not formats and not always:
        return None
    paths = sorted(path for path in place.files if path.lower().endswith(".parquet"))
    read = paths if whole else paths[:MOST_FOOTERS]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda path: parquet.parse(place.window(path)), read))
    splits: dict[str, dict[str, int]] = {}
    columns: dict[str, str] = {}
    for path, table in zip(read, found, strict=True):
        told = splits.setdefault(_PART.sub("", path), {"files": 0, "rows": 0, "bytes": 0})
        told["files"] += 1
        told["rows"] += table.rows
        told["bytes"] += place.files[path].size
        columns = {**table.columns, **columns}
    known = {
        "rows": sum(table.rows for table in found) if found and len(read) == len(paths) else None,
        "row_groups": sum(table.row_groups for table in found) or None,
        "files": len(place.files),
        "bytes": sum(told["bytes"] for told in formats.values()),
        "raw_bytes": sum(table.raw_bytes for table in found) or None,
        "codec": next((table.codec for table in found if table.codec), None),
    }
    if len(read) < len(paths):
        known |= {"rows_in_part": sum(table.rows for table in found), "files_read": len(read)}
    features = next((table.features for table in found if table.features), None)
    return Tables(splits, columns, features, formats, known)
