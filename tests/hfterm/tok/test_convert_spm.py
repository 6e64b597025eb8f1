"""SentencePiece models against sentencepiece itself."""

from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import HftermError, UsageError
from hfterm.tok import convert_spm
from hfterm.tok.convert_check import check, sample
from support.others import LINES, spm_model

TEXTS = ["", " ", "  ", " a  b ", "\ta\n", "lamp 日本 ☃ 😁 x", "a<tool>b <tool>", "x" * 200, "\uff21\uff42 ﬁ e\u0301"]


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"byte_fallback": True, "vocab_size": 420},
        {"user_defined_symbols": ["<tool>", "mp"]},
        {"pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1},
        {"add_dummy_prefix": False},
        {
            "remove_extra_whitespaces": False,
            "normalization_rule_name": "identity",
            "allow_whitespace_only_pieces": True,
        },
        {"split_by_whitespace": False, "normalization_rule_name": "nmt_nfkc_cf"},
    ],
)
@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_the_ids_are_sentencepieces(kind: str, how: dict[str, Any], tmp_path: Path) -> None:
    import sentencepiece

    path = spm_model(tmp_path / "a.model", kind, **how)
    made = convert_spm.convert(path)
    own = sentencepiece.SentencePieceProcessor(model_file=str(path))
    assert made.raw.get_vocab_size() == own.get_piece_size()
    assert made.reference is not None
    for text in [*LINES, *TEXTS, *sample(made.reference)]:
        if not any(token in text for token in made.reference.special):
            assert made.raw.encode(text, add_special_tokens=False).ids == own.encode(text), text
    found = check(made.raw, made.reference, [*LINES, *TEXTS])
    assert (found.compared, found.skipped, found.different) == (len(LINES) + len(TEXTS), 0, [])


def test_roles_are_those_of_the_model(tmp_path: Path) -> None:
    path = spm_model(tmp_path / "a.model", pad_id=0, eos_id=1, unk_id=2, bos_id=-1, control_symbols=["<sep>"])
    made = convert_spm.convert(path)
    assert made.roles == {"unk_token": "<unk>", "eos_token": "</s>", "pad_token": "<pad>"}
    assert made.special == ("<sep>",)
    assert made.raw.encode("the<sep>lamp").tokens[2:3] == ["<sep>"] or "<sep>" in made.raw.encode("the<sep>lamp").tokens


def test_what_cannot_be_converted_says_why(tmp_path: Path) -> None:
    for how, says in [
        ({"kind": "char"}, "only BPE and Unigram models"),
        ({"kind": "bpe", "treat_whitespace_as_suffix": True}, "puts spaces behind words"),
    ]:
        with pytest.raises(UsageError, match=says):
            convert_spm.convert(spm_model(tmp_path / "a.model", **how))
    for content in (b"", b"plain text", b"\x00\xff" * 50):
        (tmp_path / "bad.model").write_bytes(content)
        with pytest.raises(HftermError, match="is no SentencePiece model"):
            convert_spm.convert(tmp_path / "bad.model")
    whole = spm_model(tmp_path / "a.model").read_bytes()
    (tmp_path / "torn.model").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(HftermError, match="is no SentencePiece model"):
        convert_spm.convert(tmp_path / "torn.model")
