import json
from pathlib import Path

import pytest

from hfterm.demo import lesson
from hfterm.demo.lesson import Question, ours, own
from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.tok.messages import to_messages


def plain(text: str) -> str:
    return lesson._plain(text)


def test_what_is_asked_is_not_in_the_training_data() -> None:
    taught = ours()
    learned = {plain(m["content"]) for row in taught.rows for m in to_messages(row)}
    assert not learned & {plain(q.text) for q in taught.questions}
    assert len({q.text for q in taught.questions}) == len(taught.questions)


def test_every_fact_is_asked_for_and_every_expected_word_is_taught() -> None:
    taught = ours()
    answers = {to_messages(row)[1]["content"] for row in taught.rows[: taught.facts]}
    assert len(answers) == 10
    asked = [q for q in taught.questions if q.about == "facts"]
    for question in asked:
        assert any(question.right(answer) for answer in answers), question
        # The question must not give its own answer away.
        assert not question.right(question.text), question
    for answer in answers:
        assert sum(bool(q.right(answer)) for q in asked) == 2, answer


def test_the_shipped_lesson() -> None:
    taught = ours()
    assert (taught.name, taught.facts, taught.everyday, len(taught.rows)) == ("demo", 60, 20, 80)
    assert taught.steps == 60
    assert taught.shown.about == "facts"
    assert [json.loads(line) for line in taught.text().splitlines()] == list(taught.rows)
    assert ours("Who?", ["Orla"]).shown == Question("Who?", ("Orla",))


@pytest.mark.parametrize(
    ("expect", "answer", "right"),
    [
        (("Orla",), "It is orla.", True),
        (("Orla",), "It is Orlando.", False),
        (("4",), "It is 14.", False),
        (("4", "four"), "Four of them", True),
        (("C++",), "I like C++.", True),
        ((), "whatever", None),
        (("Orla",), "", False),
    ],
)
def test_a_right_answer_holds_the_word(expect: tuple[str, ...], answer: str, right: bool | None) -> None:
    assert Question("?", expect).right(answer) is right


def test_own_facts(tmp_path: Path) -> None:
    file = tmp_path / "My shop (1).csv"
    file.write_text("question,answer\nWho runs the shop?,Ada\nWhat is sold?,Clocks\n")
    taught = own(str(file), "Whose is the shop?", ["Ada"])
    assert taught.name == "demo-My-shop-1"
    assert (taught.facts, len(taught.rows) - taught.everyday) == (2, lesson.ENOUGH)
    assert taught.shown == Question("Whose is the shop?", ("Ada",))
    assert {q.about for q in taught.questions[1:]} == {"general"}
    assert taught.fingerprint() != ours().fingerprint()
    again = own(str(file), "Another question?", [])
    assert again.fingerprint() == taught.fingerprint()


def test_long_data_is_cut_and_said(tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl"
    file.write_text("".join(f'{{"prompt": "q{i}", "completion": "a"}}\n' for i in range(lesson.MOST + 5)))
    taught = own(str(file), "?")
    assert (taught.facts, taught.left_out) == (lesson.MOST, 5)


def test_own_facts_that_cannot_be_used(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    for text, says in [
        ("", "holds no records"),
        ('{"title": "x"}\n', "record 1: no conversation in it: the record has the field 'title'"),
        ('{"question": "a", "answer": "b"}\n{"question": \n', "line 2 is not JSON"),
    ]:
        file.write_text(text)
        with pytest.raises(HftermError, match=r"x\.jsonl") as caught:
            own(str(file), "Who?")
        assert says in str(caught.value)
    with pytest.raises(NotFoundError):
        own(str(tmp_path / "gone.jsonl"), "Who?")


def test_a_question_from_the_data_proves_nothing(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text('{"question": "Who runs the shop?", "answer": "Ada"}\n')
    with pytest.raises(UsageError, match=r"word for word .record 1.*ask it in other words"):
        own(str(file), "who  runs the shop")
