import json
from pathlib import Path

import pytest

from hfterm.errors import UsageError
from hfterm.tok.inspect import described, info, vocabulary
from hfterm.tok.tokenizer import load
from support.tiny import tiny_model
from support.trained import trained


def test_the_facts_of_a_tokenizer(tmp_path: Path) -> None:
    facts = info(load(trained(tmp_path / "tok", "wordpiece", vocab_size=120)))
    assert facts["type"] == "WordPiece"
    assert (facts["vocabulary"], facts["largest_id"], facts["max_length"]) == (120, 119, None)
    assert facts["special"]["cls_token"] == "[CLS]"
    assert facts["normalizer"].startswith("BertNormalizer(")
    assert facts["post_processor"] == "TemplateProcessing([CLS] $A [SEP])"
    assert facts["chat_template"] is False


def test_the_hash_is_of_what_decides_the_ids(tmp_path: Path) -> None:
    folder = tiny_model(tmp_path / "tiny")
    first = info(load(folder))
    assert (first["chat_template"], first["merges"] > 0) == (True, True)
    file = folder / "tokenizer.json"
    data = json.loads(file.read_text())
    file.write_text(json.dumps(data))  # another layout
    assert info(load(folder))["sha256"] == first["sha256"]
    data["model"]["merges"].pop()
    file.write_text(json.dumps(data))
    assert info(load(folder))["sha256"] != first["sha256"]


def test_the_longest_text_is_what_the_configuration_says(tmp_path: Path) -> None:
    folder = tiny_model(tmp_path / "tiny")
    config = json.loads((folder / "tokenizer_config.json").read_text())
    for given, expected in [(512, 512), (1e30, None), (None, None), ("x", None)]:
        (folder / "tokenizer_config.json").write_text(json.dumps({**config, "model_max_length": given}))
        assert info(load(folder))["max_length"] == expected


def test_parts_are_described_in_words() -> None:
    steps = {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "Replace", "pattern": {"String": "a"}}]}
    assert described(steps) == 'Sequence(NFD, Replace(pattern="a"))'
    assert described({"type": "BPE", "vocab": {"a": 1}, "merges": [], "unk_token": "u"}) == 'BPE(unk_token="u")'
    assert described(None) is None


def test_the_vocabulary_in_the_order_of_its_ids(tmp_path: Path) -> None:
    tokenizer = load(tiny_model(tmp_path / "tiny"))
    rows = list(vocabulary(tokenizer))
    assert [row["id"] for row in rows] == list(range(tokenizer.raw.get_vocab_size()))
    assert all(tokenizer.raw.token_to_id(row["token"]) == row["id"] for row in rows)
    assert {row["token"]: row["text"] for row in rows}["Ġlamp"] == " lamp"
    added = list(vocabulary(tokenizer, added=True))
    assert [row["token"] for row in added] == ["<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
    assert {row["kind"] for row in added} == {"special"}


def test_tokens_are_found_by_a_pattern(tmp_path: Path) -> None:
    tokenizer = load(tiny_model(tmp_path / "tiny"))
    assert [row["token"] for row in vocabulary(tokenizer, pattern="^ lamp$")] == ["Ġlamp"]
    assert [row["token"] for row in vocabulary(tokenizer, pattern="^ĠLAMP$", ignore_case=True)] == ["Ġlamp"]
    assert list(vocabulary(tokenizer, pattern="zebra")) == []
    with pytest.raises(UsageError, match="is no regular expression"):
        list(vocabulary(tokenizer, pattern="("))
