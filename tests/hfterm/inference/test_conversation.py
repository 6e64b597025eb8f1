import pytest

from hfterm.errors import UsageError
from hfterm.inference.conversation import HELP, Conversation, Leave, join_prompt


def test_what_was_said_is_sent_again() -> None:
    talk = Conversation("Be brief.")
    talk.answered("Who?", "Mara.")
    assert [m["content"] for m in talk.messages("Where?")] == ["Be brief.", "Who?", "Mara.", "Where?"]
    assert [m["role"] for m in talk.messages("Where?")] == ["system", "user", "assistant", "user"]


def test_an_answer_that_never_began_is_forgotten() -> None:
    talk = Conversation()
    talk.answered("Who?", "")
    assert talk.messages("x") == [{"role": "user", "content": "x"}]


def test_commands() -> None:
    talk = Conversation()
    talk.answered("Who?", "Mara.")
    assert talk.command("a question with a / in it") is None
    assert talk.command("/help") == HELP
    assert talk.command("/clear") == "started over"
    assert talk.turns == []
    talk.answered("Who?", "Mara.")
    assert "told" in (talk.command("/system  Rhyme always. ") or "")
    assert (talk.system, talk.turns) == ("Rhyme always.", [])
    talk.command("/system")
    assert talk.system is None
    for word in ("/exit", "/quit", "/bye"):
        with pytest.raises(Leave):
            talk.command(word)
    with pytest.raises(UsageError, match="no such command '/exti'; see /help"):
        talk.command("/exti")


@pytest.mark.parametrize(
    ("prompt", "piped", "joined"),
    [("Why?", None, "Why?"), (None, "text\n", "text"), ("Why?", "text\n", "Why?\n\ntext"), ("Why?", " \n", "Why?")],
)
def test_what_is_piped_goes_under_the_prompt(prompt: str | None, piped: str | None, joined: str) -> None:
    assert join_prompt(prompt, piped) == joined


@pytest.mark.parametrize(("prompt", "piped"), [(None, None), ("", ""), (" ", None), (None, "\n\n")])
def test_nothing_is_no_prompt(prompt: str | None, piped: str | None) -> None:
    with pytest.raises(UsageError, match="the prompt is empty"):
        join_prompt(prompt, piped)
