"""The engine's ids against those of tokenizers, over texts that hypothesis makes up."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hfterm.tok.engines.engine import Reference, called, version_of
from hfterm.tok.engines.proof import prove
from hfterm.tok.engines.sample import PIECES
from hfterm.tok.tokenizer import load
from support.kinds import KINDS, folder_of
from support.small import shared_small

pytestmark = pytest.mark.skipif(version_of("fastokens") is None, reason="fastokens is not installed (extra: fast)")

KNOWN = ("gpt2", "llama3", "without some bytes", "llama2")
SPELLED = ("<|end|>", "<|user|>", "<tool>", "Mara", "Marat", "<s>", "\x04", "\U000f0000", "the lamp", "▁", "\ud7ff")
PIECE = st.one_of(st.sampled_from([*PIECES, *SPELLED]), st.text(max_size=6))
TEXTS = st.lists(st.lists(PIECE, max_size=12).map("".join), max_size=8)


@pytest.fixture(scope="module", params=KNOWN)
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    tokenizer = load(folder_of(request.param, tmp_path_factory.mktemp("kind") / "tok"))
    return called("fastokens").load(tokenizer), Reference(tokenizer)


@settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=TEXTS, special=st.booleans())
def test_ids_and_lengths_are_those_of_tokenizers(pair, texts: list[str], special: bool) -> None:
    engine, reference = pair
    right = list(reference.ids(texts, special).lists())
    assert list(engine.ids(texts, special).lists()) == right
    assert engine.lengths(texts, special) == [len(one) for one in right]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_proven_or_refused(kind: str, tmp_path: Path) -> None:
    tokenizer, known = load(folder_of(kind, tmp_path / "tok")), called("fastokens")
    if kind in KNOWN:
        assert prove(known, known.load(tokenizer), tokenizer).same
    else:
        with pytest.raises(ValueError, match="unsupported"):
            known.load(tokenizer)


def test_a_byte_without_a_token_is_left_out_as_tokenizers_does(tmp_path: Path) -> None:
    tokenizer = load(folder_of("without some bytes", tmp_path / "tok"))
    engine = called("fastokens").load(tokenizer)
    assert engine.ids(["a\x04b", "ab"], False)[0].tolist() == tokenizer.encode("a\x04b")
    assert tokenizer.raw.decode(tokenizer.encode("a\x04b")) == "ab"
    assert engine.lengths(["a\x04b", "\x04", ""], False) == [len(tokenizer.encode("a\x04b")), 0, 0]


@pytest.mark.slow
def test_the_real_small_model(tmp_path_factory: pytest.TempPathFactory) -> None:
    tokenizer, known = load(shared_small(tmp_path_factory)), called("fastokens")
    assert prove(known, known.load(tokenizer), tokenizer).same
