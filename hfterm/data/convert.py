"""Rows of any format to any other: one file, a folder of shards, a data set that its library loads."""

import contextlib
import functools
import json
import os
import uuid
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hfterm.data import emit, engine, noted, saving
from hfterm.data.lines import OnBad
from hfterm.data.rows import is_empty, label, whole
from hfterm.data.saving import Target
from hfterm.data.shards import Columns, Lines, Shard
from hfterm.data.source import Source
from hfterm.data.structure import ROW
from hfterm.data.table import Tables
from hfterm.errors import UsageError
from hfterm.files import atomic_dir

if TYPE_CHECKING:
    from hfterm.data.ray.convert import Writing

KINDS = (*(suffix[1:] for suffix in saving.SAVED), "dataset")
# Formats that are lines of text.
LINES = (".jsonl", ".json", ".txt")
# What the datasets library cuts at, too.
DATASET_SHARD_BYTES = 500_000_000


def convert(
    con: Any,
    sources: Sequence[Source],
    path: str,
    *,
    to: str | None = None,
    shards: int | None = None,
    shard_bytes: int | None = None,
    codec: str | None = None,
    group_rows: int | None = None,
    overwrite: bool = False,
    all_text: bool = False,
    on_bad: OnBad | None = None,
    writing: "Writing | None" = None,
) -> list[dict[str, Any]]:
    """Write all rows, in their order, to one file or a folder; what was made: ``path``, ``bytes``, of shards ``rows``.

    ``to`` is one of ``KINDS`` (None: as the name says). ``shards`` of about as many rows each, or ``shard_bytes`` at
    most each, are ``NAME-00000-of-00004.parquet`` in a folder of that name. The features that a data set was saved with
    are kept where the format has a place for them. ``writing``: a cluster does the work.

    Raises:
        UsageError: the options do not go together, or something is in the way. HftermError: a row cannot be read.
    """
    target, name = _target(path, to, codec, group_rows, sharded=bool(shards or shard_bytes))
    if shards and shard_bytes:
        raise UsageError("--shards and --max-shard-size both say how large a shard is", "use one of them")
    if writing is not None and not shards and (shard_bytes or to == "dataset"):
        raise UsageError("--engine ray writes shards of equal numbers of rows", "say --shards N")
    if not (shards or shard_bytes or to == "dataset"):
        if os.path.exists(path) and not overwrite and not _is_device(path):
            raise UsageError(f"{path!r} exists", "choose another name or add --overwrite")
        single = whole(con, sources, all_text=all_text, on_bad=on_bad)
        made_by = single if writing is None else writing.single(single)
        made_by.write(path, target._replace(note=_note(con, sources, target)))
        return [{"path": path, "bytes": os.path.getsize(path)}]
    folder = path if to == "dataset" or not _names_a_file(path) else str(Path(path).parent / name)
    saved = to == "dataset"
    if saved and not shards and not shard_bytes:
        shard_bytes = DATASET_SHARD_BYTES
    with (
        atomic_dir(folder, overwrite=overwrite) as room,
        Tables(con, all_text=all_text) as tables,
        tables.errors(sources, label(sources)),
    ):
        as_read = target.suffix == ".jsonl" and all(source.format == "jsonl" for source in sources)
        rows = tables.several(sources, row=as_read)
        if is_empty(con, rows):
            raise UsageError(f"{label(sources)} holds no rows and no columns: nothing to write")
        target = target._replace(note=_note(con, sources, target))
        if target.suffix in (".parquet", ".arrow"):
            from hfterm.data.media import saving as media

            rows, note = media.storable(con, rows, target.note)
            target = target._replace(note=note)
        rows = _storable(con, rows) if saved else rows
        title = "data" if saved else name
        made = _sharded(con, rows, room, title, target, shards, shard_bytes, as_read, saved, writing)
        if saved:
            _describe(room, [row["path"] for row in made], target)
    found = [row | {"path": str(Path(folder) / row["path"])} for row in made]
    if saved:
        rows_made, size = sum(row["rows"] for row in found), sum(row["bytes"] for row in found)
        return [{"path": folder, "bytes": size, "rows": rows_made}]
    return found


def streams(path: str, to: str | None) -> bool:
    """Whether rows written there can go through block by block, where they are JSON Lines.

    Raises:
        UsageError: the name tells no format, or another than ``to``.
    """
    return _target(path, to, None, None, sharded=False)[0].suffix == ".jsonl"


def _target(
    path: str, to: str | None, codec: str | None, group_rows: int | None, *, sharded: bool
) -> tuple[Target, str]:
    """What is to be written, and the name of its shards.

    Raises:
        UsageError: options that do not go together.
    """
    plain = Path(path.rstrip("/"))
    if to == "dataset":
        target = Target(".arrow")
    elif _names_a_file(path):
        target = saving.target_of(path)
        if to is not None and target.suffix != f".{to}":
            raise UsageError(f"--to {to} and the name {path!r} say two different formats", "leave out --to")
    elif to is None and sharded:
        target = Target(".parquet")
    elif to is None:
        target = saving.target_of(path)  # says what is wrong with the name
    else:
        target = Target(f".{to}")
    name = plain.name.removesuffix(target.ending) if to != "dataset" and _names_a_file(path) else plain.name
    if codec is not None:
        target = _packed(target, path, codec, named=_names_a_file(path))
    if group_rows is not None and target.suffix != ".parquet":
        raise UsageError("--row-group-size is for Parquet only")
    return target._replace(group_rows=group_rows), name


def _packed(target: Target, path: str, codec: str, *, named: bool) -> Target:
    codecs = {".parquet": saving.PARQUET_CODECS, ".arrow": saving.ARROW_CODECS}.get(target.suffix)
    if codecs is None:
        packing = {"gzip": ".gz", "zstd": ".zst", "none": ""}.get(codec)
        if packing is None:
            raise UsageError(f"{target.suffix} files cannot be packed by {codec}", "choose gzip, zstd or none")
        if named and packing != target.packing:
            raise UsageError(f"--compression {codec} and the name {path!r} do not agree", "the name alone says it")
        return target._replace(packing=packing)
    if codec not in codecs:
        raise UsageError(f"{target.suffix} files cannot be packed by {codec}", f"choose {', '.join(codecs)}")
    return target._replace(codec=codec)


def _names_a_file(path: str) -> bool:
    try:
        saving.target_of(path)
    except UsageError:
        return False
    return not path.endswith("/")


def _is_device(path: str) -> bool:
    return os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)


def _note(con: Any, sources: Sequence[Source], target: Target) -> str | None:
    """The features that the rows were saved with, as the data set's library notes them in files."""
    if target.suffix not in (".parquet", ".arrow") or any("-" in source.paths for source in sources):
        return None
    found = [noted.features(con, source) for source in sources]
    if not found or not found[0] or any(one != found[0] for one in found):
        return None
    return json.dumps({"info": {"features": found[0]}})


def _sharded(
    con: Any,
    rows: str,
    room: Path,
    name: str,
    target: Target,
    shards: int | None,
    most: int | None,
    as_read: bool,
    saved: bool,
    writing: "Writing | None" = None,
) -> list[dict[str, Any]]:
    """Write shards into ``room``: their names, rows and bytes."""
    ends: list[int] = []
    if shards:
        total = int(con.execute(f"SELECT count(*) FROM ({rows})").fetchall()[0][0])
        if shards > total:
            raise UsageError(f"{total} rows do not fill {shards} shards", "ask for fewer")
        ends = [total * (at + 1) // shards for at in range(shards)]
    made: list[dict[str, Any]] = []
    kind: Callable[..., Shard] = Lines if target.suffix in LINES else Columns
    if writing is not None:
        kind = functools.partial(writing.shard, kind)
    with contextlib.ExitStack() as stack, contextlib.closing(_parts(con, rows, target, most, as_read)) as parts:
        now: Shard | None = None
        done = 0
        for part in parts:
            while part is not None:
                if now is None:
                    place = room / f"{len(made)}{target.ending}"
                    now = kind(place, target, stream=saved)
                    stack.callback(now.file.close)
                    made.append({"path": place.name, "rows": 0})
                left = ends[len(made) - 1] - done if ends else None
                taken, part = now.take(part, left, most)
                done += taken
                made[-1]["rows"] += taken
                if part is not None or (ends and done == ends[len(made) - 1]):
                    now.close()
                    now = None
        if now is None and not made:
            now = kind(room / f"0{target.ending}", target)
            made.append({"path": f"0{target.ending}", "rows": 0})
        if now is not None:
            now.close()
        if writing is not None:
            writing.finish()
    for at, row in enumerate(made):
        final = f"{name}-{at:05d}-of-{len(made):05d}{target.ending}"
        (room / row["path"]).rename(room / final)
        row |= {"path": final, "bytes": (room / final).stat().st_size}
    return made


def _parts(con: Any, rows: str, target: Target, most: int | None, as_read: bool) -> Generator[Any]:
    """The rows in pieces: lines of text, or tables."""
    if target.suffix in LINES:
        if as_read:
            query = f"SELECT {engine.identifier(ROW)} FROM ({rows})"
        else:
            query = saving.text_rows(con, rows) if target.suffix == ".txt" else emit.as_json(con, rows)
        yield from emit.stream(con, query)
        return
    query = emit.flat(con, rows) if target.suffix in (".csv", ".tsv") else rows
    size = min(saving.GROUP_BYTES, max(1 << 12, most // 16)) if most else saving.GROUP_BYTES
    yield from saving.batches(con, query, target.group_rows, size)


def _storable(con: Any, rows: str) -> str:
    """The rows with what data sets have no type for turned into what they have: maps into lists of key and value.

    Raises:
        UsageError: a column has nothing like it.
    """
    columns = []
    for name, kind, *_ in con.execute(f"DESCRIBE {rows}").fetchall():
        column = engine.identifier(name)
        if kind.startswith("MAP(") and not kind.endswith("]") and "MAP(" not in kind[4:]:
            column = f"map_entries({column}) AS {column}"
        elif kind.startswith("ENUM(") and not kind.endswith("]"):
            column = f"{column}::VARCHAR AS {column}"
        elif any(word in kind for word in ("MAP(", "ENUM(", "INTERVAL", "UNION(")):
            raise UsageError(
                f"a data set has nothing that column {name!r} ({kind}) fits into",
                f"make it something else first: hfterm data map SOURCE '{name}::VARCHAR AS {name}'",
            )
        columns.append(column)
    return f"SELECT {', '.join(columns)} FROM ({rows})"


def _describe(folder: Path, names: Sequence[str], target: Target) -> None:
    """Write what ``datasets.load_from_disk`` wants beside the Arrow files (datasets 5.2, arrow_dataset.py)."""
    state: dict[str, Any] = {
        "_data_files": [{"filename": name} for name in names],
        "_fingerprint": uuid.uuid4().hex[:16],
        "_format_columns": None,
        "_format_kwargs": {},
        "_format_type": None,
        "_output_all_columns": False,
        "_split": None,
    }
    told: dict[str, Any] = {"citation": "", "description": "", "homepage": "", "license": ""}
    if target.note:
        told |= json.loads(target.note)["info"]
    for name, value in (("state.json", state), ("dataset_info.json", told)):
        (folder / name).write_text(json.dumps(value, indent=2, ensure_ascii=False), encoding="utf-8")
