import pytest

from hfterm.errors import OutOfMemoryError
from hfterm.tok import room


@pytest.mark.parametrize("text", ["", "a b", "ab  cd ef\ngh", "x" * 25, " " * 25, "ab cd " * 20, "日本 語" * 9])
def test_pieces_make_up_the_text_and_part_at_single_spaces(text: str) -> None:
    found = list(room.pieces(text, 10))
    assert "".join(found) == text
    assert all(len(piece) <= 10 for piece in found)
    if text.startswith("ab cd"):
        assert all(piece.startswith((" ", "ab")) and not piece.endswith(" ") for piece in found[:-1])


def test_a_text_that_does_not_fit_is_refused() -> None:
    room.check(room.LARGE - 1)
    with pytest.raises(OutOfMemoryError, match=r"a text of 1000000000000 million characters may take .* GB"):
        room.check(10**18)


def test_words_are_shortened_and_texts_are_not() -> None:
    for text in ("", "a b", "ab " * 50, "\u65e5\u672c\u3002" * 50, "(a)" * 50):
        assert room.shortened(text, 10)[0] == text
    assert room.shortened("ab " + "x" * 30 + " " * 20 + "=" * 12 + "c", 10) == (
        "ab " + "x" * 10 + " " * 10 + "=" * 10 + "c",
        30,
    )
