"""Texts that are nearly the same, against a comparison of all pairs in plain Python."""

import json
import random
import re
from pathlib import Path

import pytest

from hfterm.data import engine, near, source
from hfterm.data.rows import Rows
from hfterm.errors import UsageError


def shingles(text: str, size: int = near.SHINGLE) -> set[str]:
    words = re.findall(r"[a-z0-9_]+", text.lower())
    return {" ".join(words[at : at + size]) for at in range(max(1, len(words) - size + 1))}


def jaccard(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other)


def texts(count: int, seed: int = 0) -> list[str]:
    """Random texts, and behind them the same with more and more words changed."""
    draw = random.Random(seed)
    words = [f"w{i}" for i in range(400)]
    made = [" ".join(draw.choices(words, k=draw.randrange(3, 120))) for _ in range(count)]
    for text in list(made):
        parts = text.split()
        for _ in range(draw.randrange(len(parts) // 8 + 2)):
            parts[draw.randrange(len(parts))] = "new"
        made.append(" ".join(parts).title() + "!")
    return made


def thinned(path: Path, threshold: float, **how: int) -> Rows:
    return near.thinned(engine.connect(threads=1), source.sources([str(path)]), None, threshold, **how)


@pytest.mark.parametrize("threshold", [0.5, 0.8, 1.0])
def test_the_same_are_left_out_as_by_comparing_all(tmp_path: Path, threshold: float) -> None:
    rows = texts(150)
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps({"text": text}, separators=(", ", " : ")) + "\n" for text in rows))
    kept: list[tuple[str, set[str]]] = []
    for text in rows:
        own = shingles(text)
        if not any(jaccard(own, other) >= threshold for _, other in kept):
            kept.append((text, own))
    assert 150 < len(kept) < 300  # both kinds are there
    found = b"".join(thinned(path, threshold).lines()).decode().splitlines()
    assert found == [json.dumps({"text": text}, separators=(", ", " : ")) for text, _ in kept]


def test_equal_values_are_as_frequent_as_the_similarity() -> None:
    """The estimate is within four standard deviations, sqrt(s (1 - s) / k), of the truth."""
    con = engine.connect(threads=1)
    count = 400
    for other in ([*range(50, 150)], [*range(10, 110)], [*range(100, 200)], [*range(100)]):
        one = list(range(100))
        made = con.execute(
            f"SELECT {near.signature(count)} FROM (SELECT n, hash(unnest([?, ?][n])) AS x FROM range(1, 3) AS t(n)) "
            "GROUP BY n",
            [one, other],
        ).fetchall()
        true = len({*one} & {*other}) / len({*one} | {*other})
        share = sum(a == b for a, b in zip(made[0][0], made[1][0], strict=True)) / count
        assert abs(share - true) <= 4 * (true * (1 - true) / count) ** 0.5


def test_bands_hardly_miss_a_pair() -> None:
    for percent in range(1, 101):
        count, size = near.bands(percent / 100)
        assert count * size <= near.VALUES
        assert near.missed(percent / 100, count, size) <= near.MISSED or (count, size) == (near.VALUES, 1)
    assert near.bands(0.8) == (25, 5)


def test_odd_texts(tmp_path: Path) -> None:
    rows = [
        "",
        None,
        "!!!",
        "???",
        "Hi",
        "hi!",
        "日本語の文です。",
        "日本語の文です",
        "日本語の本です",
        None,
        "",
        "a b",
        "b a",
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in rows))
    found = [json.loads(line)["text"] for line in b"".join(thinned(path, 0.9).lines()).splitlines()]
    assert found == ["", None, "!!!", "???", "Hi", "日本語の文です。", "日本語の本です", None, "a b", "b a"]
    words = [json.loads(line)["text"] for line in b"".join(thinned(path, 0.9, shingle=1).lines()).splitlines()]
    assert words == found[:-1]


def test_the_column_must_be_there(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"texts":"a"}\n')
    with pytest.raises(UsageError, match="did you mean texts"):
        b"".join(thinned(path, 0.8).lines())
