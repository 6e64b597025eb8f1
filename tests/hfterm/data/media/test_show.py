"""Images drawn in text."""

import io
from pathlib import Path
from typing import Any

import pytest

from hfterm.data import engine, rows
from hfterm.data.media import show
from hfterm.data.source import sources
from support.media import encoded, image, sound


def printed(path: Path, **how: Any) -> str:
    from rich.console import Console

    console = Console(file=io.StringIO(), force_terminal=True, color_system="truecolor", width=40)
    made = rows.first(engine.connect(), sources([str(path)]), 3)
    for part in show.pictures(made, 40, **{"graphics": False, **how}):
        console.print(part)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_each_cell_is_two_pixels(tmp_path: Path) -> None:
    from PIL import Image

    made = Image.new("RGB", (3, 3), (255, 0, 0))
    made.putpixel((1, 1), (0, 0, 255))
    (tmp_path / "a.png").write_bytes(encoded(made))
    first, second, *words = printed(tmp_path).splitlines()
    assert first.count("\u2580") == second.count("\u2580") == 3
    assert "\x1b[38;2;255;0;0;48;2;0;0;255m\u2580" in first and "48;2" not in second
    # A long path is broken somewhere, at a space or not.
    assert "".join("".join(words).split()).endswith("a.pngPNG3x3RGB82B")


@pytest.mark.parametrize(
    ("size", "cells"), [((400, 40), (40, 4)), ((40, 400), (4, 40)), ((1, 1), (1, 1)), ((5000, 1), (40, 1))]
)
def test_it_fits(size: tuple[int, int], cells: tuple[int, int]) -> None:
    text = show.drawn(image(0, size), 40, graphics=False).plain
    assert [len(line) for line in text.splitlines()] == [cells[0]] * ((cells[1] + 1) // 2)


def test_what_cannot_be_drawn_is_told(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav")
    (tmp_path / "b.wav").write_bytes(b"torn")
    said = " ".join(printed(tmp_path).split())
    assert "WAV 8000 Hz 0.50 s" in said and "it is no sound that can be read" in said and "\u2580" not in said


def test_rows_with_other_columns(tmp_path: Path) -> None:
    for name in ("it\x1b[31m/a.png", "dog/b.png"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(encoded(image()))
    said = printed(tmp_path)
    assert "label:" in said and "\x1b[31m" not in said


def test_terminals_that_draw_pixels() -> None:
    assert show.has_graphics({"TERM": "xterm-kitty"}) and show.has_graphics({"TERM_PROGRAM": "WezTerm"})
    assert not show.has_graphics({"TERM": "xterm-256color"})
    assert not show.has_graphics({"TERM": "xterm-kitty", "TMUX": "/tmp/x"})
