"""tiktoken's ranks against tiktoken itself."""

from pathlib import Path

import pytest

from hfterm.errors import HftermError, UsageError
from hfterm.tok import convert_tiktoken
from hfterm.tok.convert_check import check, sample
from support.others import LINES, ranks_file

# cl100k_base as tiktoken writes it today, with possessive marks.
TODAY = r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"


@pytest.mark.parametrize("pattern", [*convert_tiktoken.KNOWN, TODAY])
def test_the_ids_are_tiktokens(pattern: str, tmp_path: Path) -> None:
    made = convert_tiktoken.convert(
        ranks_file(tmp_path / "my.tiktoken"), pattern=pattern, special_tokens=["pad=<|p|>", "<|tool|>"]
    )
    assert made.reference is not None
    texts = [*LINES, "the <|tool|>lamp<|p|>", *sample(made.reference)]
    found = check(made.raw, made.reference, texts)
    assert (found.compared, found.skipped, found.different) == (len(texts), 0, [])
    assert made.roles["pad_token"] == "<|p|>"


def test_special_tokens_keep_their_ids(tmp_path: Path) -> None:
    path = ranks_file(tmp_path / "cl100k_base.tiktoken")  # named so, it needs no pattern
    made = convert_tiktoken.convert(path)
    assert made.raw.token_to_id("<|endoftext|>") == 100257
    assert made.raw.token_to_id("<|endofprompt|>") == 100276
    assert made.roles == {"eos_token": "<|endoftext|>"}
    more = convert_tiktoken.convert(ranks_file(tmp_path / "a.tiktoken"), pattern="qwen", special_tokens=["eos=<|x|>"])
    assert more.raw.token_to_id("<|x|>") == 400
    assert more.raw.decode(more.raw.encode("lamp<|x|>").ids, skip_special_tokens=False) == "lamp<|x|>"


def test_an_encoding_by_name_comes_from_tiktokens_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import hashlib

    import tiktoken
    from tiktoken_ext import openai_public

    content = ranks_file(tmp_path / "a").read_bytes()
    address = "https://example.invalid/r50k_base.tiktoken"
    (tmp_path / hashlib.sha1(address.encode()).hexdigest()).write_bytes(content)
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))

    def ours() -> dict[str, object]:
        ranks = openai_public.load_tiktoken_bpe(address)
        return {"name": "ours", "pat_str": TODAY, "mergeable_ranks": ranks, "special_tokens": {"<|end|>": 777}}

    monkeypatch.setitem(openai_public.ENCODING_CONSTRUCTORS, "ours", ours)
    tiktoken.list_encoding_names()
    from tiktoken import registry

    monkeypatch.setattr(registry, "ENCODING_CONSTRUCTORS", None)
    made = convert_tiktoken.convert(None, "ours")
    assert made.reference is not None and not check(made.raw, made.reference, LINES).different
    assert made.raw.token_to_id("<|end|>") == 777


def test_damaged_ranks_are_one_clear_line(tmp_path: Path) -> None:
    whole = ranks_file(tmp_path / "a.tiktoken").read_text().splitlines()
    for lines, says in [
        (whole[3:], "no rank for 3 of the 256 bytes"),
        ([*whole, "AAAA x"], "line 401 is not a token in base64 and a rank"),
        ([*whole, "emVicmE= 3"], "gives one rank to several tokens"),
    ]:
        (tmp_path / "bad.tiktoken").write_text("\n".join(lines) + "\n")
        with pytest.raises(HftermError, match=says):
            convert_tiktoken.convert(tmp_path / "bad.tiktoken", pattern="gpt2")
    for pattern in ("(", "(?<name"):
        with pytest.raises(UsageError, match="does not take the pattern"):
            convert_tiktoken.convert(tmp_path / "a.tiktoken", pattern=pattern)
    with pytest.raises(UsageError, match="does not say how words are cut; add --pattern"):
        convert_tiktoken.convert(tmp_path / "a.tiktoken")


def test_patterns_are_rewritten_where_the_engines_read_them_otherwise() -> None:
    assert convert_tiktoken.for_tokenizers(r"\p{N}{1,3}+|\s++$|[$]\$") == r"\p{N}{1,3}|\s++\z|[$]\$"


def test_ranks_are_known_by_their_look(tmp_path: Path) -> None:
    assert convert_tiktoken.looks_like_ranks(ranks_file(tmp_path / "a").read_bytes()[:4096])
    assert not convert_tiktoken.looks_like_ranks(b"\n\x0e\n\x05<unk>\x15\x00")
    assert not convert_tiktoken.looks_like_ranks(b"plain words 12")
