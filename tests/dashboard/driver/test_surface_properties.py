"""Whatever is painted, cell by cell or as a whole, looks the same on the terminal."""

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.cells import get_character_cell_size as width_of

from hfterm.dashboard.driver import cells as cells_module
from hfterm.dashboard.driver import styles
from hfterm.dashboard.driver.painter import Painter
from hfterm.dashboard.driver.surface import Surface
from support.emulator import Screen, clusters, difference, through_tty

WIDTH, HEIGHT = 24, 5

TEXTS = st.one_of(
    st.text("ab -.█⣀│é", min_size=1, max_size=12),
    st.text(" ", min_size=1, max_size=WIDTH),
    st.lists(
        st.sampled_from([
            "漢", "字", "한", "😀", "👩‍🚀", "⚠️", "⚠", "🇩🇪", "👍🏽", "e\u0301", "نص", "שלום", "क्षि", "ᄒ", "x", " ", "\u200d",
            "\u0301", "ﷺ", "…", "\xad", "\t", "\x07", "\x85", "\ud800",
        ]),
        min_size=1,
        max_size=6,
    ).map("".join),
)  # fmt: skip
STYLES = st.sampled_from([
    "", "1", "2", "1;2", "3", "4", "7", "9", "53", "31", "38;5;200", "38;2;1;2;3", "48;2;9;8;7", "44", "1;31;44", "4;32;48;2;9;8;7", "7;31;44", "21;3;35",
])  # fmt: skip


@st.composite
def frames(draw: st.DrawFn, *, inside: bool) -> str:
    """Spans at places, as Textual's updates are; ``inside``: none reaches over the right edge, as Textual's never do."""
    out = []
    for _ in range(draw(st.integers(1, 5))):
        x, y = draw(st.integers(0, WIDTH - 1)), draw(st.integers(0, HEIGHT - 1))
        out.append(f"\x1b[{y + 1};{x + 1}H")
        for text, codes in draw(st.lists(st.tuples(TEXTS, STYLES), min_size=1, max_size=4)):
            if inside:
                text = text.translate({9: None, 7: None, 0x85: None, 0xD800: "?"})
                text = "".join(part for n, part in enumerate(clusters(text)) if n or width_of(part[0]))
                while x + cell_len(text) > WIDTH:
                    text = text[:-1]
                x += cell_len(text)
            if text:
                out.append(f"\x1b[{codes}m{text}\x1b[0m" if codes else text)
        if draw(st.booleans()):
            out.append(draw(st.sampled_from(["\x1b[2K", "\x1b[1;1H\x1b[J", f"\x1b[{y + 1}H\x1b[3X"])))
    return "".join(out) + f"\x1b[{draw(st.integers(1, HEIGHT))};{draw(st.integers(1, WIDTH))}H"


@settings(max_examples=100, deadline=None)
@given(st.lists(frames(inside=True), min_size=1, max_size=6), st.booleans())
def test_it_shows_what_the_frames_themselves_would(made: list[str], bce: bool) -> None:
    surface, terminal, own = Surface(WIDTH, HEIGHT, Painter(bce=bce)), Screen(WIDTH, HEIGHT), Screen(WIDTH, HEIGHT)
    surface.cleared()
    for frame in made:
        surface.feed(frame)
        terminal.write(through_tty(surface.paint()))
        own.write(frame)
        assert not difference(terminal, own)
        assert (terminal.cursor.x, terminal.cursor.y) == (own.cursor.x, own.cursor.y)


@settings(max_examples=60, deadline=None)
@given(st.lists(frames(inside=False), min_size=1, max_size=6), st.booleans(), st.integers(1, 60))
def test_every_way_of_painting_shows_the_same(made: list[str], bce: bool, budget: int) -> None:
    surface, terminal = Surface(WIDTH, HEIGHT, Painter(bce=bce)), Screen(WIDTH, HEIGHT)
    surface.cleared()
    pieces, slow = Surface(WIDTH, HEIGHT, Painter(bce=bce)), Screen(WIDTH, HEIGHT)
    for frame in made:
        surface.feed(frame)
        terminal.write(through_tty(surface.paint()))
        # Behind on a slow link: frames pile up, paint goes out in pieces.
        pieces.feed(frame)
        slow.write(through_tty(pieces.paint(budget)))
        whole, fresh = Surface(WIDTH, HEIGHT, Painter(bce=False)), Screen(WIDTH, HEIGHT)
        whole.wanted = surface.wanted
        whole.forget()
        fresh.write(whole.paint())
        assert not difference(terminal, fresh)
        assert not surface.pending
    while pieces.pending:
        slow.write(through_tty(pieces.paint(budget)))
    assert not difference(slow, terminal)


def test_memory_stays_bounded_and_the_picture_right() -> None:
    """A heat map that never shows the same colour twice, in ever new letters."""
    surface, terminal, own = Surface(WIDTH, HEIGHT, Painter(bce=True)), Screen(WIDTH, HEIGHT), Screen(WIDTH, HEIGHT)
    surface.cleared()
    for turn in range(600):
        cells = (
            f"\x1b[38;2;{turn % 256};{turn // 256};{x}m{chr(0x4E00 + turn * 8 + x)}\x1b[0m" for x in range(WIDTH // 2)
        )
        frame = f"\x1b[{turn % HEIGHT + 1};1H{''.join(cells)}\x1b[1;1H"
        surface.feed(frame)
        terminal.write(surface.paint())
        own.write(frame)
    assert not difference(terminal, own)
    assert len(styles._styles) < 5_000 and sum(map(len, cells_module._cells.values())) < 25_000
