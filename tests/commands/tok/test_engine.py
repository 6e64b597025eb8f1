"""``--engine`` of the verbs that make ids."""

import json

import pytest

from hfterm.commands.tok._options import ENGINES
from hfterm.tok.engines import AUTO, REFERENCE, names
from hfterm.tok.engines.engine import version_of
from support.cli import Hfterm
from support.kinds import folder_of

needs_fastokens = pytest.mark.skipif(version_of("fastokens") is None, reason="fastokens is not installed (extra: fast)")
ROWS = [{"text": "Grüße, the lamp's <|end|> 😁"}, {"messages": [{"role": "user", "content": "<|end|>"}]}, {"text": ""}]


def test_every_engine_can_be_named() -> None:
    assert (AUTO, REFERENCE, *names()) == ENGINES


@needs_fastokens
def test_a_forced_engine_gives_the_same(hfterm: Hfterm) -> None:
    folder_of("llama3", hfterm.home / "tok")
    (hfterm.home / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    for verb in (
        ("encode", "--special"),
        ("count",),
        ("chat", "--ids"),
        ("pack", "-o", "out", "-f", "json", "--overwrite"),
    ):
        plain = hfterm("tok", *verb, "-m", "./tok", "a.jsonl", "--engine", "tokenizers", check=0)
        fast = hfterm("tok", *verb, "-m", "./tok", "a.jsonl", "--engine", "fastokens", "-v", check=0)
        assert fast.stdout == plain.stdout
        assert "ids come from fastokens" in fast.stderr


@needs_fastokens
def test_an_engine_that_cannot_be_used_is_named_with_the_text(hfterm: Hfterm) -> None:
    folder_of("bert", hfterm.home / "bert")
    folder_of("gpt2", hfterm.home / "gpt2")
    call = ("tok", "count", "--engine", "fastokens", "-m")
    refused = hfterm(*call, "./bert", stdin="the", check=6)
    assert "fastokens does not know this kind of tokenizer" in refused.stderr
    assert "use --engine tokenizers" in refused.stderr
    hfterm(*call, "./gpt2", stdin="the", check=0)
    kept = [
        file for file in (hfterm.home / "hfterm").rglob("tok-engines/*.json") if json.loads(file.read_text())["same"]
    ]
    [file] = kept
    file.write_text(json.dumps({**json.loads(file.read_text()), "same": False, "why": 'other ids for the text "x"'}))
    assert 'other ids for the text "x"' in hfterm(*call, "./gpt2", stdin="the", check=6).stderr
    with_tokens = hfterm("tok", "encode", "-m", "./gpt2", "--engine", "fastokens", "--tokens", stdin="the", check=2)
    assert "tokens and offsets come from tokenizers alone" in with_tokens.stderr
