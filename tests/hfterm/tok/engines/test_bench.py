from itertools import count
from pathlib import Path

import pytest

from hfterm.errors import HftermError
from hfterm.tok.engines.bench import bench, read, wrong
from hfterm.tok.tokenizer import Tokenizer, load
from support.engines import Failing, Liar, only
from support.kinds import folder_of

TEXTS = ["the lamp of Mara", "Grüße", "", "the keeper"] * 400


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    return load(folder_of("gpt2", tmp_path_factory.mktemp("kind") / "tok"))


def test_speeds_are_bytes_and_tokens_by_the_clock(tokenizer: Tokenizer) -> None:
    ticks = count()
    with only(lambda t: Liar(t, lambda text: False), version="7"):
        rows = bench(TEXTS, tokenizer, rounds=3, clock=lambda: float(next(ticks)))
    size = sum(len(text.encode()) for text in TEXTS)
    tokens = sum(tokenizer.lengths(TEXTS))
    assert [row["engine"] for row in rows] == ["tokenizers", "liar"]
    for row in rows:
        assert (row["texts"], row["bytes"], row["tokens"], row["ids"]) == (len(TEXTS), size, tokens, "same")
        # A pass of the first round is four batches of a tick each, one of the others is one tick.
        assert row["mb_per_s"] == round(size / 1e6, 2)
        assert row["first_mb_per_s"] == round(size / 4e6, 2)
        assert (row["tokens_per_s"], row["ratio"]) == (tokens, 1.0)
    assert (rows[1]["version"], rows[1]["load_s"], wrong(rows)) == ("7", 1.0, [])


def test_other_ids_are_told_with_the_text(tokenizer: Tokenizer) -> None:
    with only(lambda t: Liar(t, lambda text: text == "Grüße")):
        rows = bench(TEXTS, tokenizer, rounds=1)
    assert rows[1]["ids"] == 'liar gives other ids than tokenizers for the text "Gr\\u00fc\\u00dfe"'
    assert wrong(rows) == ["liar"]


def test_an_engine_without_ids_has_no_speed(tokenizer: Tokenizer) -> None:
    with only(lambda t: Failing(t, lambda text: text == "Grüße")):
        rows = bench(TEXTS, tokenizer, rounds=1)
    assert (rows[1]["ids"], rows[1]["mb_per_s"]) == ("failed on a text (out of luck)", None)
    assert (rows[0]["ids"], wrong(rows)) == ("same", [])


def test_texts_are_taken_up_to_a_size(tokenizer: Tokenizer, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("four\n" * 1000)
    (tmp_path / "empty.txt").write_text("\n\n")
    given = [str(tmp_path / "a.txt")]
    assert read(given, tokenizer, megabytes=0.0004) == ["four"] * 100
    assert len(read(given, tokenizer)) == 1000
    own = read([], tokenizer, megabytes=0.05)
    assert 50_000 <= sum(len(text.encode()) for text in own) < 60_000
    with pytest.raises(HftermError, match="no text in the input"):
        read([str(tmp_path / "empty.txt")], tokenizer)
