"""Rows dealt out: all of them, once, in shares that are met."""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hfterm.data import engine, source, split
from hfterm.data.shares import size
from hfterm.errors import HftermError, UsageError

DRAW = random.Random(1)
ROWS = [{"id": i, "lang": DRAW.choice("aaaabbc"), "user": i // 7 if i % 10 else None} for i in range(500)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "rows.jsonl"
    made.write_text("".join(json.dumps(row, indent=None, separators=(" ,", ":  ")) + "\n" for row in ROWS))
    return made


def dealt(path: Path, folder: Path, sizes: dict[str, str], **how: Any) -> dict[str, list[dict[str, Any]]]:
    made = split.split(engine.connect(threads=1), source.sources([str(path)]), folder, sizes, **how)
    parts = {one["part"]: Path(one["path"]).read_text().splitlines() for one in made}
    assert [one["rows"] for one in made] == [len(lines) for lines in parts.values()]
    known = path.read_text().splitlines()
    assert sorted(line for lines in parts.values() for line in lines) == sorted(known)  # all, once, byte for byte
    found = {part: [json.loads(line) for line in lines] for part, lines in parts.items()}
    assert all([row["id"] for row in rows] == sorted(row["id"] for row in rows) for rows in found.values())
    return found


def test_sizes_are_met_and_the_seed_decides(path: Path, tmp_path: Path) -> None:
    one = dealt(path, tmp_path / "one", {"test": "0.1", "validation": "30"})
    assert {part: len(rows) for part, rows in one.items()} == {"train": 420, "test": 50, "validation": 30}
    assert dealt(path, tmp_path / "again", {"test": "10%", "validation": "30"}) == one
    assert dealt(path, tmp_path / "other", {"test": "10%", "validation": "30"}, seed=1) != one


def test_strata_keep_their_shares(path: Path, tmp_path: Path) -> None:
    found = dealt(path, tmp_path / "out", {"test": "0.2", "validation": "0.1"}, stratify="lang")
    whole = Counter(row["lang"] for row in ROWS)
    assert (len(found["test"]), len(found["validation"])) == (100, 50)
    for part, share in (("test", 0.2), ("validation", 0.1)):
        for lang, count in Counter(row["lang"] for row in found[part]).items():
            assert abs(count - whole[lang] * share) <= 1


@pytest.mark.parametrize("stratify", [None, "lang"])
def test_groups_are_never_split(path: Path, tmp_path: Path, stratify: str | None) -> None:
    found = dealt(path, tmp_path / "out", {"test": "0.3"}, group_by="user", stratify=stratify)
    users = {part: {row["user"] for row in rows} - {None} for part, rows in found.items()}
    assert not users["train"] & users["test"] and abs(len(found["test"]) - 150) <= 7 * (3 if stratify else 1)
    assert {row["user"] is None for row in found["test"]} == {True, False}  # those without one are dealt one by one


def test_other_formats(path: Path, tmp_path: Path) -> None:
    con = engine.connect(threads=1)
    made = split.split(con, source.sources([str(path)]), tmp_path / "out", {"test": "3"}, kind="parquet")
    count = con.execute(f"SELECT count(*), count(DISTINCT id) FROM '{tmp_path}/out/*.parquet'").fetchall()[0]
    assert count == (500, 500) and [one["rows"] for one in made] == [497, 3]


def test_nothing_is_left_behind_where_it_cannot_be_done(path: Path, tmp_path: Path) -> None:
    sources, con = source.sources([str(path)]), engine.connect(threads=1)
    before = sorted(tmp_path.iterdir())
    for sizes, how, error, words in [
        ({"test": "500"}, {}, UsageError, "leave nothing"),
        ({"test": "0.0001"}, {}, HftermError, "too few rows"),
        ({"test": "1"}, {"group_by": "lang"}, HftermError, "groups are too large"),
        ({"test": "1"}, {"stratify": "langs"}, UsageError, "did you mean lang"),
    ]:
        with pytest.raises(error, match=words):
            split.split(con, sources, tmp_path / "out", sizes, **how)  # type: ignore[arg-type]
    assert sorted(tmp_path.iterdir()) == before


def test_sizes_as_users_write_them() -> None:
    assert [size(text, 1000, "--test") for text in ("0.25", "5%", "1", "700", "1e2")] == [250, 50, 1, 700, 100]
    for text in ("0", "-1", "1.5", "100%", "nan", "inf", "1e400", "", "x"):
        with pytest.raises(UsageError, match="--test"):
            size(text, 1000, "--test")
