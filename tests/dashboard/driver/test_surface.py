"""What a thin line gets first."""

from hfterm.dashboard.driver.painter import Painter
from hfterm.dashboard.driver.surface import Surface
from support.emulator import Screen, through_tty

WIDTH, HEIGHT = 60, 30


def framed(colour: str, *texts: tuple[int, str]) -> str:
    rows = [f"\x1b[{y + 1};1H\x1b[{colour}m│{' ' * (WIDTH - 2)}│\x1b[0m" for y in range(HEIGHT)]
    return "".join(rows) + "".join(f"\x1b[{y + 1};5H{text}" for y, text in texts) + f"\x1b[{HEIGHT};1H"


def test_new_text_comes_before_new_colours_on_a_thin_line() -> None:
    surface, terminal = Surface(WIDTH, HEIGHT, Painter()), Screen(WIDTH, HEIGHT)
    surface.cleared()
    surface.feed(framed("31"))
    terminal.write(through_tty(surface.paint()))
    surface.feed(framed("32", (27, "the answer to a key, which is long"), (28, "short")))
    first = surface.paint(100)
    terminal.write(through_tty(first))
    assert "the answer to a key" in terminal.text and "short" in terminal.text
    assert first.index("short") < first.index("the answer") and surface.pending
    while surface.pending:
        terminal.write(through_tty(surface.paint(100)))
    whole = Screen(WIDTH, HEIGHT)
    fresh = Surface(WIDTH, HEIGHT, Painter())
    fresh.cleared()
    fresh.feed(framed("32", (27, "the answer to a key, which is long"), (28, "short")))
    whole.write(through_tty(fresh.paint()))
    assert terminal.text == whole.text
