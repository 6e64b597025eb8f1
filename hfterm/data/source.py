"""Where rows come from: files, patterns, folders, data sets of the Hub, standard input; and what they are."""

import glob
import io
import os
import sys
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hfterm.data.formats import FORMATS, SUFFIXES, Format, format_of, media_format
from hfterm.errors import HftermError, NotFoundError, UsageError

if TYPE_CHECKING:
    from hfterm.data.repository import Want

_HEAD_BYTES = 1 << 16


class Source(NamedTuple):
    """Rows of one kind: ``label`` as the user named it, ``paths`` of its files (``-``: standard input)."""

    label: str
    format: Format
    paths: tuple[str, ...]


def sources(
    texts: Iterable[str],
    format: Format | None = None,
    *,
    note: Callable[[str], None] | None = None,
    config: str | None = None,
    split: str | None = None,
    partly: Collection[str] = (),
) -> list[Source]:
    """What the user named: files, patterns, folders, data sets of the Hub, ``-`` (also when nothing is named).

    ``config`` and ``split`` choose of data sets. Files of the Hub are fetched into its cache, but for those of
    formats in ``partly``, which are read there (:class:`hfterm.data.remote.HubFile`).

    Raises:
        NotFoundError, UsageError, HftermError: it cannot be read. AccessError, NetworkError: the Hub.
    """
    from hfterm.data.repository import Want

    found: list[Source] = []
    want = Want(config, split, partly if format is None else [one for one in partly if one == format])
    for text in list(texts) or ["-"]:
        for label, paths in _named(text, want, note, format):
            found += of_files("standard input" if text == "-" else label, paths, format)
    return found


def of_files(label: str, paths: Iterable[str], format: Format | None = None) -> list[Source]:
    """Files that belong together, a source for each format among them.

    Raises:
        NotFoundError, UsageError, HftermError: one cannot be read.
    """
    formats = {path: format or kind_of(path) for path in paths}
    if len(formats) > 1:
        from hfterm.data.media import folder

        folder.join(formats)
    return [
        Source(label, kind, tuple(path for path, k in formats.items() if k == kind))
        for kind in dict.fromkeys(formats.values())
    ]


def _named(
    text: str, want: "Want", note: Callable[[str], None] | None, format: Format | None
) -> list[tuple[str, list[str]]]:
    """The files that a text names, each set of them with what it is called."""
    from hfterm.data import repository

    if text != "-" and os.path.isdir(text):
        ordered = repository.in_folder(text, want, note)
        return [*ordered] if ordered is not None else [(text, _folder(text, format))]
    if text != "-" and not os.path.lexists(text):
        from hfterm import naming

        is_local = any(char in text for char in "*?[") and not text.startswith("hf://")
        ref = None if is_local else naming.parse(text, "dataset")
        if ref is not None and ref.where == "hub":
            from hfterm.data.hub_sets import on_hub

            return [*on_hub(ref, want, note)]
    if want.said:
        what = "standard input" if text == "-" else repr(text)
        raise UsageError(f"{what} is no data set", "--config and --split are for folders and data sets of the Hub")
    return [(text, _paths(text, note))]


def _paths(text: str, note: Callable[[str], None] | None) -> list[str]:
    if text == "-":
        if sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty():
            raise UsageError("nothing to read: no source is named", "name a file, or pipe rows in")
        return ["-"]
    if os.path.lexists(text):
        return [text]
    if any(char in text for char in "*?["):
        hits = sorted(hit for hit in glob.glob(text, recursive=True) if os.path.isfile(hit))
        if not hits:
            raise NotFoundError(f"no file matches {text!r}")
        return hits
    from hfterm import refs

    return [str(refs.resolve(text, "dataset", note=note))]


def _folder(text: str, format: Format | None = None) -> list[str]:
    """The data files of a folder: all of the format that most of it has, or a saved data set's."""
    folder = Path(text)
    if (folder / "state.json").exists():
        from hfterm.data.repository import saved_files

        return saved_files(text)
    by_kind: dict[Format, list[str]] = {}
    for path in sorted(folder.rglob("*")):
        kind = format_of(path.name)
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if kind and kind != "text" and path.is_file() and not hidden:
            by_kind.setdefault(kind, []).append(str(path))
    from hfterm.data.media import folder as media

    if (most := media.kind_of(by_kind, format)) is not None:
        return media.of_kind(by_kind, most)
    by_kind = {kind: paths for kind, paths in by_kind.items() if kind not in ("images", "audio")}
    if len(by_kind) > 1:
        names = ", ".join(f"{len(paths)} {kind}" for kind, paths in by_kind.items())
        raise UsageError(
            f"{text!r} holds files of several formats ({names})", f"name some: '{text}/**/*.{next(iter(by_kind))}'"
        )
    if not by_kind:
        raise NotFoundError(f"no data files in {text!r}", f"looked for {', '.join(SUFFIXES)}, images, sounds")
    return next(iter(by_kind.values()))


def kind_of(path: str) -> Format:
    """The format of a file (by its name, else by its first bytes) or of standard input (by its first bytes).

    Raises:
        NotFoundError, UsageError, HftermError: it cannot be read, or is nothing known.
    """
    from hfterm.data.blocks import open_bytes

    named = format_of(path) if path != "-" else None
    if named is not None:
        return named
    stream = open_bytes(path)
    try:
        head = stream.peek(_HEAD_BYTES) if isinstance(stream, io.BufferedReader) else stream.read(_HEAD_BYTES)
    except (OSError, EOFError) as exc:
        raise HftermError(f"cannot read {path}: {exc}") from exc
    finally:
        if path != "-":
            stream.close()
    return _by_content(head, "standard input" if path == "-" else path)


def _by_content(head: bytes, label: str) -> Format:
    if head[:4] == b"PAR1":
        return "parquet"
    if head[:6] == b"ARROW1" or head[:4] == b"\xff\xff\xff\xff":
        return "arrow"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        return "jsonl"  # nothing, of no format: no rows
    if text.split(b"\n", 1)[0].strip() == b"{":
        return "json"  # one object over several lines
    if text[:1] in (b"{", b"["):
        return "jsonl" if text[:1] == b"{" else "json"
    if b"\0" in head:
        if head[257:262] == b"ustar":
            return "webdataset"
        if (media := media_format("", head[:32])) is not None:
            return media
        raise UsageError(f"cannot tell what {label} holds", f"say it: --input-format {'|'.join(FORMATS)}")
    return "text"
