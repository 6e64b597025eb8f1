import json
from pathlib import Path

import pytest

from hfterm.errors import UsageError
from hfterm.tok.add import add
from hfterm.tok.diff import diff
from hfterm.tok.tokenizer import load
from support.tiny import CHAT_TEMPLATE, tiny_model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny_model(tmp_path / "tiny")


def test_new_tokens_are_one_id_and_the_rest_stays(folder: Path, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = load(folder)
    size = tokenizer.raw.get_vocab_size()
    done = add(tokenizer, ["harbourmaster"], str(tmp_path / "new"), special_tokens=["<tool>,sep=<|sep|>"])
    assert (done.vocabulary, done.new, done.known) == (size + 3, ("<tool>", "<|sep|>", "harbourmaster"), ())
    new, theirs = load(tmp_path / "new"), AutoTokenizer.from_pretrained(tmp_path / "new")
    text = "the harbourmaster<tool> of <|sep|>Mara"
    assert {"harbourmaster", "<tool>", "<|sep|>"} <= set(new.raw.encode(text).tokens)
    assert theirs(text)["input_ids"] == new.encode(text, special=True)
    assert theirs.sep_token == new.special["sep_token"] == "<|sep|>"
    assert (theirs.eos_token, theirs.pad_token) == ("<|end|>", "<|pad|>")
    assert "<tool>" in theirs.all_special_tokens and "harbourmaster" not in theirs.all_special_tokens
    assert theirs.decode(new.encode(text), skip_special_tokens=True) == "the harbourmaster of Mara"
    assert new.chat_template == theirs.chat_template == CHAT_TEMPLATE
    kinds = {row["kind"] for row in diff(tokenizer, new)}
    assert kinds == {"added", "special"}
    assert [row["what"] for row in diff(tokenizer, new) if row["kind"] == "added"] == list(done.new)


def test_a_role_moves_only_when_it_is_written(folder: Path, tmp_path: Path) -> None:
    tokenizer = load(folder)
    add(tokenizer, [], str(tmp_path / "guess"), special_tokens=["</s>,<pad>"])
    assert load(tmp_path / "guess").special == tokenizer.special
    add(tokenizer, [], str(tmp_path / "told"), special_tokens=["eos=</s>"])
    assert load(tmp_path / "told").special == {**tokenizer.special, "eos_token": "</s>"}


def test_what_is_there_already_is_said(folder: Path, tmp_path: Path) -> None:
    done = add(load(folder), ["a"], str(tmp_path / "new"), special_tokens=["<|end|>"])
    assert (done.new, set(done.known)) == ((), {"a", "<|end|>"})
    assert load(tmp_path / "new").encode("lamp<|end|>") == load(folder).encode("lamp<|end|>")


def test_older_configurations_list_the_tokens_too(folder: Path, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    file = folder / "tokenizer_config.json"
    config = json.loads(file.read_text())
    one = {"content": "<|pad|>", "lstrip": False, "normalized": False, "rstrip": False, "single_word": False}
    old = {"additional_special_tokens": ["<|user|>"], "added_tokens_decoder": {"0": {**one, "special": True}}}
    file.write_text(json.dumps({**config, **old}))
    add(load(folder), [], str(tmp_path / "new"), special_tokens=["<tool>"])
    written = json.loads((tmp_path / "new" / "tokenizer_config.json").read_text())
    assert written["additional_special_tokens"] == ["<|user|>", "<tool>"]
    number = load(tmp_path / "new").raw.token_to_id("<tool>")
    assert written["added_tokens_decoder"][str(number)]["content"] == "<tool>"
    theirs = AutoTokenizer.from_pretrained(tmp_path / "new")
    assert theirs("a<tool>")["input_ids"][-1] == number
    assert {"<tool>", "<|user|>"} <= set(theirs.all_special_tokens)


def test_nothing_empty_or_twice(folder: Path, tmp_path: Path) -> None:
    tokenizer = load(folder)
    for tokens, named in [([], []), ([""], []), (["x", "x"], []), (["x"], ["x"]), ([], ["<a>,"])]:
        with pytest.raises(UsageError):
            add(tokenizer, tokens, str(tmp_path / "new"), special_tokens=named)
    assert not (tmp_path / "new").exists()
