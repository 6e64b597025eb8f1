"""The formats that rows are read from, and how a file's name or first bytes tell one."""

from pathlib import Path
from typing import Literal

Format = Literal["jsonl", "json", "csv", "tsv", "text", "parquet", "arrow", "images", "audio", "webdataset"]
FORMATS: tuple[Format, ...] = (
    *("jsonl", "json", "csv", "tsv", "text", "parquet", "arrow"),
    *("images", "audio", "webdataset"),
)
SUFFIXES: dict[str, Format] = {
    **dict.fromkeys((".jsonl", ".ndjson", ".jsonlines"), "jsonl"),
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    **dict.fromkeys((".txt", ".text", ".md"), "text"),
    **dict.fromkeys((".parquet", ".pq"), "parquet"),
    **dict.fromkeys((".arrow", ".feather", ".ipc"), "arrow"),
    **dict.fromkeys((".tar", ".tgz"), "webdataset"),
}
_PACKED = (".gz", ".zst")


def format_of(name: str) -> Format | None:
    """The format that a file's name says, or None."""
    path = Path(name)
    suffix = path.suffix.lower()
    found = SUFFIXES.get(Path(path.stem).suffix.lower() if suffix in _PACKED else suffix)
    return found or media_format(name)


def media_format(name: str, head: bytes = b"") -> Format | None:
    """The format that the rows of images or of sounds have, if a file is one by its name or (surely) first bytes."""
    from hfterm.data.media import kinds

    kind = kinds.by_content(head) if head else kinds.by_name(name)
    return "images" if kind == "image" else kind
