"""A long column of messages: moving by lines, windows that cost a window, code blocks found on the way."""

import random

from hfterm.chat.message import Message
from hfterm.dashboard import shades
from hfterm.dashboard.widgets.md_look import Look
from hfterm.dashboard.widgets.message import MessageLines
from hfterm.dashboard.widgets.transcript import START, Place, Transcript

LOOK = Look(lambda role: shades.style("dark", role), key="test")
TEXTS = ("Short.", "Two\n\nparagraphs", "```py\na = 1\nb = 2\n```\nand\n\n- x\n- y\n\n      deep code", "")


def transcript(count: int = 12, width: int = 40) -> Transcript:
    made = Transcript(LOOK)
    made.width = width
    for n in range(count):
        role = "user" if n % 2 == 0 else "assistant"
        made.messages.append(MessageLines(Message(n, None, role, TEXTS[n % 4], "2020-01-01T00:00:00Z", stop="end")))
    return made


def everything(made: Transcript) -> list[tuple[Place, str]]:
    return [(place, strip.text if strip else "") for place, strip in made.window(START, 1 << 30)]


def test_up_and_down_are_each_others_inverse() -> None:
    made = transcript()
    places = [place for place, _ in everything(made)]
    chance = random.Random(1)
    for _ in range(300):
        a = chance.randrange(len(places))
        b = chance.randrange(a, len(places))
        assert made.down(places[a], b - a) == places[b]
        assert made.up(places[b], b - a) == places[a]
    assert made.up(places[3], 99) == START
    assert made.down(places[-1], 99) == made.end
    assert made.up(made.end, 1) == places[-1]


def test_a_window_is_a_slice_of_everything() -> None:
    made = transcript()
    whole = everything(made)
    for n in range(0, len(whole), 3):
        shown = [(place, strip.text if strip else "") for place, strip in made.window(whole[n][0], 7)]
        assert shown == whole[n : n + 7]


def test_a_window_at_the_end_of_a_long_conversation_draws_only_itself() -> None:
    made = transcript(500)
    top = made.up(made.end, 30)
    list(made.window(top, 30))
    assert sum(message._body is not None for message in made.messages) < 30
    share, part = made.share(top, 30)
    assert 0.9 < share < 1 and part < 0.1


def test_an_empty_one() -> None:
    made = transcript(0)
    assert made.end == START == made.up(START, 3) == made.down(START, 3) == made.fit(Place(3, 2, 1))
    assert everything(made) == []
    assert made.next_code(0, None) is None and made.previous_code(0, None) is None


def test_a_place_is_kept_when_the_width_or_the_messages_change() -> None:
    made = transcript(12, 200)
    last = made.up(made.end, 1)
    made.width = 10
    assert made.fit(last) in {place for place, _ in everything(made)}
    del made.messages[4:]
    assert made.fit(last) == made.end
    assert made.fit(Place(2, 99, 99)).message == 2


def test_code_blocks_one_after_the_other_and_back() -> None:
    made = transcript(8)
    for n in (2, 6):
        made.messages[n].role = "assistant"
    found, code = [], made.next_code(0, None)
    while code is not None:
        found.append((code.message, code.at.code))
        last, code = code, made.next_code(0, code)
    assert found == [(2, "a = 1\nb = 2"), (2, "deep code"), (6, "a = 1\nb = 2"), (6, "deep code")]
    back = [last]
    while (before := made.previous_code(0, back[-1])) is not None:
        back.append(before)
    assert [(c.message, c.at.code) for c in reversed(back)] == found
    assert made.next_code(3, None) == back[1] and made.previous_code(3, None) == back[2]
