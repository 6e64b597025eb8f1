"""Sources one behind the other, and mixed."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hfterm.data import engine, join, source
from hfterm.data.rows import Rows
from hfterm.errors import UsageError


def table(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


def lines(rows: Rows) -> list[str]:
    return b"".join(rows.lines()).decode().splitlines()


def joined(*paths: str, **how: Any) -> Rows:
    return join.joined(engine.connect(threads=1), source.sources(paths), **how)


def test_records_stay_as_they_were_read(tmp_path: Path) -> None:
    a = table(tmp_path / "a.jsonl", '{"x":1,  "y":"é"}\n{"y":"\\u00e9","x":2.50}\n')
    b = table(tmp_path / "b.jsonl", '{"y": null, "x": 1e2}')
    assert lines(joined(a, b)) == ['{"x":1,  "y":"é"}', '{"y":"\\u00e9","x":2.50}', '{"y": null, "x": 1e2}']


def test_columns_are_put_together_by_name(tmp_path: Path) -> None:
    a = table(tmp_path / "a.jsonl", '{"x":1,"y":"a"}\n')
    b = table(tmp_path / "b.csv", "y,x\nb,2.5\n")
    want = [{"x": 1, "y": "a"}, {"x": 2.5, "y": "b"}]
    assert [json.loads(line) for line in lines(joined(a, b))] == want
    joined(a, b).save(tmp_path / "all.parquet")
    assert [json.loads(line) for line in lines(joined(str(tmp_path / "all.parquet")))] == want


def test_columns_that_differ(tmp_path: Path) -> None:
    a = table(tmp_path / "a.jsonl", '{"x":1,"y":"a"}\n')
    b = table(tmp_path / "b.jsonl", '{"x":2,"z":[1]}\n')
    empty = table(tmp_path / "empty.jsonl", "")
    for one, other in ((a, b), (b, a)):
        with pytest.raises(UsageError, match=r"has no column '[yz]'"):
            lines(joined(one, other))
    filled = [json.loads(line) for line in lines(joined(a, empty, b, fill=True))]
    assert filled == [{"x": 1, "y": "a", "z": None}, {"x": 2, "y": None, "z": [1]}]
    text = table(tmp_path / "c.jsonl", '{"x":"1","y":"a"}\n')
    with pytest.raises(UsageError, match=r"'x' is BIGINT in .* and VARCHAR"):
        lines(joined(a, text, fill=True))
    nothing = table(tmp_path / "d.jsonl", '{"x":null,"y":"a"}\n')
    assert lines(joined(a, nothing)) == ['{"x":1,"y":"a"}', '{"x":null,"y":"a"}']
    objects = [table(tmp_path / f"{name}.jsonl", f'{{"o":{{"{name}":1}}}}\n') for name in "pq"]
    assert [json.loads(line)["o"]["q"] for line in lines(joined(*objects))[1:]] == [1]
    assert lines(joined(empty, empty)) == []


@pytest.fixture
def three(tmp_path: Path) -> list[str]:
    paths = [
        table(tmp_path / f"{name}.jsonl", "".join(f'{{"s":"{name}",  "n":{i}}}\n' for i in range(count)))
        for name, count in (("a", 3000), ("b", 1000))
    ]
    return [*paths, table(tmp_path / "c.csv", "s,n\n" + "".join(f"c,{i}\n" for i in range(400)))]


def mixed(paths: list[str], *args: Any, **how: Any) -> list[dict[str, Any]]:
    rows = join.mixed(engine.connect(threads=1), source.sources(paths), *args, **how)
    return [json.loads(line) for line in lines(rows)]


def test_every_row_comes_once_and_in_its_order(three: list[str]) -> None:
    found = mixed(three, [1, 2, 3], seed=5, stop="all")
    for name, count in (("a", 3000), ("b", 1000), ("c", 400)):
        assert [row["n"] for row in found if row["s"] == name] == list(range(count))
    first = Counter(row["s"] for row in found[:700])
    assert first["a"] < first["b"] < first["c"]
    assert mixed(three, [1, 2, 3], seed=5, stop="all") == found != mixed(three, [1, 2, 3], seed=6, stop="all")


def test_the_first_that_ends_ends_it(three: list[str]) -> None:
    found = Counter(row["s"] for row in mixed(three))
    assert found["c"] == 400 and 250 < found["a"] < 600 and 250 < found["b"] < 600


def test_short_ones_are_repeated(three: list[str]) -> None:
    found = mixed(three, [1, 1, 2], stop="repeat")
    counts = Counter(row["s"] for row in found)
    assert counts["a"] == 3000 and counts["b"] > 2500 and counts["c"] > 5000
    assert [row["n"] for row in found if row["s"] == "c"][:1000] == [*range(400), *range(400), *range(200)]


def test_weights_that_do_not_fit(three: list[str]) -> None:
    for weights, words in (([1.0], "1 weights for 3 sources"), ([1.0, 0.0, 1.0], "not above 0")):
        with pytest.raises(UsageError, match=words):
            mixed(three, weights)
    with pytest.raises(UsageError, match="two sources"):
        mixed(three[:1])


@pytest.mark.parametrize("stop", join.STOPS)
def test_empty_sources_end(tmp_path: Path, stop: str) -> None:
    empty = table(tmp_path / "empty.jsonl", "")
    assert mixed([empty, empty], stop=stop) == []
    one = table(tmp_path / "one.jsonl", '{"a":1}\n')
    found = mixed([empty, one], stop=stop, seed=3)
    assert len(found) <= 2 and (stop != "all" or found == [{"a": 1}])
