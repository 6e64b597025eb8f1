import pickle
from pathlib import Path

import pytest

from hfterm.errors import CheckFailedError, NotFoundError, UsageError
from hfterm.tok.convert import convert
from hfterm.tok.convert_check import Difference
from hfterm.tok.tokenizer import load
from support.others import LINES, ODD, ranks_file, slow_folder, spm_model
from support.tiny import tiny_model


def test_both_libraries_load_the_result(tmp_path: Path) -> None:
    import sentencepiece
    from transformers import AutoTokenizer

    path = spm_model(tmp_path / "a.model", pad_id=3)
    made = convert(str(path), str(tmp_path / "out"), texts=LINES)
    assert made.compared is not None and made.compared == made.identical > len(LINES)
    assert made.compared_with == f"sentencepiece {sentencepiece.__version__}"
    ours, theirs = load(tmp_path / "out"), AutoTokenizer.from_pretrained(tmp_path / "out")
    own = sentencepiece.SentencePieceProcessor(model_file=str(path))
    for line in LINES:
        assert ours.encode(line) == theirs(line)["input_ids"] == own.encode(line)
    assert (theirs.eos_token_id, theirs.pad_token_id) == (own.eos_id(), own.pad_id())
    assert made.vocabulary == len(theirs) == own.get_piece_size()


def test_a_folder_is_what_its_files_say(tmp_path: Path) -> None:
    spm_model(tmp_path / "spm" / "tokenizer.model")
    assert convert(str(tmp_path / "spm"), str(tmp_path / "a")).kind == "SentencePiece Unigram"
    assert convert(str(slow_folder(tmp_path / "slow", "GPT2Tokenizer")), str(tmp_path / "b")).kind == "GPT2Tokenizer"
    assert convert(str(tmp_path / "slow" / "vocab.json"), str(tmp_path / "c")).kind == "GPT2Tokenizer"
    (tmp_path / "llama").mkdir()
    ranks_file(tmp_path / "llama" / "tokenizer.model")  # Llama 3 names its ranks so
    special = ["bos=<|begin_of_text|>,eos=<|end_of_text|>"]
    made = convert(str(tmp_path / "llama"), str(tmp_path / "d"), pattern="llama3", special_tokens=special)
    assert (made.kind, load(tmp_path / "d").special["bos_token"]) == ("tiktoken BPE", "<|begin_of_text|>")


def test_differences_leave_nothing_unless_they_are_allowed(tmp_path: Path) -> None:
    model, told = str(spm_model(tmp_path / "a.model")), list[Difference]()
    with pytest.raises(CheckFailedError, match=r"9 of .* texts differ from sentencepiece .*: nothing written"):
        convert(model, str(tmp_path / "out"), texts=[ODD] * 9, tell=told.append)
    assert len(told) == 5 and told[0].what.startswith("character 0: 'a")
    assert not (tmp_path / "out").exists()
    made = convert(model, str(tmp_path / "out"), texts=[ODD] * 9, allowed=9)
    assert made.compared is not None and made.identical == made.compared - 9
    assert load(tmp_path / "out").raw.get_vocab_size() == made.vocabulary


def test_what_is_nothing_to_convert_says_so(tmp_path: Path) -> None:
    model = spm_model(tmp_path / "two" / "a.model")
    (tmp_path / "two" / "b.model").write_bytes(model.read_bytes())
    (tmp_path / "none").mkdir()
    (tmp_path / "pickled").mkdir()
    (tmp_path / "pickled" / "tokenizer").write_bytes(pickle.dumps({"a": 1}))
    (tmp_path / "zip.model").write_bytes(b"PK\x03\x04xxxx")
    tiny = tiny_model(tmp_path / "tiny")
    for source, says in [
        (tmp_path / "two", "holds several models; name one of a.model, b.model"),
        (tmp_path / "none", "no tokenizer in"),
        (tmp_path / "pickled", "is pickled: to load it could run any code"),
        (tmp_path / "pickled" / "tokenizer", "is pickled"),
        (tmp_path / "zip.model", "is pickled"),
        (tiny, "has a fast tokenizer already"),
        (tiny / "tokenizer.json", "is a fast tokenizer already"),
    ]:
        with pytest.raises(UsageError, match=says):
            convert(str(source), str(tmp_path / "out"))
    for how in ({"pattern": "gpt2"}, {"special_tokens": ["<x>"]}):
        with pytest.raises(UsageError, match="are for tiktoken's files"):
            convert(str(model), str(tmp_path / "out"), **how)
    with pytest.raises(UsageError, match="has its own pattern"):
        convert("gpt2", str(tmp_path / "out"), pattern="gpt2")
    with pytest.raises(NotFoundError, match=r"no such file: 'gone\.model'"):
        convert("gone.model", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()
