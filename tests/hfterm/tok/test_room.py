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
