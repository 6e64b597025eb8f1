"""Rows dealt out to the parts of a data set, by a draw that the seed alone decides."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hfterm.data import emit, engine, expression
from hfterm.data.rows import is_empty, label
from hfterm.data.saving import save_query
from hfterm.data.shape import NUMBER, numbered
from hfterm.data.shares import size
from hfterm.data.source import Source
from hfterm.data.structure import ROW
from hfterm.data.table import Tables
from hfterm.errors import HftermError, UsageError
from hfterm.files import atomic_dir, require_free

KINDS = ("jsonl", "json", "csv", "tsv", "parquet", "arrow")
_PARTS = "hfterm_parts"


def split(
    con: Any,
    sources: Sequence[Source],
    folder: str | os.PathLike[str],
    sizes: Mapping[str, str],
    *,
    kind: str = "jsonl",
    seed: int = 0,
    stratify: str | None = None,
    group_by: str | None = None,
    overwrite: bool = False,
    all_text: bool = False,
) -> list[dict[str, Any]]:
    """Write ``train`` and the parts of ``sizes`` (name to size, see :func:`hfterm.data.shares.size`) into a folder.

    The folder appears whole or not at all. Rows keep their order in each part; JSON Lines stay as they were read.
    Of each value of ``stratify`` every part gets its share (rounded so that the sums are right). Rows with one
    value of ``group_by`` go to one part, so that sizes are only met nearly; a row without one is a group of its
    own, and a group belongs to the least of its values of ``stratify``.

    Units (groups, or rows) are put in the order of the MD5 of seed and unit, the same on every machine. Within each
    stratum a unit goes to the part that its middle falls into.

    Returns:
        A record for each part: ``path``, ``part``, ``rows``.

    Raises:
        UsageError: sizes that the rows do not allow, no such column, the folder is not empty.
        HftermError: a row cannot be read.
    """
    require_free(folder, overwrite=overwrite)
    with Tables(con, all_text=all_text) as tables, tables.errors(sources, label(sources)):
        lines = kind == "jsonl" and all(source.format == "jsonl" for source in sources)
        rows = tables.several(list(sources), row=lines)
        if is_empty(con, rows):
            raise UsageError(f"{label(sources)} holds no rows: nothing to split")
        known = [row[0] for row in con.execute(f"DESCRIBE {rows}").fetchall() if row[0] != ROW]
        names = [name and _known(name, known, sources) for name in (stratify, group_by)]
        counts = _deal(con, numbered(rows), sizes, seed, *names)
        made = []
        with atomic_dir(folder, overwrite=overwrite) as target:
            for at, (part, count) in enumerate(counts.items()):
                name = f"{part}.{kind}"
                wanted = f"SELECT n FROM {_PARTS} WHERE part = {at}"
                query = f"SELECT * FROM ({numbered(rows)}) WHERE {NUMBER} IN ({wanted}) ORDER BY {NUMBER}"
                if lines:
                    with open(target / name, "wb") as stream:
                        for block in emit.stream(con, f"SELECT {engine.identifier(ROW)} FROM ({query})"):
                            stream.write(block)
                else:
                    save_query(con, f"SELECT * EXCLUDE ({NUMBER}) FROM ({query})", target / name)
                made.append({"path": str(Path(folder) / name), "part": part, "rows": count})
        return made


def _known(name: str, known: Sequence[str], sources: Sequence[Source]) -> str:
    found = expression.match(name, known)
    if found is None:
        raise expression.unknown(name, known, label(sources))
    return found


def _deal(
    con: Any, rows: str, sizes: Mapping[str, str], seed: int, stratify: str | None, group_by: str | None
) -> dict[str, int]:
    """Make the table of row numbers and parts (0 is train); the number of rows of each part."""
    stratum = f"{engine.identifier(stratify)}::VARCHAR" if stratify else "''"
    own = f"'#' || {NUMBER}"
    unit = f"coalesce('=' || {engine.identifier(group_by)}::VARCHAR, {own})" if group_by else own
    con.execute(
        f"CREATE OR REPLACE TABLE {_PARTS} AS "
        f"SELECT {NUMBER} AS n, {stratum} AS stratum, {unit} AS unit, 0 AS part FROM ({rows})"
    )
    total = con.execute(f"SELECT count(*) FROM {_PARTS}").fetchall()[0][0]
    wanted = {part: size(text, total, f"--{part}") for part, text in sizes.items()}
    if sum(wanted.values()) >= total:
        said = " and ".join(f"{count} for {part}" for part, count in wanted.items())
        raise UsageError(f"{said} leave nothing of {total} rows for train")
    # A stratum's rows in a part: the difference of two rounded sums, so that all of them add up to the part's size.
    ends, base = [], "0"
    for count in wanted.values():
        share = f"round(upto::DOUBLE * {count} / {total}) - round((upto - rows)::DOUBLE * {count} / {total})"
        base = f"{base} + {share}"
        ends.append(base)
    cases = " ".join(f"WHEN middle <= {end} THEN {at}" for at, end in enumerate(ends, 1))
    con.execute(f"""
        CREATE OR REPLACE TABLE {_PARTS} AS
        WITH units AS (SELECT unit, min(stratum) AS stratum, count(*) AS rows FROM {_PARTS} GROUP BY unit),
        drawn AS (
            SELECT unit, stratum, rows,
                sum(rows) OVER (PARTITION BY stratum ORDER BY md5({seed} || ':' || unit), unit) - rows / 2.0 AS middle
            FROM units
        ),
        strata AS (SELECT stratum, sum(rows) AS rows FROM units GROUP BY stratum),
        summed AS (SELECT stratum, rows, sum(rows) OVER (ORDER BY stratum NULLS LAST) AS upto FROM strata),
        dealt AS (
            SELECT drawn.unit, CASE {cases} ELSE 0 END AS part
            FROM (SELECT unit, stratum, middle FROM drawn) AS drawn
            JOIN summed ON drawn.stratum IS NOT DISTINCT FROM summed.stratum
        )
        SELECT n, dealt.part AS part FROM {_PARTS} JOIN dealt USING (unit)
    """)
    counted = dict(con.execute(f"SELECT part, count(*) FROM {_PARTS} GROUP BY part").fetchall())
    parts = {part: int(counted.get(at, 0)) for at, part in enumerate(["train", *wanted])}
    empty = next((part for part, count in parts.items() if not count), None)
    if empty is not None:
        why = "the groups are too large for it" if group_by else "there are too few rows for it"
        raise HftermError(f"part {empty} would have no rows: {why}", "ask for another size")
    return parts
