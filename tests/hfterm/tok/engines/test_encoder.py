"""Engines that lie, are missing or do not know a tokenizer: the ids stay those of tokenizers, or the work stops."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from hfterm import paths
from hfterm.errors import CheckFailedError, HftermError, MissingExtraError
from hfterm.tok import count as counting
from hfterm.tok.encode import encode
from hfterm.tok.engines import AUTO, REFERENCE, DiffersError, Encoder, Engine, Known, Reference
from hfterm.tok.engines.sample import sample
from hfterm.tok.engines.verdicts import FOLDER, Kept, Verdict
from hfterm.tok.pack import pack
from hfterm.tok.tokenizer import Tokenizer, load
from support.engines import Failing, Liar, Short, only
from support.kinds import folder_of

TEXTS = [f"the lamp of Mara {number}" for number in range(40)]
POISON = "zebra crossing"


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    return load(folder_of("llama3", tmp_path_factory.mktemp("kind") / "tok"))


@pytest.fixture(autouse=True)
def home(isolated: Path) -> Path:
    return isolated


def lying(of: Callable[[str], bool], kind: type[Liar] = Liar) -> Callable[[Tokenizer], Engine]:
    return lambda tokenizer: kind(tokenizer, of)


def poisoned(text: str) -> bool:
    return POISON in text


def right(tokenizer: Tokenizer, texts: list[str]) -> list[list[int]]:
    return [tokenizer.encode(text) for text in texts]


def ids(encoder: Encoder, texts: list[str]) -> list[list[int]]:
    return list(encoder.ids(texts).lists())


def kept(known: Known, tokenizer: Tokenizer) -> Verdict | None:
    return Kept(known, tokenizer).read()


def trusted(known: Known, tokenizer: Tokenizer, wanted: str = AUTO, first: int = 1, **how: float) -> Encoder:
    """An encoder whose engine was proven before; with ``auto`` it is past its beginning."""
    Kept(known, tokenizer).write(Verdict(True))
    encoder = Encoder(tokenizer, wanted, first=first, draw=random.Random(1), **how)
    if wanted == AUTO:
        encoder.ids(["x" * first])
    return encoder


def test_little_text_loads_no_engine(tokenizer: Tokenizer) -> None:
    def made(tokenizer: Tokenizer) -> Engine:
        raise AssertionError("loaded")

    with only(made) as known:
        encoder = Encoder(tokenizer)
        assert ids(encoder, TEXTS) == right(tokenizer, TEXTS)
        assert (encoder.engine, kept(known, tokenizer)) == (REFERENCE, None)


def test_the_beginning_comes_from_tokenizers_and_the_rest_from_a_proven_engine(tokenizer: Tokenizer) -> None:
    engine = Liar(tokenizer, lambda text: False)
    with only(lambda _: engine) as known:
        encoder = Encoder(tokenizer, first=100, share=0)
        assert ids(encoder, TEXTS[:7]) + ids(encoder, TEXTS[7:]) == right(tokenizer, TEXTS)
        assert encoder.lengths(TEXTS) == [len(one) for one in right(tokenizer, TEXTS)]
        assert encoder.engine == "liar"
        assert set(sample(tokenizer)) < set(engine.asked)
        assert kept(known, tokenizer) == Verdict(True)
        engine.asked.clear()
        again = Encoder(tokenizer, first=1)
        again.ids(["the"])
        assert (again.engine, set(engine.asked)) == ("liar", {"the"})  # what comes first is compared every time


@pytest.mark.parametrize("first", [1, 100, len("".join(TEXTS)) + len(TEXTS), 10**6])
def test_wherever_the_beginning_ends_the_ids_are_the_same(tokenizer: Tokenizer, first: int) -> None:
    with only(lying(lambda text: False)) as known:
        Kept(known, tokenizer).write(Verdict(True))
        for wanted in (AUTO, "liar", REFERENCE):
            encoder = Encoder(tokenizer, wanted, first=first)
            assert ids(encoder, TEXTS[:9]) + ids(encoder, []) + ids(encoder, TEXTS[9:]) == right(tokenizer, TEXTS)
            assert encoder.lengths(["", "the"]) == [0, 1]


@pytest.mark.parametrize("change", ["version", "tokenizer"])
def test_a_proof_is_of_one_version_and_one_tokenizer(tokenizer: Tokenizer, change: str, tmp_path: Path) -> None:
    with only(lying(lambda text: False)) as known:
        trusted(known, tokenizer)
        assert kept(known, tokenizer) == Verdict(True)
    other = load(folder_of("gpt2", tmp_path / "other")) if change == "tokenizer" else tokenizer
    with only(lying(lambda text: False), version="2" if change == "version" else "1") as known:
        assert kept(known, other) is None


@pytest.mark.parametrize("kind", [Liar, Short])
def test_one_wrong_text_of_the_sample_is_found(tokenizer: Tokenizer, kind: type[Liar]) -> None:
    said: list[str] = []
    with only(lying(lambda text: text == "don't", kind)) as known:
        encoder = Encoder(tokenizer, first=1, detail=said.append)
        assert ids(encoder, ["the", "don't"]) == right(tokenizer, ["the", "don't"])
        assert encoder.engine == REFERENCE
        why = 'liar gives other ids than tokenizers for the text "don\'t"'
        assert (said, kept(known, tokenizer)) == ([f"{why}: not used"], Verdict(False, why))
        with pytest.raises(CheckFailedError, match="don't") as caught:
            Encoder(tokenizer, "liar").ids(TEXTS)
        assert caught.value.exit_code == 6


def test_the_first_texts_must_have_the_same_ids(tokenizer: Tokenizer) -> None:
    texts = [*TEXTS, POISON]
    with only(lying(poisoned)) as known:
        Kept(known, tokenizer).write(Verdict(True))
        encoder = Encoder(tokenizer, first=len("".join(texts)) + len(texts))
        assert ids(encoder, texts) == right(tokenizer, texts)
        assert encoder.engine == REFERENCE
        verdict = kept(known, tokenizer)
        assert verdict and not verdict.same and POISON in verdict.why
        with pytest.raises(CheckFailedError, match=POISON):
            Encoder(tokenizer, "liar").ids(["the"])


def test_a_forced_engine_is_held_against_the_first_texts(tokenizer: Tokenizer) -> None:
    with only(lying(poisoned)) as known:
        encoder = trusted(known, tokenizer, "liar", first=10**6)
        assert ids(encoder, TEXTS) == right(tokenizer, TEXTS)
        assert encoder.engine == "liar"
        with pytest.raises(CheckFailedError, match=POISON):
            encoder.ids([POISON])
        assert kept(known, tokenizer) != Verdict(True)


@pytest.mark.parametrize(("kind", "ask"), [(Liar, "ids"), (Liar, "lengths"), (Short, "lengths")])
def test_a_wrong_id_while_running_stops_the_work(tokenizer: Tokenizer, kind: type[Liar], ask: str) -> None:
    with only(lying(poisoned, kind)) as known:
        encoder = trusted(known, tokenizer, share=1)
        getattr(encoder, ask)(TEXTS)
        with pytest.raises(DiffersError, match=POISON) as caught:
            getattr(encoder, ask)([*TEXTS, POISON, "the"])
        assert (caught.value.at, caught.value.exit_code) == (len(TEXTS), 6)
        verdict = kept(known, tokenizer)
        assert verdict and not verdict.same
        again = Encoder(tokenizer, first=1)
        assert ids(again, ["the", POISON]) == right(tokenizer, ["the", POISON])
        assert again.engine == REFERENCE


def test_about_one_text_in_a_thousand_is_checked(tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    with only(lying(lambda text: False)) as known:
        encoder = trusted(known, tokenizer)
        checked: list[str] = []
        real = Reference.ids

        def ids_of(self: Reference, texts: list[str], special: bool) -> object:
            checked.extend(texts if self is encoder.reference else ())
            return real(self, texts, special)

        monkeypatch.setattr(Reference, "ids", ids_of)
        for _ in range(200):
            encoder.ids(["a"] * 100)
        assert 5 <= len(checked) <= 45  # 20 are due; the draw is the same one each time


def test_a_text_that_an_engine_fails_on_is_left_to_tokenizers(tokenizer: Tokenizer) -> None:
    with only(lying(poisoned, Failing)) as known:
        encoder = trusted(known, tokenizer, share=1)
        texts = [*TEXTS, POISON]
        assert ids(encoder, texts) == right(tokenizer, texts)
        assert encoder.lengths(texts) == [len(one) for one in right(tokenizer, texts)]
        assert encoder.engine == "liar"


def test_an_engine_that_does_not_know_the_tokenizer(tokenizer: Tokenizer) -> None:
    def made(tokenizer: Tokenizer) -> Engine:
        raise ValueError("unsupported: Whim")

    with only(made):
        assert ids(Encoder(tokenizer, first=1), TEXTS) == right(tokenizer, TEXTS)
        with pytest.raises(CheckFailedError, match=r"does not know this kind of tokenizer \(unsupported: Whim\)"):
            Encoder(tokenizer, "liar").ids(TEXTS)


def test_an_engine_that_is_not_installed(tokenizer: Tokenizer) -> None:
    with only(lying(lambda text: False), version=None):
        assert ids(Encoder(tokenizer, first=1), TEXTS) == right(tokenizer, TEXTS)
        with pytest.raises(MissingExtraError, match=r"pip install 'hfterm\[fast\]'"):
            Encoder(tokenizer, "liar")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]", b'{"same": true}', b'{"same": 1}', b"[" * 100_000])
def test_a_damaged_verdict_counts_as_none(tokenizer: Tokenizer, content: bytes) -> None:
    with only(lying(lambda text: text == "\t")) as known:
        file = Kept(known, tokenizer).path
        file.parent.mkdir(parents=True)
        file.write_bytes(content)
        assert kept(known, tokenizer) is None
        with pytest.raises(CheckFailedError):
            Encoder(tokenizer, "liar").ids(["the"])
        assert json.loads(file.read_text())["same"] is False


def test_a_verdict_that_cannot_be_kept_is_found_out_again(tokenizer: Tokenizer, home: Path) -> None:
    paths.cache_dir().mkdir(parents=True)
    (paths.cache_dir() / FOLDER).write_text("in the way")
    with only(lying(lambda text: False)) as known:
        assert trusted(known, tokenizer).engine == "liar"
        assert kept(known, tokenizer) is None


def source(folder: Path) -> list[str]:
    rows = [{"text": text} for text in [*TEXTS, POISON]]
    (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return [str(folder / "a.jsonl")]


def test_verbs_name_the_record_and_leave_nothing_behind(tokenizer: Tokenizer, tmp_path: Path) -> None:
    found = source(tmp_path)
    for verb in (
        lambda e: list(encode(found, tokenizer, encoder=e)),
        lambda e: list(counting.count(found * 2, tokenizer, encoder=e)),
        lambda e: pack(found, tokenizer, str(tmp_path / "out"), encoder=e),
    ):
        with only(lying(poisoned)) as known:
            encoder = trusted(known, tokenizer, share=1)
            with pytest.raises(DiffersError, match=rf"a\.jsonl: record {len(TEXTS) + 1}: liar gives other ids"):
                verb(encoder)
    assert not (tmp_path / "out").exists()


def test_verbs_give_the_same_with_an_engine(tokenizer: Tokenizer, tmp_path: Path) -> None:
    found = source(tmp_path)
    with only(lying(lambda text: False)) as known:
        Kept(known, tokenizer).write(Verdict(True))
        for special in (False, True):
            plain = list(encode(found, tokenizer, special=special))
            assert list(encode(found, tokenizer, special=special, encoder=Encoder(tokenizer, "liar"))) == plain
        cut = list(encode(found, tokenizer, max_length=3))
        assert list(encode(found, tokenizer, max_length=3, encoder=Encoder(tokenizer, "liar"))) == cut
        around = list(encode(found, tokenizer, max_length=3, special=True))
        engine = Encoder(tokenizer, first=1)
        assert list(encode(found, tokenizer, max_length=3, special=True, encoder=engine)) == around
        assert engine.engine == REFERENCE
        for more in ({"tokens": True}, {"offsets": True}, {"max_length": 3, "special": True}):
            with pytest.raises(HftermError, match="from tokenizers alone"):
                list(encode(found, tokenizer, encoder=Encoder(tokenizer, "liar"), **more))
