"""Rows of Parquet files by their numbers."""

from collections.abc import Mapping, Sequence

from hfterm.data import engine


def query(paths: Sequence[str], picks: Mapping[str, list[int]]) -> str:
    """The query for these rows of Parquet files, in their order."""
    number, chosen = "file_row_number", [path for path in paths if picks.get(path)]
    if not chosen:
        return f"SELECT * FROM read_parquet({engine.literal(paths[0])}) WHERE false"
    return " UNION ALL BY NAME ".join(
        f"(SELECT * EXCLUDE ({number}) FROM read_parquet({engine.literal(path)}, {number} = true) "
        f"WHERE {number} IN ({', '.join(map(str, picks[path]))}))"
        for path in chosen
    )
