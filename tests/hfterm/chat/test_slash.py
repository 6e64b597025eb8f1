from collections.abc import Iterator
from pathlib import Path

import pytest

from hfterm.chat.slash import _COMMANDS, HELP, Leave, Outcome, Talk, recap
from hfterm.chat.store import Store
from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.inference.sampling import Sampling


@pytest.fixture
def talk() -> Iterator[Talk]:
    with Store.unsaved() as store:
        yield Talk(store, store.create("m"))


def said(talk: Talk, line: str) -> str:
    outcome = talk.command(line)
    assert outcome is not None and outcome.answer is None and outcome.edit is None
    return outcome.say


def asked(talk: Talk, question: str, answer: str) -> None:
    talk.session.add("user", question)
    talk.session.add("assistant", answer, stop="end")


def contents(talk: Talk) -> list[str]:
    return [m.content for m in talk.session.path()]


def test_a_question_is_no_command(talk: Talk) -> None:
    assert talk.command("what is a / b?") is None
    assert talk.command("") is None


def test_help_names_every_command(talk: Talk) -> None:
    assert said(talk, "/help") == HELP
    assert {word for word in _COMMANDS if word not in ("/?", "/clear", "/regenerate")} <= set(HELP.split())
    assert max(map(len, HELP.splitlines())) <= 80


@pytest.mark.parametrize("word", ["/exit", "/quit", "/bye"])
def test_leaving(talk: Talk, word: str) -> None:
    with pytest.raises(Leave):
        talk.command(word)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/exti", "no such command '/exti'; see /help"),
        ("/retry", "nothing was asked yet"),
        ("/edit", "nothing was asked yet"),
        ("/undo", "there is nothing to take back"),
        ("/other", "there is no other answer; ask for one with /retry"),
        ("/set temperature", "what should temperature be?; write /set temperature VALUE"),
        ("/set warmth 1", "no such setting 'warmth'"),
        ("/open", "which one?"),
        ("/open nothing", "no saved conversation 'nothing'"),
        ("/export", "to which file?"),
        ("/export x.pdf", "let the name end in .md or .jsonl"),
        ("/export x.jsonl", "no answer to export"),
    ],
)
def test_what_cannot_be_done(talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, says: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(HftermError) as caught:
        talk.command(line)
    assert says in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_another_answer_and_back(talk: Talk) -> None:
    asked(talk, "Who?", "Mara.")
    question = talk.session.question()
    assert talk.command("/retry") == talk.command("/regenerate") == Outcome(answer=question)
    talk.session.add("assistant", "The keeper.", parent=question, stop="end")
    assert said(talk, "/other") == "answer 1 of 2:\nMara."
    assert said(talk, "/other") == "answer 2 of 2:\nThe keeper."
    assert contents(talk) == ["Who?", "The keeper."]


def test_editing(talk: Talk) -> None:
    asked(talk, "Who?", "Mara.")
    assert talk.command("/edit") == Outcome(edit="Who?")
    outcome = talk.command("/edit Where? ")
    assert outcome is not None and outcome.answer is not None
    assert contents(talk) == ["Where?"]
    assert talk.edited("When?") == talk.session.path()[-1]
    assert len(talk.session.siblings(talk.session.path()[0])) == 3


def test_taking_back(talk: Talk) -> None:
    asked(talk, "one", "1")
    asked(talk, "two", "2")
    assert said(talk, "/undo") == "taken back: two"
    assert contents(talk) == ["one", "1"]


def test_the_system_prompt(talk: Talk) -> None:
    assert said(talk, "/system") == "the model is told nothing special"
    said(talk, "/system  Rhyme always. ")
    assert said(talk, "/system") == talk.session.system == "Rhyme always."
    said(talk, "/system clear")
    assert talk.session.system is None


def test_sampling(talk: Talk) -> None:
    assert said(talk, "/set") == "max_new_tokens 512, temperature 0.0, top_p 1.0, seed none"
    assert said(talk, "/set temperature 0.7") == "max_new_tokens 512, temperature 0.7, top_p 1.0, seed none"
    said(talk, "/set seed=5")
    assert talk.session.sampling == Sampling(temperature=0.7, seed=5)


def test_a_new_one_keeps_the_settings(talk: Talk) -> None:
    said(talk, "/system Rhyme.")
    asked(talk, "one", "1")
    old = talk.session
    assert said(talk, "/new") == "started over"
    assert talk.session.id != old.id and talk.session.system == "Rhyme." and contents(talk) == []
    assert said(talk, f"/open {old.id}").startswith(f"one ({old.id}, 2 messages)")
    assert contents(talk) == ["one", "1"]
    with pytest.raises(NotFoundError):
        talk.command("/open gone")


def test_the_saved_ones(talk: Talk) -> None:
    assert said(talk, "/sessions") == "nothing is saved yet"
    asked(talk, "About herring", "It swims.")
    assert said(talk, "/sessions").endswith("  About herring") and talk.session.id in said(talk, "/sessions swims")
    assert said(talk, "/sessions whale") == "nothing like it is saved"
    assert said(talk, "/title Fish") == "it is called 'Fish' now"
    assert said(talk, "/title") == talk.store.open("fish").title == "Fish"


def test_export(talk: Talk, tmp_path: Path) -> None:
    asked(talk, "one", "1")
    assert said(talk, f"/export {tmp_path / 'a b.md'}") == f"written to {tmp_path / 'a b.md'}"
    assert "## Model\n\n1" in (tmp_path / "a b.md").read_text()


def test_a_recap_is_the_last_question_and_what_follows(talk: Talk) -> None:
    asked(talk, "one", "1")
    talk.session.add("user", "two")
    talk.session.add("assistant", "tw", stop="stopped")
    assert recap(talk.session) == f"one ({talk.session.id}, 4 messages)\n> two\ntw\n(unfinished)"
    assert recap(talk.store.create("m")).endswith(", 0 messages)")


def test_errors_are_usage(talk: Talk) -> None:
    with pytest.raises(UsageError):
        talk.command("/")
