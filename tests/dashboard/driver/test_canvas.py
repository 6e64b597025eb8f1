"""Frames fall into cells, and only what belongs into a frame gets through."""

import pytest

from hfterm.dashboard.driver.canvas import Canvas
from hfterm.dashboard.driver.painter import Painter
from hfterm.dashboard.driver.surface import Surface


def shown(canvas: Canvas) -> list[str]:
    return ["".join(cell.text for cell in row).rstrip() for row in canvas.rows]


def canvas_of(frame: str, width: int = 12, height: int = 3) -> Canvas:
    canvas = Canvas(width, height)
    canvas.feed(frame)
    return canvas


@pytest.mark.parametrize(
    ("frame", "rows"),
    [
        ("\x1b[1;1Hab\n\x1b[2;3Hcd", ["ab", "  cd", ""]),
        ("\x1b[1;11Habcdef\x1b[2;1Hx", ["          ab", "x", ""]),  # beyond the edge is lost
        ("\x1b[9;9Hnowhere", ["", "", ""]),
        ("\x1b[1;12H漢", ["", "", ""]),  # half a character does not fit
        ("\x1b[1;1H漢字\x1b[1;2Hx", [" x字", "", ""]),  # its other half goes too
        ("\x1b[1;1H漢字\x1b[1;4Hx", ["漢 x", "", ""]),
        ("\x1b[1;2Hab\x1b[1;1H漢", ["漢b", "", ""]),
        ("\x1b[1;1He\x1b[1;2H\u0301x", ["e\u0301x", "", ""]),  # a mark goes on the cell before
        ("\x1b[1;1H\u0301x", ["x", "", ""]),
        ("\x1b[1;1Habcdef\x1b[1;3H\x1b[K", ["ab", "", ""]),
        ("\x1b[1;1Habcdef\x1b[1;3H\x1b[1K", ["   def", "", ""]),
        ("\x1b[1;1Habcdef\x1b[1;3H\x1b[2X", ["ab  ef", "", ""]),
        ("\x1b[1;1Ha\nb\nc\x1b[2;1H\x1b[J", ["a", "", ""]),
        ("\x1b[1;1H漢字\x1b[1;2H\x1b[X", ["  字", "", ""]),
        ("\x1b[2;2Ha\x1b[Ab\x1b[2Dc\x1b[Bd\x1b[5Ge\x1b[3df", [" cb", " ad e", "     f"]),
    ],
)
def test_what_falls_where(frame: str, rows: list[str]) -> None:
    assert shown(canvas_of(frame)) == rows


@pytest.mark.parametrize(
    "evil",
    [
        "\x1b]52;c;ZXZpbA==\x07",  # the clipboard
        "\x1b]0;title\x1b\\",
        "\x1b[?1049l",
        "\x1b[5n",
        "\x1b[2S",
        "\x1bc",
        "\x1bPtmux;\x1b\x1b]52;c;ZXZpbA==\x07\x1b\\",
        "\x1bP$q r\x1b\\",
        "\x9b2J",
        "\x07",
        "\x1b]8;;http://x\x1b]52;c;eA==\x07\x1b\\",
        "\x1b[",
        "\x1b",
    ],
)
def test_what_steers_a_terminal_does_not_get_through(evil: str) -> None:
    surface = Surface(12, 3, Painter())
    surface.cleared()
    surface.feed(f"\x1b[1;1Hbefore{evil}\x1b[2;1Hafter\x1b[1;1H")
    assert shown(surface.wanted)[0].startswith("before") and shown(surface.wanted)[1] == "after"
    sent = surface.paint()
    assert "52;" not in sent and "\x07" not in sent and "\x1bP" not in sent and "\x9b" not in sent
    assert not {"\x1bc", "\x1b[5n", "\x1b[2S"} & {sent[at : at + 4] for at in range(len(sent))}


def test_pictures_get_through_at_their_place() -> None:
    for picture in ("\x1b_Ga=T,f=100;iVBORw0KGgo=\x1b\\", '\x1bP0;1;0q"1;1;8;6#0;2;0;0;0~\x1b\\'):
        surface = Surface(12, 3, Painter())
        surface.cleared()
        surface.feed(f"\x1b[2;3H{picture}    \x1b[1;1H")
        sent = surface.paint()
        assert f"\x1b[2;3H\x1b[m{picture}" in sent and sent.endswith("\x1b[H")
        surface.feed("\x1b[1;1H")
        assert picture not in surface.paint()


def test_links_stay_links() -> None:
    surface = Surface(12, 3, Painter())
    surface.cleared()
    link = "\x1b]8;id=77;https://example.org\x1b\\\x1b[4mhere\x1b[0m\x1b]8;;\x1b\\"
    surface.feed(f"\x1b[1;1H{link} x\x1b[1;1H")
    sent = surface.paint()
    assert (
        sent.count("\x1b]8;") == 2
        and ";https://example.org\x1b\\" in sent
        and sent.index("here") < sent.index("\x1b]8;;")
    )
    surface.feed(f"\x1b[1;1H{link.replace('id=77', 'id=78')} x\x1b[1;1H")  # Rich numbers them anew each time
    assert surface.paint() == ""
    surface.feed("\x1b[1;1Hthere\x1b[1;1H")
    assert "\x1b]8;" not in surface.paint()


def test_after_a_disturbance_all_is_painted_and_a_link_closed() -> None:
    surface = Surface(12, 1, Painter())
    surface.cleared()
    surface.feed("\x1b[1;1H\x1b]8;;https://example.org\x1b\\link at end!\x1b]8;;\x1b\\\x1b[1;1H")
    surface.paint()
    surface.forget()
    assert surface.pending
    assert "\x1b]8;;\x1b\\" in surface.paint()


def test_a_smaller_grid_cuts_wide_characters_clean() -> None:
    canvas = canvas_of("\x1b[1;1Ha漢b")
    canvas.resize(2, 2)
    assert shown(canvas) == ["a", ""] and canvas.rows[0][1].text == " "
    canvas.resize(4, 4)
    assert shown(canvas) == ["a", "", "", ""] and canvas.dirty == {0, 1, 2, 3}
