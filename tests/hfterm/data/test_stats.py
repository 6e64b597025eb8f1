"""Figures of columns, against Python's own."""

import json
import random
import statistics
from pathlib import Path
from typing import Any

import pytest

from hfterm.data import engine, source, stats
from hfterm.errors import UsageError


def table(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def described(path: Path, **how: Any) -> dict[tuple[str, str], dict[str, Any]]:
    found = stats.described(engine.connect(threads=1), source.sources([str(path)]), **how)
    return {(row["column"], row["of"]): row for row in found}


def test_figures_are_those_of_python(tmp_path: Path) -> None:
    draw = random.Random(4)
    values = [draw.gauss(3, 9) for _ in range(501)]
    texts = ["x" * draw.randrange(40) for _ in values]
    path = table(tmp_path / "a.jsonl", [{"v": v, "t": t} for v, t in zip(values, texts, strict=True)] + [{"v": None}])
    found = described(path)
    row = found["v", "values"]
    assert (row["rows"], row["nulls"], row["nan"], row["distinct"]) == (502, 1, 0, 501)
    assert (row["min"], row["max"]) == (min(values), max(values)) and not row["approximate"]
    assert row["mean"] == pytest.approx(statistics.fmean(values)) and row["std"] == pytest.approx(
        statistics.stdev(values)
    )
    want = statistics.quantiles(values, n=4, method="inclusive")
    assert [row["p25"], row["p50"], row["p75"]] == pytest.approx(want)
    lengths = found["t", "lengths"]
    assert lengths["mean"] == pytest.approx(statistics.fmean(map(len, texts))) and lengths["nulls"] == 1
    assert lengths["distinct"] == len({len(text) for text in texts})


def test_tokens_are_figured_as_values_are(tmp_path: Path) -> None:
    values = [5, 1, 4, 9]
    path = table(
        tmp_path / "a.jsonl", [{"n": v, "t": "w " * v, "m": [{"role": "user", "content": "x" * v}]} for v in values]
    )

    def tokens(batch: Any) -> list[int]:
        return [len(one.split()) if isinstance(one, str) else len(one[0]["content"]) for one in batch]

    found = described(path, tokens=tokens, quantiles=(0.1, 0.9))
    names = ("min", "max", "mean", "std", "p10", "p90", "distinct")
    for column in ("t", "m"):
        for name in names:
            assert found[column, "tokens"][name] == pytest.approx(found["n", "values"][name])


def test_estimates_are_marked_and_near(tmp_path: Path) -> None:
    path = table(tmp_path / "a.jsonl", [{"v": i % 1000} for i in range(5000)])
    row = described(path, exact_rows=4999)["v", "values"]
    assert row["approximate"] and row["distinct"] == pytest.approx(1000, rel=0.15)
    assert row["p50"] == pytest.approx(499.5, rel=0.05) and (row["min"], row["max"]) == (0, 999)
    assert described(path, exact_rows=5000)["v", "values"]["distinct"] == 1000


def test_every_kind_of_column(tmp_path: Path) -> None:
    con = engine.connect(threads=1)
    path = tmp_path / "kinds.parquet"
    con.execute(
        "COPY (SELECT TIMESTAMP '2020-01-01 10:00:00' AS at, 'a'::BLOB AS raw, 12.34::DECIMAL(9, 2) AS money, [1.5, 2] AS "
        "list, MAP {'a': 1} AS map, {'x': 1} AS object, 'nan'::DOUBLE AS odd, 170141183460469231731687303715884105727"
        f"::HUGEINT AS huge, true AS yes, NULL::INT AS nothing, DATE '2020-02-03' AS day) TO '{path}'"
    )
    found = described(path)
    assert found["at", "values"]["min"] == "2020-01-01T10:00:00" and found["day", "values"]["max"] == "2020-02-03"
    assert found["odd", "values"]["nan"] == 1 and found["odd", "values"]["mean"] is None
    assert found["money", "values"]["mean"] == 12.34 and found["yes", "values"]["mean"] == 1
    assert found["nothing", "values"]["nulls"] == 1 and found["nothing", "values"]["distinct"] == 0
    assert [found[name, "lengths"]["max"] for name in ("raw", "list", "map")] == [1, 2, 1]
    assert ("object", "lengths") not in found
    json.dumps(list(found.values()), allow_nan=False)


def test_columns_asked_for(tmp_path: Path) -> None:
    path = table(tmp_path / "a.jsonl", [{"Aa": 1, "b": 2}])
    assert [key[0] for key in described(path, columns=["b", "aa"])] == ["b", "Aa"]
    with pytest.raises(UsageError, match="did you mean Aa"):
        described(path, columns=["Aaa"])
