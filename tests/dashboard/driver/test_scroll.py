"""Rows that only moved are moved by the terminal."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hfterm.dashboard.driver.painter import Painter
from hfterm.dashboard.driver.surface import Surface
from support.emulator import Screen, difference, through_tty

WIDTH, HEIGHT = 40, 12


def window(lines: list[str], first: int, *, chosen: int = -1) -> str:
    """A frame: a title, and the lines from ``first`` on, each over the whole width, one of them highlighted."""
    rows = ["\x1b[1;44mtitle of it\x1b[0m" + " " * (WIDTH - 11)]
    for at in range(first, first + HEIGHT - 2):
        text = (lines[at % len(lines)])[:WIDTH].ljust(WIDTH)
        rows.append(f"\x1b[7m{text}\x1b[0m" if at == chosen else f"\x1b[32m{text}\x1b[0m")
    rows.append(f"foot {first}".ljust(WIDTH))
    return "\x1b[1;1H" + "\n".join(rows) + "\x1b[1;1H"


LINES = [f"{n:03d} step {n * 7919 % 1000} loss {n * 31 % 97}" for n in range(60)]


def painted(bce: bool, *frames: str) -> list[str]:
    """Paint frames one after the other, each compared with what it shows by itself; what was written for each."""
    surface, terminal, own = Surface(WIDTH, HEIGHT, Painter(bce=bce)), Screen(WIDTH, HEIGHT), Screen(WIDTH, HEIGHT)
    surface.cleared()
    written = []
    for frame in frames:
        surface.feed(frame)
        written.append(surface.paint())
        terminal.write(through_tty(written[-1]))
        own.write(through_tty(frame))
        assert not difference(terminal, own)
    return written


def test_a_log_that_scrolls_costs_little_more_than_its_new_line() -> None:
    first, second, back = painted(True, window(LINES, 0), window(LINES, 1), window(LINES, 0))
    assert len(second) < 80 < len(first) / 3
    assert "\x1b[2;11r" in second and second.count("\n") == 1
    assert "\x1bM" in back and len(back) < 80


def test_a_list_that_scrolls_under_its_highlight_stays_cheap() -> None:
    frames = [window(LINES, 5 + n, chosen=9 + n) for n in range(4)]
    assert all(len(text) < 200 for text in painted(True, *frames)[1:])


def test_rows_that_stay_are_not_moved() -> None:
    assert all("r\x1b" not in text for text in painted(True, window(["same"], 0), window(["same"], 3)))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["", "a", "b" * WIDTH, "loss 1.5", "loss 1.6", "漢字" * 8, "x😀y", *LINES[:6]]), min_size=3, max_size=40),
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 60)), min_size=2, max_size=6),
    st.booleans(),
)  # fmt: skip
def test_any_move_shows_what_the_frame_shows(lines: list[str], views: list[tuple[int, int]], bce: bool) -> None:
    wide = [line if line.isascii() else line[: WIDTH // 2] for line in lines]
    painted(bce, *(pad_wide(window(wide, first, chosen=chosen)) for first, chosen in views))


def pad_wide(frame: str) -> str:
    """Take as many blanks as wide characters need, so that every row ends at the right edge."""
    from rich.cells import cell_len

    rows = []
    for row in frame.split("\n"):
        while (over := cell_len(row) - len(row)) and f"{' ' * over}\x1b[0m" in row:
            row = row.replace(f"{' ' * over}\x1b[0m", "\x1b[0m")
            break
        rows.append(row)
    return "\n".join(rows)
