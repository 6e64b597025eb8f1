import json
from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.tok import room, special
from hfterm.tok.tokenizer import load
from hfterm.tok.train import KINDS, train
from support.trained import GREETING, GREETING_TOKENS, greeting_files, trained


@pytest.mark.parametrize("kind", KINDS)
def test_transformers_loads_what_is_trained(kind: str, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    folder = trained(tmp_path / "tok", kind, vocab_size=500)
    ours, theirs = load(folder), AutoTokenizer.from_pretrained(folder)
    for text in [GREETING, "the lamp is red", ""]:
        assert theirs(text)["input_ids"] == ours.encode(text, special=True)
    assert len(theirs) == ours.raw.get_vocab_size()
    for role, token in ours.special.items():
        assert getattr(theirs, role) == token
        assert theirs.convert_tokens_to_ids(token) == ours.raw.token_to_id(token)
    assert {theirs.convert_ids_to_tokens(i) for i in theirs.all_special_ids} == set(theirs.all_special_tokens)


def test_the_quick_tours_example(tmp_path: Path) -> None:
    files = greeting_files(tmp_path)
    made = train("bpe", files, str(tmp_path / "tok"), special_tokens=["[UNK],[CLS],[SEP],[PAD],[MASK]"])
    raw = load(tmp_path / "tok").raw
    assert raw.encode(GREETING, add_special_tokens=False).tokens == GREETING_TOKENS
    assert raw.encode(GREETING).tokens == ["[CLS]", *GREETING_TOKENS, "[SEP]"]
    assert raw.encode("How", "you").type_ids == [0, 0, 0, 1, 1]
    assert [raw.token_to_id(t) for t in ("[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]")] == [0, 1, 2, 3, 4]
    assert (made.vocabulary, made.texts) == (raw.get_vocab_size(), 6)


@pytest.mark.parametrize("kind", ["bytebpe", "unigram"])
def test_texts_come_back(kind: str, tmp_path: Path) -> None:
    raw = load(trained(tmp_path / "tok", kind, vocab_size=500)).raw
    for text in ["the  lamp  is red.", "What is late?"]:
        assert raw.decode(raw.encode(text).ids) == text
    if kind == "bytebpe":
        assert raw.decode(raw.encode(GREETING + "\0\n").ids) == GREETING + "\0\n"


def test_bpe_comes_back_readable(tmp_path: Path) -> None:
    train("bpe", greeting_files(tmp_path), str(tmp_path / "tok"))
    raw = load(tmp_path / "tok").raw
    assert raw.decode(raw.encode("Hello, you! How are you all ?").ids) == "Hello, you! How are you all?"


def test_a_vocabulary_is_as_large_as_asked_and_the_same_each_time(tmp_path: Path) -> None:
    first = trained(tmp_path / "a", "bytebpe", vocab_size=300)
    again = trained(tmp_path / "b", "bytebpe", vocab_size=300)
    assert load(first).raw.get_vocab_size() == 300
    assert (first / "tokenizer.json").read_bytes() == (again / "tokenizer.json").read_bytes()


def test_columns_and_conversations_are_learnt_from(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"question": "zebra", "answer": "yak", "other": "gnu"},
        {"messages": [{"role": "user", "content": "emu"}]},
        {"text": "owl", "n": 1},
    ]
    source = tmp_path / "a.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    train("bpe", [str(source)], str(tmp_path / "tok"), vocab_size=400)
    vocabulary = load(tmp_path / "tok").raw.get_vocab()
    assert {"zebra", "yak", "emu", "owl"} <= vocabulary.keys()
    assert "gnu" not in vocabulary
    with pytest.raises(HftermError, match=r"cannot train on .*record 2: no column 'other'; it has messages"):
        train("bpe", [str(source)], str(tmp_path / "no"), column="other")
    assert not (tmp_path / "no").exists()
    bad: list[HftermError] = []
    made = train("bpe", [str(source)], str(tmp_path / "some"), column="other", on_bad=bad.append)
    assert (made.texts, len(bad)) == (1, 2)


def test_limits(tmp_path: Path) -> None:
    files = greeting_files(tmp_path)
    train("bpe", files, str(tmp_path / "a"), special_tokens=["[UNK]"], limit_alphabet=5, min_frequency=10**6)
    assert load(tmp_path / "a").raw.get_vocab_size() == 6
    train("wordpiece", files, str(tmp_path / "b"), lowercase=True)
    assert load(tmp_path / "b").raw.encode("HELLO", add_special_tokens=False).tokens == ["hello"]
    for kind in ("bytebpe", "unigram"):
        with pytest.raises(UsageError, match="--limit-alphabet has no meaning"):
            train(kind, files, str(tmp_path / "c"), limit_alphabet=5)
    with pytest.raises(UsageError, match="--min-frequency has no meaning"):
        train("unigram", files, str(tmp_path / "c"), min_frequency=5)
    with pytest.raises(UsageError, match="bytebpe needs at least 257"):
        train("bytebpe", files, str(tmp_path / "c"), vocab_size=256)


@pytest.mark.parametrize("kind", ["wordpiece", "unigram"])
def test_a_kind_that_must_know_the_unknown_says_so(kind: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"needs a token for what it does not know; add \[UNK\]"):
        train(kind, greeting_files(tmp_path), str(tmp_path / "tok"), special_tokens=["[CLS]"])


def test_characters_that_would_vanish_are_warned_of(tmp_path: Path) -> None:
    said: list[str] = []
    train("bpe", greeting_files(tmp_path), str(tmp_path / "tok"), special_tokens=["[PAD]"], warn=said.append)
    assert len(said) == 1 and "will vanish" in said[0]


@pytest.mark.parametrize("kind", ["bpe", "bytebpe"])
def test_long_texts_are_learnt_from_in_pieces(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "the lamp  is red, the lighthouse\n\n" * 200}))
    whole = train(kind, [str(tmp_path / "a.jsonl")], str(tmp_path / "whole"), vocab_size=300)
    monkeypatch.setattr(room.pieces, "__defaults__", (1000,))
    cut = train(kind, [str(tmp_path / "a.jsonl")], str(tmp_path / "cut"), vocab_size=300)
    assert (cut.texts, cut.characters) == (whole.texts, whole.characters)
    one, other = (load(tmp_path / name).raw.get_vocab() for name in ("whole", "cut"))
    assert one == other


def test_a_huge_word_is_cut_and_told_of(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("the lamp\n" + "x" * 3_000_000 + "\n")
    said: list[str] = []
    made = train("bytebpe", [str(tmp_path / "a.txt")], str(tmp_path / "tok"), vocab_size=300, warn=said.append)
    assert made.characters == 8 + room.LONGEST_WORD
    assert len(said) == 1 and "a.txt: record 2 has a word of 3000000 characters" in said[0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("content", ["", "\n\n"])
def test_nothing_to_learn_from(kind: str, content: str, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text(content)
    with pytest.raises(HftermError, match="no text in the input"):
        train(kind, [str(tmp_path / "empty.txt")], str(tmp_path / "tok"))
    assert not (tmp_path / "tok").exists()


def test_a_source_that_cannot_be_read_leaves_nothing(tmp_path: Path) -> None:
    files = greeting_files(tmp_path)
    with pytest.raises(NotFoundError, match="no such file"):
        train("bpe", [*files, str(tmp_path / "gone.txt")], str(tmp_path / "tok"))
    (tmp_path / "bytes.txt").write_bytes(b"ok\n\xff\n")
    with pytest.raises(HftermError, match="line 2 is not UTF-8"):
        train("bpe", [str(tmp_path / "bytes.txt")], str(tmp_path / "tok"))
    assert not (tmp_path / "tok").exists()


def test_special_tokens_have_the_roles_their_names_say() -> None:
    tokens, roles = special.parse(["[UNK], <s>,</s>", "<tool>,pad=<|empty|>,a=b"])
    assert tokens == ["[UNK]", "<s>", "</s>", "<tool>", "<|empty|>", "a=b"]
    assert roles == {"unk_token": "[UNK]", "bos_token": "<s>", "eos_token": "</s>", "pad_token": "<|empty|>"}
    assert special.parse(["unk=<|endoftext|>,bos=<|endoftext|>"])[0] == ["<|endoftext|>"]
    assert special.parse(["eos_token=<x>"])[1] == {"eos_token": "<x>"}
    with pytest.raises(UsageError, match="no role 'padd'; did you mean pad=<x>"):
        special.parse(["padd=<x>"])
    for wrong in (["[UNK],,[PAD]"], ["unk="], [""], ["eos=a,eos=b"]):
        with pytest.raises(UsageError):
            special.parse(wrong)


def test_more_special_tokens_are_known_to_transformers(tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    train("bpe", greeting_files(tmp_path), str(tmp_path / "tok"), special_tokens=["[UNK],<tool>,a $A b"])
    theirs = AutoTokenizer.from_pretrained(tmp_path / "tok")
    assert {"<tool>", "a $A b"} <= set(theirs.all_special_tokens)
    assert theirs.tokenize("you <tool> a $A b") == ["you", "<tool>", "a $A b"]
