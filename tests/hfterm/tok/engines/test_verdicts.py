from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hfterm.tok.engines import Engine, Known, Reference
from hfterm.tok.engines.verdicts import Kept, Verdict
from hfterm.tok.tokenizer import Tokenizer, load
from support.kinds import folder_of


def made(tokenizer: Tokenizer) -> Engine:
    return Reference(tokenizer)


def test_a_verdict_comes_back_as_it_was_kept(isolated: Path) -> None:
    kept = Kept(Known("one", lambda: "1", made), load(folder_of("gpt2", isolated / "tok")))
    assert kept.read() is None
    for verdict in (Verdict(True), Verdict(False, 'other ids for "é\x1b"')):
        kept.write(verdict)
        assert kept.read() == verdict
    assert [file.name for file in kept.path.parent.iterdir()] == [kept.path.name]


def test_engines_versions_and_tokenizers_have_verdicts_of_their_own(isolated: Path) -> None:
    first, second = (load(folder_of(kind, isolated / kind)) for kind in ("gpt2", "llama3"))
    found = {
        Kept(Known(name, lambda version=version: version, made), tokenizer).path
        for name in ("one", "two")
        for version in ("1", "2")
        for tokenizer in (first, second)
    }
    assert len(found) == 8


def test_many_may_write_and_read_at_once(isolated: Path) -> None:
    kept = Kept(Known("one", lambda: "1", made), load(folder_of("gpt2", isolated / "tok")))
    verdicts = [Verdict(False, f"{number}" * 5000) for number in range(8)]
    kept.write(verdicts[0])

    def work(verdict: Verdict) -> bool:
        kept.write(verdict)
        return kept.read() in verdicts

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, verdicts * 5))
    assert len(list(kept.path.parent.iterdir())) == 1
