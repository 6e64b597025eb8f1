import json
from itertools import pairwise
from pathlib import Path

import pytest

from hfterm.errors import UsageError
from hfterm.tok.chunk import chunk
from hfterm.tok.tokenizer import Tokenizer, load
from support.tiny import tiny_model

TEXT = " ".join(f"The lamp of Mara is red {n}. Who keeps it at night?" for n in range(30)) + " Grüße 😀 ﬁn"


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    return load(tiny_model(tmp_path_factory.mktemp("chunk") / "tiny"))


@pytest.fixture
def source(tmp_path: Path) -> list[str]:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": TEXT, "id": "x"}) + "\n")
    return [str(tmp_path / "a.jsonl")]


@pytest.mark.parametrize("by", ["tokens", "sentence"])
@pytest.mark.parametrize(("size", "overlap"), [(1, 0), (7, 3), (40, 0), (40, 25), (10**6, 0)])
def test_chunks_are_slices_that_leave_nothing_out(
    by: str, size: int, overlap: int, tokenizer: Tokenizer, source: list[str]
) -> None:
    rows = list(chunk(source, tokenizer, size, overlap=overlap, by=by))
    assert [row["chunk"] for row in rows] == list(range(1, len(rows) + 1))
    covered: set[int] = set()
    for row in rows:
        assert row["text"] == TEXT[row["start"] : row["end"]]
        assert 1 <= row["tokens"] <= size
        covered |= set(range(row["start"], row["end"]))
    assert all(TEXT[place].isspace() for place in set(range(len(TEXT))) - covered)
    if not overlap:
        assert sum(row["tokens"] for row in rows) == len(tokenizer.encode(TEXT))
    if size == 10**6:
        assert len(rows) == 1


def test_an_overlap_is_the_end_of_the_chunk_before(tokenizer: Tokenizer, source: list[str]) -> None:
    rows = list(chunk(source, tokenizer, 20, overlap=5))
    assert all(row["tokens"] == 20 for row in rows[:-1])
    assert len(rows) == -(-(len(tokenizer.encode(TEXT)) - 5) // 15)
    assert all(after["start"] < before["end"] for before, after in pairwise(rows))


def test_sentences_stay_whole(tokenizer: Tokenizer, source: list[str]) -> None:
    rows = list(chunk(source, tokenizer, 60, by="sentence"))
    assert len(rows) > 3
    assert all(row["text"].endswith((".", "?")) for row in rows[:-1])
    twice = list(chunk(source, tokenizer, 60, overlap=30, by="sentence"))
    assert len(twice) > len(rows)
    for before, after in pairwise(twice):
        again = TEXT[after["start"] : before["end"]]
        assert again == "" or again.startswith(("The lamp", "Who keeps"))


def test_a_text_file_is_one_text_and_fields_are_kept(tokenizer: Tokenizer, source: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("the lamp\n\nMara\n")
    [row] = chunk([str(tmp_path / "a.txt")], tokenizer, 100)
    assert (row["text"], row["record"]) == ("the lamp\n\nMara", 1)
    assert next(chunk(source, tokenizer, 10, keep=True))["id"] == "x"
    (tmp_path / "empty.txt").write_text("")
    assert list(chunk([str(tmp_path / "empty.txt")], tokenizer, 100)) == []


def test_an_overlap_must_leave_something(tokenizer: Tokenizer, source: list[str]) -> None:
    with pytest.raises(UsageError, match="leaves nothing of a chunk of 5"):
        list(chunk(source, tokenizer, 5, overlap=5))


def test_sentences_are_learnt_from_the_sources(tokenizer: Tokenizer, tmp_path: Path) -> None:
    words = " ".join(f"The lamp is {n}. Here the Abk. Helps us. Then it ends. The Abk. comes." for n in range(60))
    (tmp_path / "a.txt").write_text(words)
    ends = {}
    for splitter in ("rules", "learn"):
        found = chunk([str(tmp_path / "*.txt")], tokenizer, 40, by="sentence", splitter=splitter)
        ends[splitter] = {row["text"].split()[-1] for row in found}
    assert "Abk." in ends["rules"]
    assert "Abk." not in ends["learn"] and ends["learn"]
    with pytest.raises(UsageError, match="reads the input twice; name files"):
        list(chunk(["-"], tokenizer, 30, by="sentence", splitter="learn"))
