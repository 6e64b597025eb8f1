import json
from pathlib import Path
from typing import Any

import pytest

from hfterm.tok.diff import SAMPLE, diff
from hfterm.tok.tokenizer import Tokenizer, load
from support.tiny import tiny_model


def changed(folder: Path, **how: Any) -> Tokenizer:
    """The tiny model's tokenizer with parts of its tokenizer.json replaced."""
    tiny_model(folder)
    data = json.loads((folder / "tokenizer.json").read_text())
    for name, value in how.items():
        data[name] = value(data[name]) if callable(value) else value
    (folder / "tokenizer.json").write_text(json.dumps(data))
    return load(folder)


@pytest.fixture
def base(tmp_path: Path) -> Tokenizer:
    return changed(tmp_path / "base")


def test_the_same_differs_in_nothing(base: Tokenizer, tmp_path: Path) -> None:
    assert list(diff(base, changed(tmp_path / "copy"))) == []


def test_another_normalizer_is_named_and_shows_in_texts(base: Tokenizer, tmp_path: Path) -> None:
    other = changed(tmp_path / "other", normalizer={"type": "Lowercase"})
    rows = list(diff(base, other))
    assert rows[0] == {"kind": "normalizer", "what": "differs", "a": None, "b": "Lowercase"}
    texts = [row for row in rows if row["kind"] == "text"]
    assert 0 < len(texts) < len(SAMPLE)
    [row] = list(diff(base, other, ["the lamp of Mara", "the lamp"]))[1:]
    assert row["what"].startswith("character 11: 'the lamp of Mara'")


def test_tokens_moved_removed_added(base: Tokenizer, tmp_path: Path) -> None:
    def swapped(model: dict[str, Any]) -> dict[str, Any]:
        vocabulary = model["vocab"]
        vocabulary["a"], vocabulary["b"] = vocabulary["b"], vocabulary["a"]
        return model

    rows = list(diff(base, changed(tmp_path / "swapped", model=swapped), []))
    assert [(row["kind"], row["what"]) for row in rows] == [("moved", "a"), ("moved", "b")]
    assert rows[0]["a"] == rows[1]["b"]

    more = {"id": 400, "content": "<new>", "special": True, "single_word": False, "lstrip": False, "rstrip": False}
    size = base.raw.get_vocab_size()
    other = changed(tmp_path / "more", added_tokens=lambda old: [*old, {**more, "id": size, "normalized": False}])
    assert list(diff(base, other, [])) == [{"kind": "added", "what": "<new>", "a": None, "b": size}]
    assert list(diff(other, base, [])) == [{"kind": "removed", "what": "<new>", "a": size, "b": None}]
    [row] = list(diff(base, other, ["a <new>"]))[1:]
    assert row["kind"] == "text"


def test_flags_templates_and_roles(base: Tokenizer, tmp_path: Path) -> None:
    other = changed(tmp_path / "other", added_tokens=lambda old: [{**old[0], "lstrip": True}, *old[1:]])
    (other.path / "chat_template.jinja").write_text("{{ messages }}")
    config = json.loads((other.path / "tokenizer_config.json").read_text())
    (other.path / "tokenizer_config.json").write_text(json.dumps({**config, "pad_token": "<|end|>"}))
    rows = {row["kind"]: row for row in diff(base, load(other.path), [])}
    assert rows.keys() == {"added_token", "special", "chat_template"}
    assert rows["added_token"] == {
        "kind": "added_token", "what": "<|pad|>", "a": {"lstrip": False}, "b": {"lstrip": True},
    }  # fmt: skip
    assert rows["special"]["a"] == "<|pad|>"


def test_no_more_is_told_than_asked_for(base: Tokenizer, tmp_path: Path) -> None:
    def fewer(model: dict[str, Any]) -> dict[str, Any]:
        last = [token for token, _ in sorted(model["vocab"].items(), key=lambda pair: pair[1])][-30:]
        model["vocab"] = {t: i for t, i in model["vocab"].items() if t not in last}
        model["merges"] = [m for m in model["merges"] if "".join(m) not in last]
        return model

    other = changed(tmp_path / "fewer", model=fewer)
    few, all_of_them = list(diff(base, other, [], limit=4)), list(diff(base, other, [], limit=0))
    assert [row["kind"] for row in few] == ["removed"] * 4 + ["summary", "merges"]
    assert few[4]["what"] == "26 more removed"
    assert [row["kind"] for row in all_of_them] == ["removed"] * 30 + ["merges"]
