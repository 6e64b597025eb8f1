import pytest

from hfterm.errors import UsageError
from hfterm.inference.conversation import join_prompt


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


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(UsageError, match="the prompt is not UTF-8"):
        join_prompt("caf\udce9", None)
