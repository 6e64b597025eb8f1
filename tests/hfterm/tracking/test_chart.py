import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hfterm.errors import UsageError
from hfterm.tracking.chart import NOT_POSITIVE, Picture, draw
from hfterm.tracking.series import Series


def series(*values: float, first: int = 0, every: int = 1) -> Series:
    made = Series("loss")
    for n, value in enumerate(values):
        made.append(first + n * every, value)
    return made


def text(picture: Picture) -> list[str]:
    return ["".join(part for part, _ in row) for row in picture.rows]


def roles(picture: Picture) -> set[object]:
    return {role for row in picture.rows for part, role in row if part.strip()}


DOWN = series(4, 3, 2, 1, 0)


def test_ascii() -> None:
    assert text(draw([(DOWN, 0)], 30, 10, glyphs="ascii")) == [
        "4+':..                        ",
        " |   '':..                    ",
        " |       ':..                 ",
        " |          '':..             ",
        "2+              '':..         ",
        " |                  '':.      ",
        " |                     '':..  ",
        "0+                         ':.",
        " ++-------------+------------+",
        "  0             2            4",
    ]


def test_braille() -> None:
    assert text(draw([(DOWN, 0)], 24, 6)) == [
        "4┤⠙⠲⠤⣄⡀                 ",
        " │    ⠉⠓⠲⢤⣀             ",
        "2┤        ⠈⠉⠓⠦⣄⣀        ",
        " │             ⠈⠙⠲⠤⣄⡀   ",
        "0┤                  ⠉⠓⠦⣄",
        "  0          2         4",
    ]


def test_sizes_and_what_there_is_room_for() -> None:
    lines = [(series(*[math.sin(n / 9) for n in range(200)]), 0)]
    for width in (1, 2, 10, 19, 20, 24, 80, 200):
        for height in (1, 2, 5, 6, 7, 8, 24):
            picture = draw(lines, width, height)
            assert [len(row) for row in text(picture)] == [width] * height
            assert ("label" in roles(picture)) == (width >= 20)
    assert text(draw(lines, 40, 5))[-1].strip()[-1] not in "0123456789", "no steps below so few rows"
    assert text(draw(lines, 40, 6))[-1].split()[0] == "0"
    assert "┬" not in "".join(text(draw(lines, 40, 7))) and "┬" in "".join(text(draw(lines, 40, 8)))
    assert len(draw(lines, 0, -3).rows) == 1


def test_a_peak_is_never_lost() -> None:
    noisy = Series("loss")
    for n in range(100_000):
        noisy.append(n, 9.0 if n == 71_234 else 0.0)
    for glyphs in ("braille", "blocks", "ascii"):
        row = text(draw([(noisy, 0)], 60, 12, glyphs=glyphs))[4][4:]
        assert 1 <= sum(sign != " " for sign in row) <= 2, "as high as it is, and one column wide"


def test_points_far_apart_are_joined_and_gaps_are_not() -> None:
    joined = text(draw([(series(1, 1, every=100), 0)], 40, 3))
    assert all(sign.strip() for sign in joined[1][4:-2])
    broken = series(1, 1, math.nan, math.nan, 1, 1)
    left, *_, right = text(draw([(broken, 0)], 40, 3))[1][4:].split()
    assert len(left) > 4 < len(right), "a gap where no number was logged"


def test_a_line_goes_on_beyond_the_picture() -> None:
    sparse = series(0, 10, every=1000)
    picture = draw([(sparse, 0)], 40, 8, start=400, end=600)
    assert sum(role == 0 for row in picture.rows for _, role in row) > 1
    assert (picture.axis.x.low, picture.axis.x.high) == (400, 600)


def test_colours_of_several_lines() -> None:
    high, low = series(*[5.0] * 20), series(*[1.0] * 20)
    picture = draw([(high, 3), (low, 1)], 40, 12)
    assert {3, 1} <= roles(picture)
    top = next(role for row in picture.rows for part, role in row if isinstance(role, int))
    assert top == 3
    assert 3 not in roles(draw([(high, 3), (high, 1)], 40, 12)), "the later line gives a shared cell its colour"


def test_smoothed_over_dim() -> None:
    noise = random.Random(0)
    noisy = series(*[noise.random() for _ in range(400)])
    picture = draw([(noisy, 2)], 60, 12, smooth=0.95)
    assert {2, (2, "dim")} <= roles(picture)
    bright = [n for n, row in enumerate(picture.rows) if any(role == 2 for _, role in row)]
    assert len(bright) <= 6 < sum(any(role == (2, "dim") for _, role in row) for row in picture.rows)
    assert (2, "dim") not in roles(draw([(noisy, 2)], 60, 12))
    assert 2 in roles(draw([(series(1), 2)], 30, 8, smooth=0.5))


def test_log_axis() -> None:
    falling = series(*[10.0**-n for n in range(6)])
    rows = text(draw([(falling, 0)], 60, 16, log_y=True))
    labels = [row.split("┤")[0].strip() for row in rows if "┤" in row]
    assert labels == ["1", "0.1", "1e-2", "1e-3", "1e-4", "1e-5"]
    nothing = draw([(series(0, -1), 0)], 60, 8, log_y=True)
    assert NOT_POSITIVE in "\n".join(text(nothing))
    assert 0 in roles(draw([(series(1, -1, 2), 0)], 60, 8, log_y=True))


def test_nothing_to_draw_says_so() -> None:
    for lines in ([], [(Series("x"), 0)], [(series(math.nan, math.inf), 0)]):
        picture = draw(lines, 40, 9)
        assert "nothing logged here" in "\n".join(text(picture)) and len(picture.rows) == 9
    assert "nothing logged here" in "\n".join(text(draw([(DOWN, 0)], 40, 9, start=100, end=200)))
    assert "".join(text(draw([], 4, 1))) == "noth"


def test_one_point_and_a_flat_line_are_seen() -> None:
    for values in ((2.0,), (0.0, 0.0), (-3.0, -3.0, -3.0)):
        assert 0 in roles(draw([(series(*values), 0)], 30, 8))
        assert 0 in roles(draw([(series(*values), 0)], 3, 2))


def test_cursor() -> None:
    short = series(1, 2)
    picture = draw([(DOWN, 0), (short, 1), (Series("x"), 2)], 60, 12, cursor=2.2)
    assert picture.cursor_values == [(2, 2), None, None]
    assert sum("cursor" in [role for _, role in row] for row in picture.rows) >= 6
    assert draw([(DOWN, 0)], 60, 12).cursor_values == [None]
    assert "cursor" not in roles(draw([(DOWN, 0)], 60, 12, cursor=400))


def test_the_axes_stay_while_the_data_wobble() -> None:
    growing = series(*[2.0 + math.sin(n) for n in range(900)])
    before = draw([(growing, 0)], 80, 20)
    for n in range(900, 910):
        growing.append(n, 2.0 + math.sin(n) * 1.001)
    after = draw([(growing, 0)], 80, 20, axis=before.axis)
    assert after.axis.y == before.axis.y
    assert after.axis.x == before.axis.x and before.axis.x.high == 920
    growing.append(925, 3.0)
    assert draw([(growing, 0)], 80, 20, axis=after.axis).axis.x.high == 960


def test_steps_that_are_no_fractions_get_no_fractions() -> None:
    rows = text(draw([(series(3, 2, 1), 0)], 100, 12))
    assert rows[-1].split() == ["0", "1", "2"]
    epochs = Series("loss")
    for n in range(5):
        epochs.append(n / 4, float(n))
    assert text(draw([(epochs, 0)], 100, 12))[-1].split() == ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]


def test_unknown_glyphs() -> None:
    with pytest.raises(UsageError, match="no glyphs named 'crayon'"):
        draw([], 10, 5, glyphs="crayon")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.floats(), st.floats()), max_size=30),
    st.integers(1, 60),
    st.integers(1, 20),
    st.booleans(),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.sampled_from(["braille", "blocks", "ascii"]),
    st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)),
)
def test_any_data_is_drawn(
    points: list[tuple[float, float]],
    width: int,
    height: int,
    log_y: bool,
    smooth: float,
    glyphs: str,
    start: float | None,
) -> None:
    made = Series("x")
    for step, value in points:
        made.append(step, value)
    picture = draw([(made, 0)], width, height, glyphs=glyphs, log_y=log_y, smooth=smooth, start=start, cursor=start)
    assert [len(row) for row in text(picture)] == [width] * height
    again = draw([(made, 0)], width, height, glyphs=glyphs, log_y=log_y, smooth=smooth, start=start, axis=picture.axis)
    assert len(again.rows) == height
