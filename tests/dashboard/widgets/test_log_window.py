"""A window that moves over a file shows what a list of all its rows would."""

import random
from pathlib import Path

import pytest

from hfterm.dashboard.widgets.log_window import Glass, Place, folded
from hfterm.tracking.tail import LogTail


def lines(seed: int, count: int) -> list[str]:
    chance = random.Random(seed)
    words = ["loss", "0.5", "step", "x" * 30, "émoji 🚀", "", "עברית", "a b c d e f g h i"]
    return [" ".join(chance.choices(words, k=chance.randrange(12))) for _ in range(count)]


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("count", [0, 1, 5, 300])
def test_moving_is_moving_in_the_list_of_rows(tmp_path: Path, wrapped: bool, count: int) -> None:
    path = tmp_path / "log"
    path.write_text("".join(f"{line}\n" for line in lines(count, count)))
    tail = LogTail(path)
    tail.poll()
    width, height = 17, 6
    glass = Glass(tail, width, height, wrapped)
    rows = [
        (line.offset, part)
        for line in tail.after(0, count + 1)
        for part in (folded(line.text, width) if wrapped else [line.text])
    ]
    bottom = max(0, len(rows) - height)
    window = glass.see(None)
    assert [(row.line.offset, row.text) for row in window.rows] == rows[bottom:]
    assert window.at_end
    chance, top, place = random.Random(7), bottom, window.place
    for _ in range(200):
        move = chance.choice([-40, -7, -6, -2, -1, 0, 1, 2, 5, 6, 30])
        top = min(bottom, max(0, top + move))
        window = glass.see(place, move)
        place = window.place
        assert [(row.line.offset, row.text) for row in window.rows] == rows[top : top + height]
        assert not (window.at_end and top < bottom)
        assert window.at_end or not (move > 0 and top == bottom)


def test_a_place_beyond_a_file_that_was_cut_means_its_end(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("one\ntwo\nthree\n")
    tail = LogTail(path)
    tail.poll()
    assert [row.text for row in Glass(tail, 80, 2, False).see(Place(999)).rows] == ["two", "three"]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", [""]),
        ("short", ["short"]),
        ("ten cells!", ["ten cells!"]),
        ("loss 0.25 at step 3", ["loss 0.25 ", "at step 3"]),
        ("a" * 25, ["a" * 10, "a" * 10, "a" * 5]),
        ("a " + "b" * 12, ["a bbbbbbbb", "bbbb"]),  # a blank so early would waste the row
        ("学習は進んでいる", ["学習は進ん", "でいる"]),
    ],
)
def test_folding_keeps_words_and_loses_nothing(text: str, rows: list[str]) -> None:
    assert folded(text, 10) == rows
    assert "".join(rows) == text
