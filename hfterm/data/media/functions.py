"""The functions of images and sounds that SQL expressions may name, and those that the program needs itself.

They are registered with the engine when an expression names them: only then Pillow or libsndfile is imported.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from hfterm import extras
from hfterm.data import engine
from hfterm.data.media.errors import MediaError, carrier

VALUE = "STRUCT(bytes BLOB, path VARCHAR)"
_TYPE = re.compile(
    r'STRUCT\((?:"?bytes"? BLOB, "?path"? VARCHAR|"?path"? VARCHAR, "?bytes"? BLOB)\)(\[\])?', re.IGNORECASE
)

Work = Callable[..., Any]


class Function(NamedTuple):
    """A function: the module that has it, the types of what follows the value, and of what it gives."""

    module: str
    more: tuple[str, ...] = ()
    gives: str = VALUE


FUNCTIONS = {
    "resize": Function("images", ("INTEGER", "INTEGER")),
    "thumbnail": Function("images", ("INTEGER", "INTEGER")),
    "crop": Function("images", ("INTEGER", "INTEGER", "INTEGER", "INTEGER")),
    "convert": Function("images", ("VARCHAR",)),
    "width": Function("images", (), "BIGINT"),
    "height": Function("images", (), "BIGINT"),
    "resample": Function("sounds", ("INTEGER",)),
    "mono": Function("sounds"),
    "duration": Function("sounds", (), "DOUBLE"),
}
# The engine counts a function's parameters, and takes no ``*``.
_OF_SO_MANY: dict[int, Callable[[Work], Work]] = {
    1: lambda run: lambda a: run(a),
    2: lambda run: lambda a, b: run(a, b),
    3: lambda run: lambda a, b, c: run(a, b, c),
    5: lambda run: lambda a, b, c, d, e: run(a, b, c, d, e),
}
_known: "WeakKeyDictionary[Any, set[str]]" = WeakKeyDictionary()


def is_value(kind: str) -> bool:
    """Whether an SQL type is that of images and sounds, or of lists of them."""
    return _TYPE.fullmatch(kind) is not None


def is_list(kind: str) -> bool:
    """Whether an SQL type is that of lists of them."""
    return is_value(kind) and kind.endswith("[]")


def columns(con: Any, query: str) -> dict[str, str]:
    """The columns of a query that hold images or sounds, and their SQL types."""
    return {row[0]: row[1] for row in con.execute(f"DESCRIBE {query}").fetchall() if is_value(row[1])}


def prepared(con: Any, rows: str, text: str) -> str:
    """The query ``rows``, made ready for an expression: its functions are known, and ``.bytes`` holds the bytes.

    Raises:
        MissingExtraError: a library that a function needs is not installed.
    """
    named = [name for name in FUNCTIONS if re.search(rf"\b{name}\s*\(", text, re.IGNORECASE)]
    for name in named:
        how = FUNCTIONS[name]
        extras.check("media", *(("PIL",) if how.module == "images" else ("soundfile", "soxr")))
        _register(con, name, _work(name, how), [VALUE, *how.more], how.gives)
    if not re.search(r"\bbytes\b", text, re.IGNORECASE):
        return rows
    made = [f"{loaded(con, name, kind)} AS {engine.identifier(name)}" for name, kind in columns(con, rows).items()]
    return f"SELECT * REPLACE ({', '.join(made)}) FROM ({rows})" if made else rows


def _work(name: str, how: Function) -> Work:
    from importlib import import_module

    found: Work = getattr(import_module(f"hfterm.data.media.{how.module}"), name)
    return found


def loaded(con: Any, name: str, kind: str, *, base: bool = False) -> str:
    """The SQL of a column with the bytes in it; ``base``: and no folders in the names, as ``datasets`` embeds files."""

    def work(value: dict[str, Any]) -> dict[str, Any]:
        from hfterm.data.media import files

        if value["bytes"] is not None or not files.is_open(value):
            return value
        return {"bytes": files.content(value), "path": files.base(value["path"]) if base else value["path"]}

    return _each(con, "hfterm_saved" if base else "hfterm_loaded", work, name, kind, VALUE)


def described(con: Any, column: str, kind: str) -> str:
    """The SQL of what a column's values are, as JSON texts."""
    from hfterm.data.media import describe

    if not is_list(kind):
        _register(con, "hfterm_described", describe.text, [VALUE], "VARCHAR")
        return f"hfterm_described({column})::JSON"
    _register(con, "hfterm_described_all", _as_array, [f"{VALUE}[]"], "VARCHAR")
    return f"hfterm_described_all({column})::JSON"


def measured(con: Any, work: Work, column: str) -> str:
    """The SQL of a text that ``work`` makes of each of a column's values."""
    _register(con, "hfterm_measured", work, [VALUE], "VARCHAR")
    return f"hfterm_measured({column})"


def _as_array(values: Sequence[dict[str, Any] | None]) -> str:
    from hfterm.data.media import describe

    return f"[{','.join('null' if value is None else describe.text(value) for value in values)}]"


def good(con: Any, column: str, kind: str, tell: Callable[[int, str | None, str], None]) -> str:
    """The SQL of whether a column's values can be read to the end; ``tell`` hears the row, the name, why not."""
    from hfterm.data.media import describe

    def work(values: Any, row: int) -> bool:
        for value in values if isinstance(values, list) else [values]:
            why = describe.checked(value) if value is not None else None
            if why is not None:
                tell(row, value["path"], why)
                return False
        return True

    name = f"hfterm_good_{len(_known.get(con, ()))}"
    _register(con, name, work, [VALUE + "[]" * is_list(kind), "BIGINT"], "BOOLEAN", effects=True)
    return f"coalesce({name}({column}, {engine.identifier('#n')}), true)"


def _each(con: Any, function: str, work: Work, column: str, kind: str, gives: str) -> str:
    """The SQL of a function of a column's values, or of each in a list."""
    named = engine.identifier(column)
    if not is_list(kind):
        _register(con, function, work, [VALUE], gives)
        return f"{function}({named})"

    def all_of(values: Sequence[Any]) -> list[Any]:
        return [None if value is None else work(value) for value in values]

    _register(con, f"{function}_all", all_of, [f"{VALUE}[]"], f"{gives}[]")
    return f"{function}_all({named})"


def _register(con: Any, name: str, work: Work, takes: Iterable[str], gives: str, *, effects: bool = False) -> None:
    """Make a function known to the engine, once; it gets values one by one, and NULL of NULL is NULL."""
    known = _known.setdefault(con, set())
    if name in known:
        return
    known.add(name)
    extras.require("duckdb", "data")  # the half of it that knows Python's functions
    pa = extras.require("pyarrow", "data")
    value = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    kinds = {
        **{VALUE: value, f"{VALUE}[]": pa.list_(value), "VARCHAR": pa.string(), "BIGINT": pa.int64()},
        **{"DOUBLE": pa.float64(), "BOOLEAN": pa.bool_()},
    }

    kinds_taken = [con.type(one) for one in takes]

    def run(*given: Any) -> Any:
        made = []
        try:
            for row in zip(*(column.to_pylist() for column in given), strict=True):
                made.append(None if any(part is None for part in row) else work(*row))
        except (MediaError, ValueError) as exc:
            raise carrier(exc) from None
        return pa.array(made, kinds[gives])

    con.create_function(
        name,
        _OF_SO_MANY[len(kinds_taken)](run),
        kinds_taken,
        con.type(gives),
        type="arrow",
        null_handling="special",
        side_effects=effects,
    )
