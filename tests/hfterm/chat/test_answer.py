import threading
from collections.abc import Iterator

import pytest

from hfterm.chat.answer import Answering
from hfterm.chat.session import Session
from hfterm.chat.store import Store
from hfterm.errors import HftermError, NetworkError
from hfterm.inference.engine import Done, Event, Loading, Messages, Piece, Stopped, never
from hfterm.inference.local import LocalEngine
from hfterm.inference.pretend import ANSWERS, PretendEngine
from hfterm.inference.remote import RemoteEngine
from hfterm.inference.sampling import Sampling
from support.openai_server import Reply, openai_server


@pytest.fixture
def session() -> Iterator[Session]:
    with Store.unsaved() as store:
        session = store.create("m")
        session.add("user", "Who?")
        yield session


@pytest.fixture
def engine() -> PretendEngine:
    return PretendEngine(rate=None)


def test_an_answer_is_saved_with_its_stats(session: Session, engine: PretendEngine) -> None:
    answering = Answering(session, engine)
    events = list(answering)
    assert isinstance(events[0], Loading) and isinstance(events[-1], Done)
    answer = session.path()[-1]
    assert answer == answering.message
    assert (answer.content, answer.stop, answer.model) == (ANSWERS[0], "end", engine.name)
    assert answer.stats == events[-1].stats() and answer.stats["completion_tokens"] > 50
    assert answering.text == answer.content


def test_what_is_told_as_done_is_saved(session: Session, engine: PretendEngine) -> None:
    for event in Answering(session, engine, save_seconds=1000):
        if isinstance(event, Done):
            assert session.path()[-1].stop == "end"


def test_again_stands_beside(session: Session, engine: PretendEngine) -> None:
    list(Answering(session, engine))
    first = session.path()[-1]
    again = Answering(session, engine, session.question(first))
    list(again)
    assert again.message is not None
    assert session.siblings(again.message) == [first, again.message]
    assert session.path() == [again.question, again.message]


def test_a_stopped_answer_keeps_what_came(session: Session, engine: PretendEngine) -> None:
    answering, last = Answering(session, engine), None
    for event in answering:
        last = event
        if len(answering.text) > 20:
            engine.stop()
    assert isinstance(last, Done) and last.stop == "stopped"
    answer = session.path()[-1]
    assert (answer.content, answer.stop) == (answering.text, "stopped")
    assert 20 < len(answer.content) < 40 and not answer.whole


def test_an_answer_that_is_left_keeps_what_came(session: Session, engine: PretendEngine) -> None:
    answering = Answering(session, engine)
    events = iter(answering)
    while len(answering.text) < 20:
        next(events)
    events.close()  # type: ignore[attr-defined]
    assert session.path()[-1].content == answering.text
    assert session.path()[-1].stop == "stopped"
    assert engine.state == "ready"


def test_ctrl_c_keeps_what_came(session: Session) -> None:
    class Interrupted(PretendEngine):
        def answer(self, messages: Messages, sampling: Sampling, stopped: Stopped = never) -> Iterator[Event]:
            yield Piece("It is")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(Answering(session, Interrupted()))
    assert (session.path()[-1].content, session.path()[-1].stop) == ("It is", "stopped")


def test_a_broken_answer_keeps_what_came(session: Session) -> None:
    with openai_server() as server:
        server.replies = [Reply(thinking=["Hm."], drop_after=2), Reply(drop_after=0), Reply()]
        engine = RemoteEngine(server.url)
        with pytest.raises(NetworkError):
            list(Answering(session, engine))
        answer = session.path()[-1]
        assert (answer.content, answer.thinking, answer.stop, answer.model) == (
            "Mara keeps",
            "Hm.",
            "broken",
            "mara-7b",
        )
        with pytest.raises(NetworkError):
            list(Answering(session, engine, session.question()))
        assert session.path()[-1] == answer, "an answer that never began leaves nothing"
        list(Answering(session, engine, session.question()))
        assert session.path()[-1].content == "Mara keeps it."
        assert [m["content"] for m in server.asked()[-1]["messages"]] == ["Who?"]


def test_nothing_is_kept_of_an_answer_stopped_before_its_first_word(session: Session, engine: PretendEngine) -> None:
    events = iter(Answering(session, engine))
    next(events)
    engine.stop()
    last = list(events)[-1]
    assert isinstance(last, Done) and last.stop == "stopped"
    assert [m.role for m in session.path()] == ["user"]


def test_one_that_was_stopped_before_it_began_never_begins(session: Session) -> None:
    with openai_server() as server:
        for engine in (PretendEngine(), RemoteEngine(server.url, "mara-7b"), LocalEngine("no/model")):
            answering = Answering(session, engine)
            answering.stop()  # nobody listens yet
            events = list(answering)
            assert isinstance(events[-1], Done) and events[-1].stop == "stopped" and len(events) == 1
            assert engine.state in ("idle", "ready") and [m.role for m in session.path()] == ["user"]
        assert server.asked() == [], "a server is not even asked"
        assert "".join(e.text for e in Answering(session, engine=RemoteEngine(server.url, "m")) if isinstance(e, Piece))


def test_an_empty_answer_is_an_answer(session: Session) -> None:
    class Silent(PretendEngine):
        def answer(self, messages: Messages, sampling: Sampling, stopped: Stopped = never) -> Iterator[Event]:
            yield Done("end", 5, 1)

    list(Answering(session, Silent()))
    assert (session.path()[-1].content, session.path()[-1].stop) == ("", "end")


def test_it_is_saved_while_it_grows_even_when_nothing_more_comes(session: Session) -> None:
    go = threading.Event()

    class Slow(PretendEngine):
        def answer(self, messages: Messages, sampling: Sampling, stopped: Stopped = never) -> Iterator[Event]:
            yield from (Piece("one"), Piece(" two"), Piece(" three"))
            go.wait(60)
            yield Done("end")

    thread = threading.Thread(target=lambda: list(Answering(session, Slow(), save_seconds=0.01)))
    thread.start()
    while len(session.path()) < 2 or session.path()[-1].content != "one two three":
        assert thread.is_alive()
    assert session.path()[-1].stop is None
    go.set()
    thread.join()
    assert session.path()[-1].stop == "end"


def test_nothing_to_answer(engine: PretendEngine) -> None:
    with Store.unsaved() as store, pytest.raises(HftermError, match="nothing was asked yet"):
        Answering(store.create("m"), engine)
