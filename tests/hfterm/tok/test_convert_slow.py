"""Slow folders against what transformers makes of them, and against libraries of their kind."""

from pathlib import Path

import pytest

from hfterm.errors import HftermError, UsageError
from hfterm.tok import convert_slow
from hfterm.tok.convert_check import check, sample
from support.others import LINES, slow_folder


@pytest.mark.parametrize(
    ("kind", "library"),
    [
        ("BertTokenizer", "in Python"),
        (None, "in Python"),
        ("RobertaTokenizer", "tiktoken"),
        ("Qwen2Tokenizer", "tiktoken"),
        ("T5Tokenizer", "sentencepiece"),
        ("CLIPTokenizer", None),
    ],
)
def test_the_ids_are_those_of_a_library_of_its_kind(kind: str | None, library: str | None, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    said: list[str] = []
    made = convert_slow.convert(slow_folder(tmp_path / "slow", kind), note=said.append)
    assert made.save is not None
    made.save(tmp_path / "fast")
    assert "local_files_only" not in (tmp_path / "fast" / "tokenizer_config.json").read_text()
    theirs = AutoTokenizer.from_pretrained(tmp_path / "fast")
    for text in LINES:
        assert theirs(text)["input_ids"] == made.raw.encode(text).ids
    assert len(said) == (kind is None)
    if library is None:
        assert made.reference is None
        return
    assert made.reference is not None and library in made.reference.name
    found = check(made.raw, made.reference, [*LINES, *sample(made.reference)])
    assert found.compared > 60 and found.different == []


def test_differences_are_found(tmp_path: Path) -> None:
    made = convert_slow.convert(slow_folder(tmp_path / "slow", "LlamaTokenizer"))  # it strips no white space
    assert made.reference is not None
    [found] = check(made.raw, made.reference, ["the  lamp"]).different
    assert "character" in found.what and "tokens, ..." in found.source


def test_what_has_no_fast_form_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no fast form of CTRLTokenizer"):
        convert_slow.convert(slow_folder(tmp_path / "slow", "CTRLTokenizer"))
    folder = slow_folder(tmp_path / "torn", "GPT2Tokenizer")
    (folder / "vocab.json").write_text('{"a": ')
    with pytest.raises(HftermError, match="transformers cannot load"):
        convert_slow.convert(folder)
    (folder / "tokenizer_config.json").write_text("{")
    with pytest.raises(HftermError, match="damaged or half-written"):
        convert_slow.convert(folder)


def test_a_folders_own_code_never_runs(tmp_path: Path) -> None:
    folder = slow_folder(tmp_path / "own", "OwnTokenizer", auto_map={"AutoTokenizer": ["own.OwnTokenizer", None]})
    (folder / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    with pytest.raises(HftermError, match=r"transformers cannot load .* custom code"):
        convert_slow.convert(folder)
    assert not (tmp_path / "ran").exists()
