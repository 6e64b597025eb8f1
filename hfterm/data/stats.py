"""What the values of each column are like: how many are missing or differ, their range, mean and quantiles."""

import json
import math
from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hfterm.data import engine, expression
from hfterm.data.emit import json_value
from hfterm.data.rows import is_empty, label
from hfterm.data.source import Source
from hfterm.data.structure import ROW
from hfterm.data.table import Tables

# Up to so many rows distinct values are counted and quantiles found exactly, beyond by sketches.
EXACT_ROWS = 1_000_000
QUANTILES = (0.25, 0.5, 0.75)
# A text as least or greatest value is cut here.
MOST_CHARACTERS = 80
_BATCH = 2000

Row = dict[str, Any]
# The numbers of tokens of some values of a column (texts, or lists of messages).
Lengths = Callable[[Sequence[Any]], Sequence[int]]


def described(
    con: Any,
    sources: Sequence[Source],
    *,
    columns: Sequence[str] = (),
    quantiles: Sequence[float] = QUANTILES,
    tokens: Lengths | None = None,
    exact_rows: int = EXACT_ROWS,
    all_text: bool = False,
) -> Iterator[Row]:
    """A record for each column (``of`` is ``values``), then one for its ``lengths`` and ``tokens`` where it has such.

    Lengths are characters of texts, bytes of binary values, items of lists. ``nan`` counts what is a number but
    not finite; such values are in no other figure. ``approximate``: ``distinct`` (HyperLogLog, within some 3 %) and
    quantiles (t-digest) are estimates. ``std`` is that of a sample (n - 1); quantiles lie between the two values
    around them. Of images and sounds the values' record has how many are ``broken``, and others follow for
    ``width`` and ``height`` (pixels), or ``seconds``, ``sampling_rate`` and ``channels``, and ``bytes``.

    Raises:
        UsageError: there is no such column. HftermError: the data cannot be read.
    """
    with Tables(con, all_text=all_text) as tables, tables.errors(sources, label(sources)):
        rows = tables.several(list(sources))
        if is_empty(con, rows):
            return
        kinds = {row[0]: row[1] for row in con.execute(f"DESCRIBE {rows}").fetchall() if row[0] != ROW}
        names = []
        for name in columns or kinds:
            found = expression.match(name, kinds)
            if found is None:
                raise expression.unknown(name, kinds, label(sources))
            names.append(found)
        count = int(con.execute(f"SELECT count(*) FROM ({rows})").fetchall()[0][0])
        approximate = count > exact_rows
        values = {}
        if any("BLOB" in kinds[name] for name in names):
            from hfterm.data.media import figures

            values = figures.measurable(con, rows, {name: kinds[name] for name in names})
            rows = figures.measured(con, rows, values) if values else rows
        if values or any(source.format not in ("parquet", "arrow") for source in sources):
            # Texts are parsed once, not once a column.
            picked = ", ".join(map(engine.identifier, names))
            con.execute(f"CREATE OR REPLACE TABLE hfterm_stats AS SELECT {picked} FROM ({rows})")
            rows = "SELECT * FROM hfterm_stats"
        for name in names:
            if name not in values:
                yield from _column(con, rows, name, kinds[name], count, quantiles, approximate, tokens)
                continue

            def of(query: str, what: str, kind: str) -> Iterator[Row]:
                yield from _column(con, query, what, kind, count, quantiles, approximate, None)

            points = [f"p{q * 100:g}" for q in quantiles]
            yield from figures.figures(con, rows, name, values[name], count, of, points)


def _column(
    con: Any,
    rows: str,
    name: str,
    kind: str,
    count: int,
    quantiles: Sequence[float],
    approximate: bool,
    tokens: Lengths | None,
) -> Iterator[Row]:
    column = engine.identifier(name)
    number, length = _number(column, kind), _length(column, kind)
    wide = kind in ("DOUBLE", "FLOAT")
    finite = f"CASE WHEN isfinite({column}) THEN {column} END" if wide else column
    distinct = f"approx_count_distinct({column})" if approximate else f"count(DISTINCT {column})"
    edges = [f"{edge}({finite})" for edge in ("min", "max")] if _has_order(kind) else []
    if kind == "VARCHAR":
        edges = [f"left({edge}, {MOST_CHARACTERS})" for edge in edges]
    asked = [
        f"count({column})",
        f"count(*) FILTER (isnan({column}) OR isinf({column}))" if wide else "NULL",
        distinct,
        *(f"({json_value(edge, kind)})::VARCHAR" for edge in edges or ("NULL", "NULL")),
        *_figures(number, quantiles, approximate),
        f"count(DISTINCT {length})" if length else "NULL",
        f"min({length})" if length else "NULL",
        f"max({length})" if length else "NULL",
        *_figures(f"{length}::DOUBLE" if length else None, quantiles, approximate),
    ]
    said = list(con.execute(f"SELECT {', '.join(asked)} FROM ({rows})").fetchall()[0])
    there, nan, differ, low, high, *rest = said
    figures, rest = rest[: 2 + len(quantiles)], rest[2 + len(quantiles) :]
    nulls = count - there
    head = {"column": name, "of": "values", "type": kind, "rows": count, "nulls": nulls}
    low, high = (None if edge is None else json.loads(edge) for edge in (low, high))
    yield _row(head | {"nan": nan, "distinct": differ}, low, high, figures, quantiles, approximate)
    if length:
        differ, low, high, *figures = rest
        yield _row(
            head | {"of": "lengths", "nan": None, "distinct": differ}, low, high, figures, quantiles, approximate
        )
    if tokens is not None and there and (kind == "VARCHAR" or (kind.startswith("STRUCT(") and kind.endswith(")[]"))):
        found = _counted(con, f"SELECT {column} FROM ({rows}) WHERE {column} IS NOT NULL", tokens)
        measured = [_mean(found), _deviation(found), *(_quantile(found, q) for q in quantiles)]
        row = head | {"of": "tokens", "nan": None, "distinct": len(set(found))}
        yield _row(row, found[0], found[-1], measured, quantiles, False)


def _row(head: Row, low: Any, high: Any, figures: Sequence[Any], quantiles: Sequence[float], approximate: bool) -> Row:
    mean, deviation, *points = figures
    named = {f"p{q * 100:g}": _plain(value) for q, value in zip(quantiles, points, strict=True)}
    body = {"min": low, "max": high, "mean": _plain(mean), "std": _plain(deviation), **named}
    return head | body | {"approximate": approximate}


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _figures(number: str | None, quantiles: Sequence[float], approximate: bool) -> list[str]:
    """The SQL of mean, deviation and quantiles of a number (None: of nothing)."""
    if number is None:
        return ["NULL"] * (2 + len(quantiles))
    function = "approx_quantile" if approximate else "quantile_cont"
    # Sums of squares of large values overflow, which is an error of the engine.
    tame = f"CASE WHEN abs({number}) < 1e150 THEN {number} END"
    return [f"avg({number})", f"stddev_samp({tame})", *(f"{function}({number}, {q})" for q in quantiles)]


def _number(column: str, kind: str) -> str | None:
    if kind == "BOOLEAN":
        return f"{column}::INT::DOUBLE"
    if kind in ("DOUBLE", "FLOAT"):
        return f"CASE WHEN isfinite({column}) THEN {column}::DOUBLE END"
    decimal = kind.startswith("DECIMAL") and not kind.endswith("]")
    return f"{column}::DOUBLE" if decimal or kind.endswith("INT") or kind == "INTEGER" else None


def _has_order(kind: str) -> bool:
    """Whether a least and a greatest value say something."""
    plain = not kind.endswith("]") and not kind.startswith(("STRUCT", "MAP", "UNION"))
    return plain and kind not in ("BLOB", "JSON", "BIT") and not kind.startswith("INTERVAL")


def _length(column: str, kind: str) -> str | None:
    if kind == "VARCHAR" or kind.endswith("]"):
        return f"len({column})"
    if kind == "JSON":
        return f"len({column}::VARCHAR)"
    if kind == "BLOB":
        return f"octet_length({column})"
    return f"cardinality({column})" if kind.startswith("MAP") else None


def _counted(con: Any, query: str, tokens: Lengths) -> "array[int]":
    """The numbers of tokens of a query's values, in order of size."""
    found = array("q")
    cursor = con.cursor()
    try:
        cursor.execute(query)
        while batch := cursor.fetchmany(_BATCH):
            found.extend(tokens([row[0] for row in batch]))
    finally:
        cursor.close()
    return array("q", sorted(found))


def _mean(found: "array[int]") -> float:
    return sum(found) / len(found)


def _deviation(found: "array[int]") -> float | None:
    if len(found) < 2:
        return None
    mean = _mean(found)
    return math.sqrt(sum((value - mean) ** 2 for value in found) / (len(found) - 1))


def _quantile(found: "array[int]", share: float) -> float:
    """Between the values around it, as the engine's ``quantile_cont``."""
    at = share * (len(found) - 1)
    low = math.floor(at)
    high = min(low + 1, len(found) - 1)
    return found[low] + (at - low) * (found[high] - found[low])
