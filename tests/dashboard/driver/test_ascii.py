"""Without Unicode every cell keeps its place."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from hfterm.dashboard.driver.ascii import to_ascii


def test_look_alikes() -> None:
    assert to_ascii("╭─┬─╮ │█▉▏│ ⣿⠁⢀ … ● ✓ → é Ä 漢字 ⚠️ ❌ 😀") == "+-+-+ |#||| :'. . * v > e A ???? !  x  ??"
    assert to_ascii("\x1b[1mplain\x1b[0m") == "\x1b[1mplain\x1b[0m"


@given(st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"]), max_size=30))
def test_it_is_ascii_and_as_wide(text: str) -> None:
    found = to_ascii(text)
    assert found.isascii() and all(character >= " " for character in found)
    assert cell_len(found) == cell_len(text)
