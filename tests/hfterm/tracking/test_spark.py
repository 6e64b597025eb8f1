import math

import pytest

from hfterm.errors import UsageError
from hfterm.tracking.spark import spark

VALUES = [0, 20, None, 50, math.nan, 80, 100, 250]


def test_blocks_and_ascii_have_a_value_a_cell() -> None:
    assert spark(VALUES, 10, glyphs="blocks") == "  ▁▂ ▄ ▆██"
    assert spark(VALUES, 10, glyphs="ascii") == "  _. : +##"
    assert spark(VALUES, 2, glyphs="blocks") == "██"


def test_braille_has_two() -> None:
    assert spark([0, 25, 50, 75, 100, None], 3) == "⣀⣴⡇"
    assert spark([100], 2) == " ⢸"
    assert spark([100, 100, 100], 1) == "⣿"


@pytest.mark.parametrize("glyphs", ["braille", "blocks", "ascii"])
def test_nothing_is_blank_and_as_wide_as_asked(glyphs: str) -> None:
    assert spark([], 4, glyphs=glyphs) == "    " == spark([None] * 20, 4, glyphs=glyphs)
    assert spark([1, 2], 0, glyphs=glyphs) == "" == spark([1, 2], -1, glyphs=glyphs)
    assert len(spark(list(range(100)), 7, glyphs=glyphs)) == 7


def test_the_scale_is_fixed() -> None:
    assert spark([1, 2], 2, 0, 100, "blocks") == "▁▁"
    assert spark([-5, 1, 2], 3, 0, 2, "blocks") == "▁▄█"
    assert spark([1, 2], 2, 2, 2, "blocks") == "▁█"
    with pytest.raises(UsageError, match="choose from braille, blocks, ascii"):
        spark([1], 1, glyphs="crayon")
