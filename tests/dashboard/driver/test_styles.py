"""From one style to another by the shortest way, and never to a wrong one."""

from hypothesis import given
from hypothesis import strategies as st

from hfterm.dashboard.driver.styles import PLAIN, Style, emptying, styled, transition, uncoloured
from support.emulator import Screen

CODES = st.lists(
    st.sampled_from(["1", "2", "3", "4", "7", "9", "22", "23", "24", "27", "29", "31", "97", "38;5;7", "38;2;1;2;3",
                     "39", "41", "107", "48;5;9", "48;2;9;8;7", "49", "0"]),
    max_size=5,
).map(";".join)  # fmt: skip


def seen(*sequences: str) -> object:
    """How a letter written after these sequences looks."""
    screen = Screen(4, 1)
    screen.write("".join(sequences) + "x")
    return screen.cell(0, 0)


@given(CODES, CODES, CODES)
def test_a_transition_ends_in_the_style(first: str, second: str, third: str) -> None:
    before, after = styled(styled(PLAIN, first), second), styled(PLAIN, third)
    way = transition(before, after)
    assert seen(f"\x1b[{first}m\x1b[{second}m", way) == seen(f"\x1b[{third}m")
    assert seen("\x1b[1;31;44m", transition(None, after)) == seen(f"\x1b[{third}m")
    assert len(way) <= len(transition(None, after))


@given(CODES, CODES)
def test_emptiness_keeps_the_ink_when_it_does_not_show(first: str, second: str) -> None:
    before, blank = styled(PLAIN, first), styled(PLAIN, second).blank
    ink = emptying(before, blank)
    one, other = Screen(4, 1), Screen(4, 1)
    one.write(f"\x1b[{first}m{transition(before, ink)} ")
    other.write(f"{transition(None, blank)} ")
    assert one.cell(0, 0) == other.cell(0, 0)


def test_only_what_differs_is_sent() -> None:
    red, bold = styled(PLAIN, "38;2;255;0;0;48;2;1;1;1"), styled(PLAIN, "1;38;2;255;0;0;48;2;1;1;1")
    assert transition(red, bold) == "\x1b[1m" and transition(bold, red) == "\x1b[22m"
    assert transition(red, red) == "" and transition(red, PLAIN) == "\x1b[m"
    assert transition(styled(PLAIN, "1;2;48;5;7"), styled(PLAIN, "2;48;5;7")) == "\x1b[22;2m"


def test_the_same_look_is_the_same_object() -> None:
    assert styled(PLAIN, "1;31") is styled(styled(PLAIN, "31"), "1") is styled(PLAIN, "0;31;1")
    assert styled(PLAIN, "58;2;1;2;3;4:3;31").attributes == {4} and styled(PLAIN, "4:0") is PLAIN
    assert styled(PLAIN, "") is PLAIN and styled(PLAIN, "38;5") == styled(PLAIN, "38;5")
    assert isinstance(PLAIN, Style)


def test_without_colours() -> None:
    assert uncoloured(PLAIN, "1;31;48;2;1;2;3") is styled(PLAIN, "1")
    assert uncoloured(styled(PLAIN, "7"), "38;5;3") is styled(PLAIN, "7")
