import threading
from collections.abc import Iterator

import pytest

from hfterm.chat.blocks import split
from hfterm.errors import UsageError
from hfterm.inference.engine import Done, Engine, Event, Loading, Meter, Note, Piece, is_url, open_engine
from hfterm.inference.load import load_model
from hfterm.inference.local import LocalEngine
from hfterm.inference.pretend import ANSWERS, LOADING, PretendEngine
from hfterm.inference.remote import RemoteEngine
from hfterm.inference.sampling import Sampling
from support.tiny import tiny_model

ASK = [{"role": "user", "content": "Who keeps the lighthouse?"}]


def meter(times: list[float]) -> Meter:
    moments: Iterator[float] = iter(times)
    return Meter(lambda: next(moments))


def test_the_rate_counts_from_the_first_piece() -> None:
    timed = meter([0.0, 2.0, 4.5])
    for _ in range(3):
        timed.piece()
    assert timed.done("end", 7, 11) == Done("end", 7, 11, 4.5, 2.0, 4.0)


def test_the_rate_of_an_answer_in_one_piece_counts_all_the_time() -> None:
    timed = meter([0.0, 5.0, 5.0])
    timed.piece()
    assert timed.done("end", None, 10) == Done("end", None, 10, 5.0, 5.0, 2.0)


@pytest.mark.parametrize("tokens", [None, 0])
def test_no_rate_of_nothing(tokens: int | None) -> None:
    assert meter([0.0, 1.0]).done("stopped", None, tokens) == Done("stopped", None, tokens, 1.0, None, None)


def test_numbers_by_name() -> None:
    assert Done("end", 1, 2, 3.0, 0.5, 9.0).stats() == {
        "prompt_tokens": 1, "completion_tokens": 2, "seconds": 3.0, "first_token_seconds": 0.5, "tokens_per_second": 9.0
    }  # fmt: skip


def test_which_engine() -> None:
    remote = open_engine("HTTP://localhost:8000#qwen")
    assert isinstance(remote, RemoteEngine) and remote.name == "qwen"
    local = open_engine("run:demo", device="cpu")
    assert isinstance(local, LocalEngine)
    assert (local.name, local.state, local.detail, local.pid) == ("run:demo", "idle", "", None)
    assert is_url("https://x") and not is_url("httpx") and not is_url("hf://a/b")
    with pytest.raises(UsageError):
        open_engine("http://")


def text(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Piece))


def test_the_pretended_answers_are_the_same_each_time() -> None:
    talk = [*ASK]
    for answer in (*ANSWERS, ANSWERS[0]):
        one, two = (list(PretendEngine(rate=None).answer(talk, Sampling())) for _ in range(2))
        assert text(one) == text(two) == answer
        talk += [{"role": "assistant", "content": answer}, {"role": "user", "content": "more"}]
    kinds = {block.kind for answer in ANSWERS for block in split(answer)}
    assert kinds >= {"code", "table", "list", "quote", "paragraph"}


def test_pretending_to_load_and_to_count() -> None:
    engine = PretendEngine(rate=None)
    assert engine.state == "idle"
    events = engine.answer(ASK, Sampling(max_new_tokens=3))
    assert next(events) == Loading(LOADING[0])
    assert (engine.state, engine.detail) == ("loading", LOADING[0])
    rest = list(events)
    done = rest[-1]
    assert isinstance(done, Done) and (done.stop, done.completion_tokens, done.prompt_tokens) == ("length", 3, 5)
    assert engine.state == "ready"
    assert not [e for e in engine.answer(ASK, Sampling()) if isinstance(e, Loading)]


def test_stopping_the_pretended() -> None:
    engine = PretendEngine(rate=0.001)  # a piece in a quarter of an hour
    threading.Timer(0.05, engine.stop).start()
    events = list(engine.answer(ASK, Sampling()))
    assert isinstance(events[-1], Done) and events[-1].stop == "stopped"
    assert text(events) == ""


def test_a_model_in_this_process(tmp_path_factory: pytest.TempPathFactory) -> None:
    from hfterm.inference.direct import DirectEngine

    loaded = load_model(tiny_model(tmp_path_factory.mktemp("direct") / "tiny"), device="cpu")
    engine: Engine = DirectEngine(loaded)
    engine.start()
    events = list(engine.answer(ASK, Sampling(max_new_tokens=6)))
    done = events[-1]
    assert isinstance(done, Done) and (done.stop, done.completion_tokens) == ("length", 6)
    assert engine.state == "ready"

    taken = []
    for event in engine.answer(ASK, Sampling(max_new_tokens=100)):
        taken.append(event)
        engine.stop()
    assert isinstance(taken[-1], Done) and taken[-1].stop == "stopped"
    assert (taken[-1].completion_tokens or 0) < 10

    loaded.tokenizer.chat_template = None
    noted = [[e for e in engine.answer(ASK, Sampling(max_new_tokens=1)) if isinstance(e, Note)] for _ in range(2)]
    assert [len(notes) for notes in noted] == [1, 0]
    engine.close()
