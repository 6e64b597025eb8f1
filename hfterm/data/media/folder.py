"""Folders of images or sounds as rows: files, labels by sub-folders or metadata files, as ``datasets`` makes them.

Source: ``datasets/packaged_modules/folder_based_builder``. Where metadata files (``metadata.csv``, ``.jsonl`` or
``.parquet`` with ``file_name``) are there, the rows are theirs; else the folder of a file is its label if there are
several and all files lie equally deep.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from hfterm import extras
from hfterm.data import engine
from hfterm.data.media import files
from hfterm.data.media.kinds import Kind, by_name
from hfterm.errors import HftermError, NotFoundError

METADATA = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
# So many rows go through the engine together: what is made of them is held at once.
BATCH_ROWS = 32


class Listed(NamedTuple):
    """A folder's rows: an Arrow table, and the labels in their order (none: no column of labels)."""

    table: Any
    labels: tuple[str, ...]


def is_metadata(path: str) -> bool:
    """Whether a file says something about others."""
    return os.path.basename(path) in METADATA


def kind_of(by_kind: Mapping[Any, Sequence[str]], kind: str | None) -> str | None:
    """What a folder is with these files, by format: ``images`` or ``audio`` if most are; None: something else."""
    if kind is not None:
        return kind if kind in ("images", "audio") else None
    counts = {one: sum(not is_metadata(path) for path in paths) for one, paths in by_kind.items()}
    most = max(counts, key=lambda one: (counts[one], one not in ("images", "audio")), default=None)
    return most if most in ("images", "audio") else None


def of_kind(by_kind: Mapping[Any, Sequence[str]], kind: str) -> list[str]:
    """Its files of a kind, and the metadata files, in the order of ``datasets``.

    Raises:
        NotFoundError: there are none.
    """
    found = sorted(path for one, paths in by_kind.items() for path in paths if one == kind or is_metadata(path))
    if not found:
        raise NotFoundError(f"no {kind} in this folder")
    return found


def rows(paths: Sequence[str], kind: Kind, read: Callable[[str], Any]) -> Listed:
    """The rows of these files. ``read`` gives a metadata file's rows as an Arrow table.

    Raises:
        HftermError: a metadata file makes no sense.
    """
    pa = extras.require("pyarrow", "data")
    metadata = [path for path in paths if is_metadata(path)]
    if metadata:
        tables = [_described(pa, path, kind, read(path)) for path in metadata]
        try:
            return Listed(_in_batches(pa, pa.concat_tables(tables, promote_options="default")), ())
        except pa.ArrowInvalid as exc:
            raise HftermError(f"the columns of {' and '.join(metadata)} differ: {exc}") from exc
    found = [path for path in paths if by_name(path) == kind] or list(paths)
    names = files.named(found)
    columns: dict[str, Any] = {kind: _values(pa, names)}
    folders = [os.path.basename(os.path.dirname(name)) for name in names]
    labels = tuple(sorted(set(folders)))
    if len(labels) < 2 or len({name.count("/") for name in names}) > 1:
        return Listed(_in_batches(pa, pa.table(columns)), ())
    return Listed(_in_batches(pa, pa.table({**columns, "label": pa.array(folders, pa.string())})), labels)


def label_type(labels: Sequence[str]) -> str:
    """The SQL type of a column of labels."""
    return f"ENUM({', '.join(map(engine.literal, labels))})"


def _in_batches(pa: Any, table: Any) -> Any:
    return pa.Table.from_batches(table.to_batches(max_chunksize=BATCH_ROWS), table.schema)


def _values(pa: Any, paths: Sequence[str | None]) -> Any:
    """Values without bytes, by their paths."""
    path = pa.array(paths, pa.string())
    nothing = pa.nulls(len(path), pa.binary())
    return pa.StructArray.from_arrays([nothing, path], ["bytes", "path"], mask=path.is_null())


def _described(pa: Any, source: str, kind: Kind, table: Any) -> Any:
    """A metadata file's rows, their columns of file names as values."""
    base = os.path.dirname(source)
    columns: dict[str, Any] = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        one = name.removesuffix("file_name").removesuffix("_") if _ends(name, "file_name") else None
        many = name.removesuffix("file_names").removesuffix("_") if _ends(name, "file_names") else None
        if one is not None and _is_text(pa, column.type):
            columns[one or kind] = _values(pa, _named(source, base, column.to_pylist()))
        elif many is not None and pa.types.is_list(column.type) and _is_text(pa, column.type.value_type):
            listed = column.combine_chunks()
            listed = listed.chunk(0) if isinstance(listed, pa.ChunkedArray) else listed
            inner = _values(pa, _named(source, base, listed.flatten().to_pylist()))
            lengths = [None if row is None else len(row) for row in listed.to_pylist()]
            columns[many or f"{kind}s"] = _lists(pa, inner, lengths)
        else:
            columns[name] = column
    if columns.keys() == set(table.column_names):
        raise HftermError(
            f"{source} names no files: it has the columns {', '.join(table.column_names)}",
            "it needs file_name, *_file_name, file_names or *_file_names",
        )
    return pa.table(columns)


def _ends(name: str, end: str) -> bool:
    return name == end or name.endswith(f"_{end}")


def _is_text(pa: Any, kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _lists(pa: Any, inner: Any, lengths: Sequence[int | None]) -> Any:
    ends = [0]
    for length in lengths:
        ends.append(ends[-1] + (length or 0))
    mask = pa.array([length is None for length in lengths])
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), inner, mask=mask)


def _named(source: str, base: str, names: Sequence[str | None]) -> list[str | None]:
    """The files that a metadata file names, all of them below its folder."""
    found: list[str | None] = []
    for row, name in enumerate(names, 1):
        if not name:
            found.append(None)
            continue
        inside = os.path.normpath(name).replace("\\", "/")
        if "://" in name or os.path.isabs(name) or os.path.isabs(inside) or inside.split("/")[0] == "..":
            raise HftermError(f"{source}: row {row} names {name!r}, which does not lie in its folder")
        found.append(os.path.join(base, inside))
    files.named(path for path in found if path)
    return found


def join(formats: dict[str, Any]) -> None:
    """Give metadata files beside images or sounds the format of these: together they are one source."""
    kind = next((one for one in formats.values() if one in ("images", "audio")), None)
    for path in formats:
        if kind is not None and is_metadata(path):
            formats[path] = kind
