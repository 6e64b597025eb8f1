"""Sources as tables of the engine, every row and every column of them, each value what it was."""

import contextlib
import itertools
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from hfterm import extras
from hfterm.data import engine
from hfterm.data.blocks import BOM, blocks, open_bytes
from hfterm.data.csv_files import (
    HEADER_BYTES,
    ends_differ,
    equal_ends,
    first_bad,
    header,
    is_number,
    is_whole,
    row_bytes,
)
from hfterm.data.expression import is_utf8
from hfterm.data.lines import unreadable
from hfterm.data.source import Source, kind_of
from hfterm.data.structure import ROW, typed
from hfterm.errors import HftermError
from hfterm.records import BadRecord

# All rows are looked at, so that no field is missed and no number rounded; texts that look like times stay texts.
_LOOK = (
    "sample_size = -1, records = true, map_inference_threshold = -1, field_appearance_threshold = 0, "
    "convert_strings_to_integers = false"
)
_TIMES = "dateformat = 'hfterm', timestampformat = 'hfterm'"
# A record may be so large where the first try fails.
_LARGE = 256 << 20


_NUMBERS = itertools.count()
# So many rows of a CSV file tell which columns cannot be numbers.
_FIRST_ROWS = 1000


def _has_rows(path: str) -> bool:
    """Whether a JSON file holds more than white space, or an empty array (what begins with much of it is taken to)."""
    with open(path, "rb") as stream:
        head = stream.read(HEADER_BYTES)
    return len(head) == HEADER_BYTES or b"".join(head.split()) not in (b"", b"[]")


def _field(name: str, kind: str) -> str:
    """The SQL of one column of a record, by itself: what is not read costs nothing."""
    if kind == "VARCHAR":
        return f"json_extract_string(json, {engine.key_path(name)})"
    spec = engine.literal(json.dumps({name: kind}, ensure_ascii=False))
    return f"json_transform(json, {spec}).{engine.identifier(name)}"


class Tables:
    """Tables of sources in one database; what had to be copied is gone when the block ends.

    ``most``: no more rows are needed, so that of files of the Hub only the first are read. ``once``: all rows
    are read once only, so that an archive on standard input need not be copied.
    """

    def __init__(self, con: Any, *, all_text: bool = False, most: int | None = None, once: bool = False) -> None:
        self.con, self.all_text, self.most, self._row = con, all_text, most, False
        self._reads: Collection[str] | None = None
        self._stack, self._once = contextlib.ExitStack(), once
        self._copies: dict[str, str] = {}
        self._failures: list[BaseException] = []  # of the Hub, while the engine read
        self.picks: Mapping[str, list[int]] | None = None  # rows of Parquet files, by their numbers there

    def __enter__(self) -> "Tables":
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    def query(self, source: Source) -> str:
        """The query for all rows of a source.

        Raises:
            HftermError: it cannot be read.
        """
        from hfterm.data.media import tables as media

        if source.format in media.READS:
            files = source.paths if source.format != "webdataset" or self._once else self._kept(source)
            rows = media.READS[source.format](self.con, files, self._metadata, self.most)
            return media.without_bad(self.con, rows, source.label)
        distant = any(path.startswith("hf://") for path in source.paths)
        paths = [self._seekable(path, source) for path in (self._near(source) if distant else source.paths)]
        listed = f"[{', '.join(map(engine.literal, paths))}]"
        found: str = getattr(self, f"_{source.format}")(listed, paths)
        return media.without_bad(self.con, found, source.label)

    def _kept(self, source: Source) -> Sequence[str]:
        """The files of a source, standard input copied to one."""
        return [self._seekable(path, source) if path == "-" else path for path in source.paths]

    def _metadata(self, path: str) -> Any:
        """The rows of a file about others, as an Arrow table."""
        return engine.relation(self.con, self.query(Source(path, kind_of(path), (path,)))).to_arrow_table()

    @contextlib.contextmanager
    def errors(self, sources: Sequence[Source], about: str) -> Iterator[None]:
        """Translate the engine's errors: a bad row is named by its file and line, else what ``about`` says is wrong.

        Raises:
            BadRecord, and as :func:`hfterm.data.engine.errors`.
        """
        duckdb = engine.library()
        try:
            yield
        except duckdb.Error as exc:
            if self._failures:
                raise self._failures[0] from exc
            from hfterm.data.media.errors import carried

            if (of_value := carried(exc)) is not None:
                raise self._placed(of_value, sources) from exc
            told = isinstance(exc, duckdb.InvalidInputException | duckdb.ConversionException | duckdb.BinderException)
            for source in sources if told else ():
                for path in source.paths:
                    _explain(exc, self._copies.get(path, path), source, path)
            with engine.errors(about):
                raise

    def _placed(self, error: HftermError, sources: Sequence[Source]) -> HftermError:
        from hfterm.data.media import tables as media

        with_values = [one for one in sources if one.format in (*media.READS, "parquet", "arrow")]
        return media.placed(
            self.con, error, {one.label: self.query(one) for one in with_values if "-" not in one.paths}
        )

    def several(self, sources: Sequence[Source], *, row: bool = False, reads: Collection[str] | None = None) -> str:
        """The query for all rows of all sources, by the names of their columns.

        ``row``: of JSON Lines, with each record's own text as ``#row``; ``reads``: the columns that are read then
        (none: there are none), which is faster than to have all of them at hand (None).
        """
        self._row, self._reads = row, reads
        return " UNION ALL BY NAME ".join(f"({self.query(source)})" for source in sources)

    def _near(self, source: Source) -> Sequence[str]:
        """Files of the Hub as the engine can read them: Parquet there, of others a copy of as much as is needed."""
        from hfterm.data import beginning, remote

        if source.format == "parquet":
            files = remote.first_files(source.paths, self.most)
            self._failures = remote.serve(self.con, files)
            return files
        return beginning.copied(source.paths, source.format, self.most, lambda file: self._spool(file, source))

    def _spool(self, path: str, source: Source) -> Any:
        """A new file for a copy."""
        spool = self._stack.enter_context(
            tempfile.NamedTemporaryFile(prefix="hfterm-", suffix=f".{source.format}")  # noqa: SIM115
        )
        self._copies[path] = spool.name
        return spool

    def _seekable(self, path: str, source: Source) -> str:
        """A file that can be read twice and by name: standard input, and what is packed, are copied."""
        if path.startswith("hf://"):
            return path
        if path != "-" and os.path.isfile(path):
            with open(path, "rb") as stream:
                head = stream.read(4)
            packed = head[:2] == b"\x1f\x8b" or head == b"\x28\xb5\x2f\xfd"
            marked = head[:3] == BOM and source.format in ("jsonl", "json")
            if not packed and not marked and is_utf8(path):
                return path
        with _open(path) as stream:
            spool = self._spool(path, source)
            try:
                spool.write(stream.read(len(BOM)).removeprefix(BOM))
                shutil.copyfileobj(stream, spool, 1 << 20)
                spool.flush()
            except OSError as exc:
                raise HftermError(
                    f"cannot keep {source.label}: {exc.strerror}", "point TMPDIR at a larger disk"
                ) from exc
        name: str = spool.name
        return name

    def _parquet(self, listed: str, paths: list[str]) -> str:
        if self.picks is not None:
            from hfterm.data import row_numbers

            return row_numbers.query(paths, self.picks)
        union = f"union_by_name = {str(len(paths) > 1).lower()}"
        rows = f"SELECT * FROM read_parquet({listed}, {union})"
        if self.most is None or not any(path.startswith("hf://") for path in paths):
            return rows
        # A limit alone begins more row groups than it needs, and each is got over the network.
        number = "file_row_number"
        if any(row[0] == number for row in self.con.execute(f"DESCRIBE {rows}").fetchall()):
            return rows
        numbered = f"SELECT * EXCLUDE ({number}) FROM read_parquet({listed}, {union}, {number} = true)"
        return f"{numbered} WHERE {number} < {self.most}"

    def _jsonl(self, listed: str, paths: list[str]) -> str:
        return self._json_table(listed, paths, "read_ndjson")

    def _json(self, listed: str, paths: list[str]) -> str:
        return self._json_table(listed, paths, "read_json")

    def _json_table(self, listed: str, paths: list[str], function: str) -> str:
        duckdb = engine.library()
        large = ""
        if not any(map(_has_rows, paths)):
            return f"SELECT NULL AS {engine.identifier(ROW)} WHERE false"
        if self._row and self._reads is not None and not self._reads:
            return typed(f"SELECT json FROM read_ndjson_objects({listed})", {})
        try:
            said = self.con.execute(f"DESCRIBE SELECT * FROM {function}({listed}, {_LOOK}, {_TIMES})").fetchall()
        except duckdb.InvalidInputException as exc:
            if "maximum_object_size" not in str(exc):
                raise
            large = f", maximum_object_size = {_LARGE}"
            said = self.con.execute(f"DESCRIBE SELECT * FROM {function}({listed}, {_LOOK}, {_TIMES}{large})").fetchall()
        kinds = {row[0]: {"UUID": "VARCHAR", '"NULL"': "JSON"}.get(row[1], row[1]) for row in said}
        if self._row and self._reads is not None:
            columns = ", ".join(f"{_field(name, kind)} AS {engine.identifier(name)}" for name, kind in kinds.items())
            return f"SELECT json AS {engine.identifier(ROW)}, {columns} FROM read_ndjson_objects({listed}{large})"
        if self._row:
            spec = engine.literal(json.dumps(kinds, ensure_ascii=False))
            rows = f"SELECT json FROM read_ndjson_objects({listed}{large})"
            made = f"SELECT json, json_transform(json, {spec}) AS s FROM ({rows})"
            columns = ", ".join(f"s.{engine.identifier(name)}" for name in kinds)
            return f"SELECT json AS {engine.identifier(ROW)}, {columns} FROM ({made})"
        columns = ", ".join(f"{engine.identifier(name)}: {engine.literal(kind)}" for name, kind in kinds.items())
        return f"SELECT * FROM {function}({listed}, columns = {{{columns}}}, {_TIMES}{large})"

    def _csv(self, listed: str, paths: list[str], delimiter: str | None = None) -> str:
        return " UNION ALL BY NAME ".join(f"({self._one_csv(path, delimiter)})" for path in paths)

    def _tsv(self, listed: str, paths: list[str]) -> str:
        return self._csv(listed, paths, "\t")

    def _one_csv(self, path: str, delimiter: str | None) -> str:
        shown = next((name for name, copy in self._copies.items() if copy == path), path)
        names, delimiter = header(path, delimiter, shown)
        if not names:
            return f"SELECT NULL AS {engine.identifier(ROW)} WHERE false"
        if ends_differ(path):
            path = self._with_equal_ends(path, shown)
        columns = ", ".join(f"{engine.identifier(name)}: 'VARCHAR'" for name in names)
        texts = (
            f"SELECT * FROM read_csv({engine.literal(path)}, columns = {{{columns}}}, auto_detect = false, "
            f"header = true, delim = {engine.literal(delimiter)}, quote = '\"', escape = '\"', strict_mode = true, "
            "nullstr = '', allow_quoted_nulls = false, "
            f"max_line_size = {row_bytes(path)})"
        )
        if self.all_text:
            return texts
        kinds = dict.fromkeys(names, "VARCHAR") | self._number_kinds(texts, self._maybe_numbers(texts, names))
        # A cast of the bare column would be made while reading, and fail there.
        picked = []
        for name, kind in kinds.items():
            column = engine.identifier(name)
            picked.append(column if kind == "VARCHAR" else f"CAST({column} AS {kind}) AS {column}")
        return f"SELECT {', '.join(picked)} FROM ({texts})"

    def _maybe_numbers(self, texts: str, names: Sequence[str]) -> list[str]:
        """The columns that may be numbers, by the first rows: the others need not be looked at in all of them."""
        wanted = {name: engine.identifier(name) for name in names}
        checks = ", ".join(f"count({c}) = 0 OR ({is_whole(c)}) OR ({is_number(c)})" for c in wanted.values())
        said = self.con.execute(f"SELECT {checks} FROM (SELECT * FROM ({texts}) LIMIT {_FIRST_ROWS})").fetchall()[0]
        return [name for name, maybe in zip(names, said, strict=True) if maybe]

    def _number_kinds(self, texts: str, names: Sequence[str]) -> dict[str, str]:
        """What columns of texts are, by all rows: BIGINT, DOUBLE, or VARCHAR."""
        wanted = [engine.identifier(name) for name in names]
        if not wanted:
            return {}
        checks = ", ".join(f"{is_whole(name)}, {is_number(name)}" for name in wanted)
        said = iter(self.con.execute(f"SELECT {checks} FROM ({texts})").fetchall()[0])
        return {
            name: "BIGINT" if whole else "DOUBLE" if number else "VARCHAR"
            for name, whole, number in zip(names, said, said, strict=True)
        }

    def _with_equal_ends(self, path: str, shown: str) -> str:
        """A copy whose lines end in newlines alone: the engine reads none that mixes ends."""
        spool = self._spool(shown, Source(shown, "csv", (shown,)))
        equal_ends(path, spool)
        spool.flush()
        return str(spool.name)

    def _text(self, listed: str, paths: list[str]) -> str:
        return (
            # An empty line is an empty text.
            f"SELECT coalesce(text, '') AS text FROM read_csv({listed}, columns = {{'text': 'VARCHAR'}}, delim = '', "
            "quote = '', escape = '', header = false, auto_detect = false, null_padding = true, "
            f"max_line_size = {max(row_bytes(path, quotes=False) for path in paths)})"
        )

    def _arrow(self, listed: str, paths: list[str]) -> str:
        pa = extras.require("pyarrow", "data")
        tables = []
        for path in paths:
            mapped = pa.memory_map(path)
            try:
                with open(path, "rb") as stream:
                    whole = stream.read(6) == b"ARROW1"
                opened = pa.ipc.open_file(mapped) if whole else pa.ipc.open_stream(mapped)
                tables.append(opened.read_all())
            except pa.ArrowInvalid as exc:
                raise HftermError(f"cannot read {path}: {exc}") from exc
        # The engine knows a table by its name alone, for as long as the database lives.
        name = f"arrow_{next(_NUMBERS)}"
        engine.register(self.con, name, pa.concat_tables(tables, promote_options="default"))
        return f"SELECT * FROM {name}"


def _explain(exc: Exception, path: str, source: Source, shown: str) -> None:
    """Name the bad row that an error is about, if it is about one of this file (``path``: it, or a copy of it).

    Raises:
        BadRecord.
    """
    label = "standard input" if source.paths == ("-",) else shown
    if source.format in ("csv", "tsv", "text"):
        bad = first_bad(path, source.format, label)
        if bad is not None:
            raise BadRecord(label, bad.line, bad.why) from exc
    elif source.format == "jsonl":
        for block in blocks(path):
            for at, why in unreadable(block).items():
                raise BadRecord(label, block.first + at, why) from exc
    elif source.format == "json":
        from hfterm import records

        for _ in records.read(path, format="json"):
            pass


@contextlib.contextmanager
def _open(path: str) -> Iterator[Any]:
    stream = open_bytes(path)
    try:
        yield stream
    finally:
        if path != "-":
            stream.close()
