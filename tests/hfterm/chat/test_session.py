from collections.abc import Iterator

import pytest

from hfterm.chat.message import Message
from hfterm.chat.session import Session, title_of
from hfterm.chat.store import Store
from hfterm.errors import HftermError, NotFoundError
from hfterm.inference.sampling import Sampling


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.unsaved() as store:
        yield store


@pytest.fixture
def session(store: Store) -> Session:
    return store.create("m")


def contents(session: Session) -> list[str]:
    return [m.content for m in session.path()]


def asked(session: Session, question: str, answer: str) -> tuple[Message, Message]:
    return session.add("user", question), session.add("assistant", answer, stop="end", model="m")


def test_what_was_said_is_sent_again(session: Session) -> None:
    session.system = "Be brief."
    asked(session, "Who?", "Mara.")
    session.add("user", "Where?")
    assert session.messages() == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Who?"},
        {"role": "assistant", "content": "Mara."},
        {"role": "user", "content": "Where?"},
    ]


def test_answers_stand_beside_each_other(session: Session) -> None:
    question, first = asked(session, "Who?", "Mara.")
    second = session.add("assistant", "The keeper.", parent=question)
    assert contents(session) == ["Who?", "The keeper."]
    assert session.siblings(second) == [first, second]
    assert session.messages(question) == [{"role": "user", "content": "Who?"}]
    session.choose(first)
    assert contents(session) == ["Who?", "Mara."]


def test_an_edited_question_branches_and_each_branch_keeps_its_place(session: Session) -> None:
    one, _ = asked(session, "one", "1")
    two, _ = asked(session, "two", "2")
    asked(session, "three", "3")
    other = session.edit(two, "zwei")
    assert contents(session) == ["one", "1", "zwei"]
    asked(session, "not under a question", "x")
    assert contents(session) == ["one", "1", "not under a question", "x"]
    session.choose(two)
    assert contents(session) == ["one", "1", "two", "2", "three", "3"]
    session.choose(other)
    assert contents(session) == ["one", "1", "zwei"]
    assert [m.content for m in session.siblings(two)] == ["two", "zwei", "not under a question"]
    assert session.edit(one, "eins").parent is None
    assert contents(session) == ["eins"]
    session.choose(session.get(two.id))
    assert contents(session)[-1] == "3"
    assert len(session.tree()) == 10


def test_an_edited_answer_is_whole(session: Session) -> None:
    _, answer = asked(session, "one", "wrong")
    edited = session.edit(answer, "right")
    assert (edited.stop, edited.whole) == ("edited", True)
    assert contents(session) == ["one", "right"]


def test_a_question_without_an_answer_is_not_sent_with_the_next(session: Session) -> None:
    asked(session, "one", "1")
    lost = session.add("user", "lost")
    new = session.add("user", "again")
    assert contents(session) == ["one", "1", "again"]
    assert session.siblings(new) == [lost, new]


def test_back(session: Session) -> None:
    assert session.back() is None
    asked(session, "one", "1")
    question, _ = asked(session, "two", "2")
    assert session.back() == question
    assert contents(session) == ["one", "1"]
    asked(session, "drei", "3")
    assert session.back() is not None and session.back() is not None
    assert contents(session) == []
    asked(session, "anew", "0")
    assert contents(session) == ["anew", "0"]
    session.choose(session.get(question.id))
    assert contents(session) == ["one", "1", "two", "2"]


def test_the_question_to_answer(session: Session) -> None:
    with pytest.raises(HftermError, match="nothing was asked yet"):
        session.question()
    one, first = asked(session, "one", "1")
    two, _ = asked(session, "two", "2")
    assert session.question() == two
    assert session.question(first) == session.question(one) == one
    with pytest.raises(NotFoundError):
        session.get(99)


def test_a_growing_answer(session: Session) -> None:
    session.add("user", "q")
    answer = session.add("assistant", "a")
    assert not answer.whole
    grown = session.grow(answer, "abc", stop="stopped", stats={"seconds": 1.5}, thinking="hm")
    assert session.path()[-1] == grown
    assert (grown.content, grown.stop, grown.stats, grown.thinking) == ("abc", "stopped", {"seconds": 1.5}, "hm")
    assert not grown.whole


def test_what_holds_for_all_of_it_can_change(store: Store, session: Session) -> None:
    session.system = "before it is saved"
    asked(session, "q", "a")
    session.title, session.model, session.system = "Fish", "http://h/v1#m", None
    session.sampling = Sampling(temperature=0.5, seed=3)
    again = store.open(session.id)
    assert (again.title, again.model, again.system, again.sampling) == (
        "Fish", "http://h/v1#m", None, Sampling(temperature=0.5, seed=3)
    )  # fmt: skip


@pytest.mark.parametrize("text", ["日本語 😀 é", "a\0b", "\u2028", "x" * 200_000, "", "'; DROP TABLE x; --"])
def test_any_text_comes_back(store: Store, session: Session, text: str) -> None:
    session.add("user", text)
    assert contents(store.open(session.id)) == [text]


def test_text_that_is_no_unicode_is_mended(session: Session) -> None:
    session.add("user", "\ud83d\ude00 \ud800")
    assert contents(session) == ["😀 \ufffd"]


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Who?", "Who?"),
        ("  Who\n\nkeeps\tit ", "Who keeps it"),
        ("word " * 30, "word word word word word word word word word word word…"),
        ("x" * 100, "x" * 59 + "…"),
    ],
)
def test_titles(question: str, title: str) -> None:
    assert title_of(question) == title
    assert len(title) <= 60
