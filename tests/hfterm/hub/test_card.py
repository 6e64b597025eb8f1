import io

import pytest

from hfterm.hub import card
from hfterm.output import Output


@pytest.mark.parametrize(
    ("text", "data", "content"),
    [
        ("---\nlicense: mit\ntags: [a, b]\n---\n# Hi\n", {"license": "mit", "tags": ["a", "b"]}, "# Hi\n"),
        ("\ufeff---\r\nlicense: mit\r\n---\r\n# Hi\r\n", {"license": "mit"}, "# Hi\r\n"),
        ("# Hi\n\n---\nno: data\n---\n", {}, "# Hi\n\n---\nno: data\n---\n"),
        ("---\n---\nx", {}, "x"),
        ("---\n[1, 2]\n---\nx", None, "x"),
        ("---\na: {b\n---\nx", None, "x"),
        ("---\nwhen: 2026-99-99\n---\nx", None, "x"),
        ("---\na: !!python/object/apply:os.system [ls]\n---\nx", None, "x"),
        ("---\nlicense: mit\n", {}, "---\nlicense: mit\n"),
        ("", {}, ""),
    ],
)
def test_split(text: str, data: object, content: str) -> None:
    assert card.split(text) == {"data": data, "content": content}


def test_references_that_stand_for_terabytes_are_not_followed() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 20)]
    assert card.metadata("\n".join(rows)) is None
    assert card.metadata("a: " + "[" * 100_000) is None


def test_rendered_without_the_author_steering_the_terminal() -> None:
    out = Output("table", stdout=io.StringIO(), stderr=io.StringIO(), color="never")
    text = (
        '---\nlicense: "m\\x1b]0;owned\\x07it"\ntags: [a, b]\n---\n# Title\n\nsome \x1b[2J *words*\n\n- one\n'
        + "x " * 150_000
    )
    card.render(text, out)
    shown, said = out.stdout.getvalue(), out.stderr.getvalue()  # type: ignore[attr-defined]
    assert "\x1b" not in shown and r"\r" not in shown and "\x07" not in shown
    assert "tags: a, b" in shown and "Title" in shown and "words" in shown and "• one" in shown
    assert "the first 200,000 of" in said and "--raw" in said
