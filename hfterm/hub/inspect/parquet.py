"""The footer of a Parquet file: schema, rows, bytes; the features that ``datasets`` wrote into it.

Format: https://github.com/apache/parquet-format (README.md; ``parquet.thrift``: FileMetaData, SchemaElement,
RowGroup, ColumnChunk): the file ends with the footer, 4 bytes of its length (little-endian) and ``PAR1``.
"""

from itertools import islice
from typing import Any, NamedTuple

from hfterm.hub.inspect import bounded
from hfterm.hub.inspect.thrift import Broken, Reader
from hfterm.hub.inspect.window import Window

MAGIC, ENCRYPTED = b"PAR1", b"PARE"
MOST_FOOTER = 32 << 20
MOST_COLUMNS = 100_000
_KINDS = ("bool", "int32", "int64", "int96", "float32", "float64", "binary", "fixed")
_CODECS = ("none", "snappy", "gzip", "lzo", "brotli", "lz4", "zstd", "lz4_raw")
# ConvertedType, then LogicalType (a union: the number of its field).
_CONVERTED = {0: "string", 1: "map", 3: "list", 4: "enum", 5: "decimal", 6: "date", 7: "time", 8: "time",
              9: "timestamp", 10: "timestamp", 11: "uint8", 12: "uint16", 13: "uint32", 14: "uint64", 15: "int8",
              16: "int16", 17: "int32", 18: "int64", 19: "json", 20: "bson", 21: "interval"}  # fmt: skip
_LOGICAL = {1: "string", 2: "map", 3: "list", 4: "enum", 5: "decimal", 6: "date", 7: "time", 8: "timestamp",
            11: "null", 12: "json", 13: "bson", 14: "uuid", 15: "float16"}  # fmt: skip


class Element(NamedTuple):
    """A row of the schema; ``children`` of them follow below it."""

    name: str
    kind: str
    repeated: bool
    children: int


class Table(NamedTuple):
    """A Parquet file. ``columns``: name -> kind; ``bytes`` its columns take compressed, ``raw_bytes`` not."""

    rows: int
    columns: dict[str, str]
    row_groups: int
    bytes: int
    raw_bytes: int
    codec: str | None
    created_by: str | None
    features: dict[str, Any] | None


def parse(file: Window) -> Table:
    """Read the footer.

    Raises:
        Damaged: it is no Parquet file, an encrypted one, or broken.
    """
    if file.size < 12:
        raise file.damaged(f"{file.size} bytes are no Parquet file")
    end = file.tail(8)
    if end[4:] == ENCRYPTED:
        raise file.damaged("its footer is encrypted")
    if end[4:] != MAGIC:
        raise file.damaged("no Parquet file (it does not end with PAR1)")
    length = int.from_bytes(end[:4], "little")
    if length > min(file.size - 12, MOST_FOOTER):
        raise file.damaged(f"its footer takes {length} bytes, and the file has {file.size}")
    reader = Reader(file.read(file.size - 8 - length, length))
    try:
        return _table(reader)
    except Broken as exc:
        raise file.damaged(f"a broken footer: {exc}") from None


def _table(reader: Reader) -> Table:
    schema: list[Element] = []
    rows, groups, features, created = 0, _Groups(), None, None
    for number, kind in reader.fields():
        if number == 2 and kind == 9:
            schema = list(islice(reader.each(lambda: _element(reader)), MOST_COLUMNS + 1))
            if len(schema) > MOST_COLUMNS:
                raise Broken(f"more than {MOST_COLUMNS} columns")
        elif number == 3 and kind == 6:
            rows = reader.integer()
        elif number == 4 and kind == 9:
            for _ in reader.each(lambda: groups.read(reader)):
                pass
        elif number == 5 and kind == 9:
            for pair in reader.each(lambda: _pair(reader)):
                features = _features(*pair) or features
        elif number == 6 and kind == 8:
            created = reader.text()[:200]
        else:
            reader.skip(kind)
    if rows < 0 or not schema:
        raise Broken("no schema, or no number of rows")
    return Table(rows, _columns(schema), groups.count, groups.bytes, groups.raw, groups.codec, created, features)


def _element(reader: Reader) -> Element:
    name, physical, logical, repeated, children = "", None, None, False, 0
    for number, kind in reader.fields():
        if number == 1 and kind == 5:
            physical = reader.integer()
        elif number == 3 and kind == 5:
            repeated = reader.integer() == 2
        elif number == 4 and kind == 8:
            name = reader.text()
        elif number == 5 and kind == 5:
            children = reader.integer()
        elif number == 6 and kind == 5:
            logical = logical or _CONVERTED.get(reader.integer())
        elif number == 10 and kind == 12:
            for which, inner in reader.fields():
                logical = _LOGICAL.get(which) or logical
                reader.skip(inner)
        else:
            reader.skip(kind)
    plain = _KINDS[physical] if physical is not None and 0 <= physical < len(_KINDS) else "struct"
    if children < 0:
        raise Broken("a column of less than no columns")
    return Element(name, logical or plain, repeated, children)


class _Groups:
    """The row groups, summed."""

    def __init__(self) -> None:
        self.count = self.bytes = self.raw = 0
        self.codec: str | None = None

    def read(self, reader: Reader) -> None:
        self.count += 1
        for number, kind in reader.fields():
            if number == 1 and kind == 9:
                for _ in reader.each(lambda: self._chunk(reader)):
                    pass
            else:
                reader.skip(kind)

    def _chunk(self, reader: Reader) -> None:
        for number, kind in reader.fields():
            if number == 3 and kind == 12:
                for field, inner in reader.fields():
                    if field == 4 and inner == 5:
                        codec = reader.integer()
                        self.codec = _CODECS[codec] if 0 <= codec < len(_CODECS) else str(codec)
                    elif field == 6 and inner == 6:
                        self.raw += reader.integer()
                    elif field == 7 and inner == 6:
                        self.bytes += reader.integer()
                    else:
                        reader.skip(inner)
            else:
                reader.skip(kind)


def _pair(reader: Reader) -> tuple[str, bytes]:
    name, value = "", b""
    for number, kind in reader.fields():
        if number == 1 and kind == 8:
            name = reader.text()
        elif number == 2 and kind == 8:
            value = reader.binary()
        else:
            reader.skip(kind)
    return name, value


def _features(name: str, value: bytes) -> dict[str, Any] | None:
    """``datasets`` keeps its features as JSON: {"info": {"features": {...}}}."""
    if name != "huggingface":
        return None
    try:
        found = bounded.loads(value)["info"]["features"]
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, dict) else None


def _columns(schema: list[Element]) -> dict[str, str]:
    """The columns at the top; what is nested is told by its outermost kind and what it holds."""
    columns: dict[str, str] = {}
    at = 1
    for _ in range(schema[0].children):
        if at >= len(schema):
            raise Broken("its schema is cut off")
        element, first = schema[at], at
        left = 1
        while left:
            if at >= len(schema):
                raise Broken("its schema is cut off")
            left += schema[at].children - 1
            at += 1
        inner = [e.kind for e in schema[first + 1 : at] if not e.children]
        columns[element.name] = f"{element.kind}<{', '.join(inner)[:200]}>" if inner else element.kind
    return columns
