"""Rows: ``hfterm data`` against the engine underneath, jq and datasets, on the same file, interleaved.

    python benchmarks/data.py [ROUNDS] [ROWS]

Prints a Markdown table: medians of the CPU seconds (user + system) and wall seconds of the whole process, its peak
memory, and the CPU seconds as a ratio of hfterm's.
"""

import json
import os
import random
import statistics
import sys
import tempfile
from pathlib import Path

from processes import Taken, run

BIN = Path(sys.executable).parent
HFTERM, PYTHON = str(BIN / "hfterm"), sys.executable
DUCKDB = "import duckdb; c = duckdb.connect(); c.execute('SET enable_progress_bar = false'); c.execute({!r}).fetchall()"
LOAD = (
    "import datasets, tempfile; datasets.disable_progress_bars(); "
    "d = datasets.load_dataset('json', data_files='a.jsonl', split='train', cache_dir=tempfile.mkdtemp(dir='.')); "
)
WHERE = "score > 0.5 AND lang = 'en'"
JQ = 'select(.score > 0.5 and .lang == "en")'


def fill(path: Path, rows: int) -> None:
    """Records with an id, a time, a language of four, a score, tags and about 200 characters of text."""
    draw = random.Random(1)
    words = [word * 3 for word in ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]]
    with path.open("w") as stream:
        for number in range(rows):
            row = {
                "id": number, "ts": 1_700_000_000 + number, "lang": draw.choice(["en", "de", "fr", "es"]),
                "score": round(draw.random(), 4), "tags": draw.sample(words, 2),
                "text": " ".join(draw.choice(words) for _ in range(14)),
            }  # fmt: skip
            stream.write(json.dumps(row, separators=(",", ":")) + "\n")


def duckdb(query: str) -> list[str]:
    return [PYTHON, "-c", DUCKDB.format(query)]


CASES: dict[str, dict[str, tuple[list[str], str | None]]] = {
    "filter, file to JSON Lines": {
        "hfterm data filter": ([HFTERM, "data", "filter", "a.jsonl", WHERE], None),
        "duckdb": (duckdb(f"COPY (SELECT * FROM 'a.jsonl' WHERE {WHERE}) TO '/dev/stdout' (FORMAT json)"), None),
        "jq": (["jq", "-c", JQ, "a.jsonl"], None),
        "datasets": ([PYTHON, "-c", LOAD + "d.filter(lambda b: [s > 0.5 and g == 'en' for s, g in zip(b['score'], b['lang'])], batched=True).to_json('/dev/stdout')"], None),  # noqa: E501
    },
    "filter, through a pipe": {
        "hfterm data filter": ([HFTERM, "data", "filter", WHERE], "a.jsonl"),
        "duckdb": (duckdb(f"COPY (SELECT * FROM read_ndjson('/dev/stdin') WHERE {WHERE}) TO '/dev/stdout' (FORMAT json)"), "a.jsonl"),  # noqa: E501
        "jq": (["jq", "-c", JQ], "a.jsonl"),
    },
    "count, JSON Lines": {
        "hfterm data count": ([HFTERM, "data", "count", "a.jsonl"], None),
        "duckdb": (duckdb("SELECT count(*) FROM 'a.jsonl'"), None),
        "jq": (["jq", "-n", "reduce inputs as $x (0; . + 1)", "a.jsonl"], None),
    },
    "JSON Lines to Parquet": {
        "hfterm data cat": ([HFTERM, "data", "cat", "a.jsonl", "-o", "b.parquet", "--overwrite"], None),
        "duckdb": (duckdb("COPY (SELECT * FROM 'a.jsonl') TO 'c.parquet' (COMPRESSION zstd)"), None),
        "datasets": ([PYTHON, "-c", LOAD + "d.to_parquet('d.parquet')"], None),
    },
    "aggregate, Parquet": {
        "hfterm data sql": ([HFTERM, "data", "sql", "b.parquet", "SELECT lang, avg(score) AS s FROM data GROUP BY 1"], None),  # noqa: E501
        "duckdb": (duckdb("SELECT lang, avg(score) AS s FROM 'b.parquet' GROUP BY 1"), None),
    },
    "dedup by text, Parquet": {
        "hfterm data dedup": ([HFTERM, "data", "dedup", "b.parquet", "--by", "text", "-o", "e.parquet", "--overwrite"], None),  # noqa: E501
        "duckdb": (duckdb("COPY (SELECT DISTINCT ON (text) * FROM 'b.parquet') TO 'f.parquet' (COMPRESSION zstd)"), None),  # noqa: E501
    },
    "first 3 rows": {
        "hfterm data head": ([HFTERM, "data", "head", "a.jsonl", "-n", "3"], None),
        "duckdb": (duckdb("SELECT * FROM 'a.jsonl' LIMIT 3"), None),
        "jq": (["bash", "-c", "head -n 3 a.jsonl | jq -c ."], None),
    },
}  # fmt: skip


def main() -> None:
    rounds, rows = (int(a) for a in [*sys.argv[1:], *("3", "1000000")[len(sys.argv) - 1 :]])
    print("| work | program | CPU s | wall s | peak MiB | CPU ratio |\n|---|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as home:
        fill(Path(home, "a.jsonl"), rows)
        env = {k: v for k, v in os.environ.items() if not k.startswith(("HF", "PYTHON"))}
        env |= {"HOME": home, "HFTERM_HOME": f"{home}/hfterm", "HF_HOME": f"{home}/hf", "HF_HUB_OFFLINE": "1"}
        for what, programs in CASES.items():
            taken: dict[str, list[Taken]] = {name: [] for name in programs}
            for number in range(-1, rounds):  # the first round warms the caches
                for name, (argv, stdin) in programs.items():
                    one = run(argv, env, home, str(Path(home, stdin)) if stdin else None)
                    taken[name] += [one] * (number >= 0)
            ours = 0.0
            for name, values in taken.items():
                cpu, wall, peak = (statistics.median(v[i] for v in values) for i in range(3))
                ours = ours or cpu
                print(f"| {what} | {name} | {cpu:.2f} | {wall:.2f} | {peak:.0f} | {cpu / ours:.1f} |", flush=True)


main()
