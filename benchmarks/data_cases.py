"""The same work on rows by several programs, for ``data.py``: they read ``a.jsonl`` or ``a.parquet`` and write o.*."""

import sys
from pathlib import Path
from typing import NamedTuple

HFTERM, PYTHON = str(Path(sys.executable).parent / "hfterm"), sys.executable
WHERE = "score > 0.5 AND lang = 'en'"
JQ_WHERE = 'select(.score > 0.5 and .lang == "en")'
MEAN = "SELECT lang, avg(score) AS s FROM {} GROUP BY 1"
_ENGINE = (
    "import duckdb; c = duckdb.connect(); c.execute('SET enable_progress_bar = false'); c.execute({!r}).fetchall()"
)
_SETS = (
    "import datasets; datasets.disable_progress_bars(); "
    "d = datasets.load_dataset({!r}, data_files={!r}, split='train'); "
)
_KEEP = "d.filter(lambda b: [s > 0.5 and g == 'en' for s, g in zip(b['score'], b['lang'])], batched=True)"


class Program(NamedTuple):
    """A command; ``stdin``: the file that comes to it through a pipe."""

    argv: list[str]
    stdin: str | None = None


def hfterm(*words: str, stdin: str | None = None) -> Program:
    return Program([HFTERM, "data", *words], stdin)


def duckdb(query: str) -> Program:
    return Program([PYTHON, "-c", _ENGINE.format(query)])


def copied(query: str, target: str) -> Program:
    how = "FORMAT json" if target.endswith(("jsonl", "stdout")) else "FORMAT parquet, COMPRESSION zstd"
    return duckdb(f"COPY ({query}) TO '{target}' ({how})")


def polars(python: str, code: str) -> Program:
    return Program([python, "-c", "import polars as pl; " + code])


def datasets(python: str, code: str, file: str = "a.jsonl") -> Program:
    return Program([python, "-c", _SETS.format("json" if file.endswith("jsonl") else "parquet", file) + code])


def jq(*words: str, file: str = "a.jsonl") -> Program:
    return Program(["jq", *words, file])


def cases(peers: str) -> dict[str, dict[str, Program]]:
    """Work to program to command; ``peers`` is the Python that has polars and datasets."""
    lines = "pl.scan_ndjson('a.jsonl')"
    table = "pl.scan_parquet('a.parquet')"
    where = ".filter((pl.col('score') > 0.5) & (pl.col('lang') == 'en'))"
    mean = ".group_by('lang').agg(pl.col('score').mean()).collect()"
    once = ".unique('text', keep='first', maintain_order=True)"
    return {
        "count, JSON Lines": {
            "hfterm": hfterm("count", "a.jsonl"),
            "duckdb": duckdb("SELECT count(*) FROM 'a.jsonl'"),
            "polars": polars(peers, f"{lines}.select(pl.len()).collect()"),
            "jq": jq("-n", "reduce inputs as $x (0; . + 1)"),
            "datasets": datasets(peers, "len(d)"),
        },
        "count, Parquet": {
            "hfterm": hfterm("count", "a.parquet"),
            "duckdb": duckdb("SELECT count(*) FROM 'a.parquet'"),
            "polars": polars(peers, f"{table}.select(pl.len()).collect()"),
            "datasets": datasets(peers, "len(d)", "a.parquet"),
        },
        "filter, JSON Lines": {
            "hfterm": hfterm("filter", "a.jsonl", WHERE, "-o", "o1.jsonl", "--overwrite"),
            "duckdb": copied(f"SELECT * FROM 'a.jsonl' WHERE {WHERE}", "o2.jsonl"),
            "polars": polars(peers, f"{lines}{where}.sink_ndjson('o3.jsonl')"),
            "jq": jq("-c", JQ_WHERE),
            "datasets": datasets(peers, f"{_KEEP}.to_json('o4.jsonl')"),
        },
        "filter, Parquet": {
            "hfterm": hfterm("filter", "a.parquet", WHERE, "-o", "o1.parquet", "--overwrite"),
            "duckdb": copied(f"SELECT * FROM 'a.parquet' WHERE {WHERE}", "o2.parquet"),
            "polars": polars(peers, f"{table}{where}.sink_parquet('o3.parquet', compression='zstd')"),
            "datasets": datasets(peers, f"{_KEEP}.to_parquet('o4.parquet')", "a.parquet"),
        },
        "filter, JSON Lines through a pipe": {
            "hfterm": hfterm("filter", WHERE, stdin="a.jsonl"),
            "duckdb": copied(f"SELECT * FROM read_ndjson('/dev/stdin') WHERE {WHERE}", "/dev/stdout")._replace(
                stdin="a.jsonl"
            ),
            "polars": polars(
                peers, f"import sys; pl.scan_ndjson(sys.stdin.buffer){where}.sink_ndjson(sys.stdout.buffer)"
            )._replace(stdin="a.jsonl"),
            "jq": Program(["jq", "-c", JQ_WHERE], "a.jsonl"),
        },
        "JSON Lines to Parquet": {
            "hfterm": hfterm("cat", "a.jsonl", "-o", "o1.parquet", "--overwrite"),
            "duckdb": copied("SELECT * FROM 'a.jsonl'", "o2.parquet"),
            "polars": polars(peers, f"{lines}.sink_parquet('o3.parquet', compression='zstd')"),
            "datasets": datasets(peers, "d.to_parquet('o4.parquet')"),
        },
        "Parquet to JSON Lines": {
            "hfterm": hfterm("cat", "a.parquet", "-o", "o1.jsonl", "--overwrite"),
            "duckdb": copied("SELECT * FROM 'a.parquet'", "o2.jsonl"),
            "polars": polars(peers, f"{table}.sink_ndjson('o3.jsonl')"),
            "datasets": datasets(peers, "d.to_json('o4.jsonl')", "a.parquet"),
        },
        "mean by group, JSON Lines": {
            "hfterm": hfterm("sql", "a.jsonl", MEAN.format("data")),
            "duckdb": duckdb(MEAN.format("'a.jsonl'")),
            "polars": polars(peers, lines + mean),
            "jq": jq("-n", "reduce inputs as $x ({}; .[$x.lang] |= [.[0] + $x.score, .[1] + 1])"),
        },
        "mean by group, Parquet": {
            "hfterm": hfterm("sql", "a.parquet", MEAN.format("data")),
            "duckdb": duckdb(MEAN.format("'a.parquet'")),
            "polars": polars(peers, table + mean),
        },
        "dedup by text, JSON Lines": {
            "hfterm": hfterm("dedup", "a.jsonl", "--by", "text", "-o", "o1.jsonl", "--overwrite"),
            "duckdb": copied("SELECT DISTINCT ON (text) * FROM 'a.jsonl'", "o2.jsonl"),
            "polars": polars(peers, f"{lines}{once}.sink_ndjson('o3.jsonl')"),
        },
        "dedup by text, Parquet": {
            "hfterm": hfterm("dedup", "a.parquet", "--by", "text", "-o", "o1.parquet", "--overwrite"),
            "duckdb": copied("SELECT DISTINCT ON (text) * FROM 'a.parquet'", "o2.parquet"),
            "polars": polars(peers, f"{table}{once}.sink_parquet('o3.parquet', compression='zstd')"),
        },
        "1,000 at random, JSON Lines": {
            "hfterm": hfterm("sample", "a.jsonl", "-n", "1000", "-o", "o1.jsonl", "--overwrite"),
            "duckdb": copied("SELECT * FROM 'a.jsonl' USING SAMPLE reservoir(1000 ROWS)", "o2.jsonl"),
            "polars": polars(peers, f"{lines}.collect().sample(1000).write_ndjson('o3.jsonl')"),
            "datasets": datasets(peers, "d.shuffle(seed=0).select(range(1000)).to_json('o4.jsonl')"),
        },
        "1,000 at random, Parquet": {
            "hfterm": hfterm("sample", "a.parquet", "-n", "1000", "-o", "o1.parquet", "--overwrite"),
            "duckdb": copied("SELECT * FROM 'a.parquet' USING SAMPLE reservoir(1000 ROWS)", "o2.parquet"),
            "polars": polars(peers, f"{table}.collect().sample(1000).write_parquet('o3.parquet', compression='zstd')"),
        },
        "first 3, JSON Lines": {
            "hfterm": hfterm("head", "a.jsonl", "-n", "3"),
            "duckdb": duckdb("SELECT * FROM 'a.jsonl' LIMIT 3"),
            "polars": polars(peers, f"{lines}.head(3).collect()"),
            "jq": Program(["bash", "-c", "head -n 3 a.jsonl | jq -c ."]),
            "datasets": Program([peers, "-c", _SETS.replace("split=", "streaming=True, split=").format("json", "a.jsonl") + "list(d.take(3))"]),  # noqa: E501
        },
        "first 3, Parquet": {
            "hfterm": hfterm("head", "a.parquet", "-n", "3"),
            "duckdb": duckdb("SELECT * FROM 'a.parquet' LIMIT 3"),
            "polars": polars(peers, f"{table}.head(3).collect()"),
        },
    }  # fmt: skip
