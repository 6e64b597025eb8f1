"""A message's lines: head, blocks, cost; and an answer that grows, drawn block by block."""

import random
from typing import Any

from hfterm.chat.message import BROKEN, EDITED, Message
from hfterm.dashboard import shades
from hfterm.dashboard.widgets.growing_code import LINES
from hfterm.dashboard.widgets.long_table import ROWS, fitted
from hfterm.dashboard.widgets.md_look import Look
from hfterm.dashboard.widgets.message import MessageLines, costs, when
from hfterm.inference.pretend import ANSWERS

LOOK = Look(lambda role: shades.style("dark", role), key="test")


def message(content: str, role: str = "assistant", **more: Any) -> Message:
    return Message(1, None, role, content, "2020-02-03T04:05:06.000Z", **({"model": "m", "stop": "end"} | more))


def texts(shown: MessageLines, width: int = 60) -> list[str]:
    found = []
    for part in shown.parts:
        made = part.drawn(width, LOOK).lines
        found += [""] * (part.above if made else 0) + [line.text.rstrip() for line in made]
    return found


def grown(text: str, seed: int = 0) -> MessageLines:
    shown, chance = MessageLines(name="m"), random.Random(seed)
    while text:
        cut = chance.randint(1, 12)
        shown.feed(text[:cut])
        texts(shown)
        text = text[cut:]
    return shown


def test_a_question_is_shown_as_it_was_written() -> None:
    shown = MessageLines(message("# not *Markdown*\n\n  two", "user"))
    assert texts(shown)[1].startswith("You ") and texts(shown)[1].endswith("2020-02-03")
    assert texts(shown)[2:] == ["# not *Markdown*", "", "  two"]


def test_an_answer_has_its_model_its_place_its_cost() -> None:
    stats = {
        "tokens_per_second": 41.26,
        "first_token_seconds": 0.21,
        "prompt_tokens": 35,
        "completion_tokens": 220,
        "seconds": 5.3,
    }
    shown = MessageLines(message("Hi *you*", stats=stats), place=(2, 3))
    assert texts(shown, 80)[1].startswith("m [2/3] ")
    assert texts(shown, 80)[2:] == ["Hi you", "41.3 tokens/s · first after 0.21 s · 35 + 220 tokens · 5.3s"]


def test_costs_that_a_server_does_not_tell_are_left_out() -> None:
    assert costs(message("", stats={"completion_tokens": 5, "seconds": 1.0})) == "5 tokens · 1.0s"
    assert costs(message("")) == ""
    assert costs(message("", stats={"completion_tokens": 5, "prompt_tokens": 1, "seconds": 1.0}), True).isascii()


def test_an_end_before_the_end_is_said() -> None:
    for stop, words in (
        ("stopped", "(stopped)"),
        ("length", "(cut"),
        (BROKEN, "(broken off)"),
        (EDITED, "(edited)"),
        (None, "(lost"),
    ):
        assert texts(MessageLines(message("Half", stop=stop)))[-1].startswith(words)
    assert texts(MessageLines(message("Whole")))[-1] == "Whole"


def test_a_grown_answer_is_drawn_as_one_that_was_whole() -> None:
    code = (
        "Look:\n\n```python\n"
        + "".join(f"line_{n} = {n}\n" for n in range(3 * LINES))
        + "```\n\nThen\n\n1. a\n2. b\n\n```\nlast\n```"
    )
    for n, text in enumerate((*ANSWERS, code)):
        whole, shown = MessageLines(message(text)), grown(text, n)
        shown.end(message(text))
        assert texts(shown) == texts(whole)


def test_while_it_grows_nothing_that_was_shown_above_changes() -> None:
    text = ANSWERS[1] + "\n\n" + "".join(f"Paragraph {n} of it.\n\n" for n in range(5))
    shown, seen = MessageLines(name="m"), 0
    for n in range(0, len(text), 7):
        shown.feed(text[n : n + 7])
        before = list(shown.parts[2 : 2 + seen])
        seen = len(shown._body or ())
        assert all(a is b for a, b in zip(before, shown.parts[2:], strict=False))


def test_growing_code_is_framed_from_its_first_line_and_long_code_is_cut_in_parts() -> None:
    shown = MessageLines(name="m")
    shown.feed("```python\nx = 1\n")
    assert [line[:11].rstrip() for line in texts(shown)[2:]] == ["╭─ 1 python", "│ x = 1", "╰──────────"]
    shown.feed("``")
    assert "``" not in "".join(texts(shown)), "half of the closing fence is not code"
    shown = grown("```python\n" + "y = 2\n" * (5 * LINES))
    assert sum(line.startswith("│ y = 2") for line in texts(shown)) == 5 * LINES
    assert sum(line.startswith("╭") for line in texts(shown)) == 1 == sum(line.startswith("╰") for line in texts(shown))
    first = shown.parts[2]
    shown.feed("y = 3\n")
    assert shown.parts[2] is first


def test_thoughts_are_folded_away_and_shown_on_demand() -> None:
    shown = MessageLines(name="m")
    shown.feed("", "well, let me see " * 40)
    assert texts(shown)[2] == "thinking, 160 words" and len(texts(shown)) == 6
    shown.feed("Yes.")
    assert texts(shown)[2:4] == ["thought 160 words; t shows them", "Yes."]
    shown.toggle_thinking(True)
    assert sum("let me see" in line for line in texts(shown)) > 5
    shown.toggle_thinking(False)
    assert len(texts(shown)) == 4


def test_notes_and_what_is_going_on_stand_below() -> None:
    shown = MessageLines(name="m")
    shown.say("loading: reading the weights")
    assert texts(shown)[-1] == "loading: reading the weights"
    shown.note("the server does not know top_p \x1b[1m")
    shown.feed("A")
    assert texts(shown)[-3:] == ["A", "the server does not know top_p \\x1b[1m", "loading: reading the weights"]


def test_heads_fit_and_are_clean() -> None:
    shown = MessageLines(message("x", model="org/\x1b[31m" + "漢" * 80), place=(12, 345))
    for width in (1, 10, 30, 60):
        head = shown.parts[0].drawn(width, LOOK).lines[0]
        assert head.cell_length <= width and "\x1b" not in head.text


def test_a_guess_is_near() -> None:
    text = "\n\n".join(ANSWERS) * 20
    shown = MessageLines(message(text))
    guessed = shown.guess(60, LOOK)
    assert 0.5 < len(texts(shown)) / guessed < 2


def test_only_what_is_looked_at_is_drawn() -> None:
    shown = MessageLines(message("Words and words.\n\n" * 3000))
    shown.parts[40].drawn(60, LOOK)
    assert sum(part._for is not None for part in shown.parts) == 1


def test_when_is_the_hour_today_and_the_day_else() -> None:
    import datetime

    now = datetime.datetime.now(datetime.UTC)
    assert ":" in when(now.isoformat()) and "-" in when("2020-02-03T04:05:06.000Z")
    assert when("nonsense") == ""


def table(rows: int) -> str:
    lines = [f"| {n} | {1 / (n + 1):.5f} | `x{n}` and {'y' * (n % 17)} \\| |\n" for n in range(rows)]
    return "| step | **loss** | note |\n|---:|:---|---|\n" + "".join(lines)


def test_a_long_table_grows_in_parts_that_stay_as_they_are() -> None:
    shown = MessageLines(name="m")
    shown.feed(table(4 * ROWS))
    texts(shown)
    before = list(shown.parts)[2:-2]
    assert len(before) >= 3
    shown.feed("| 7 | 0.5 | short |\n" * ROWS)
    after = list(shown.parts)
    assert all(part in after and part._for is not None for part in before), "kept, and drawn already"
    shown.feed("| 7 | 0.5 | " + "much longer than what was there " * 2 + "|\n")
    texts(shown, 100)
    lines = [line for line in texts(shown, 100) if line.lstrip()[:1].isdecimal()]
    assert len({line.index(".") for line in lines}) == 1, "columns stay columns"


def test_a_long_table_is_the_same_grown_and_whole_and_all_of_it_is_there() -> None:
    text = f"Look:\n\n{table(2 * ROWS + 7)}\nThen.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    shown = grown(text)
    shown.end(message(text))
    for width in (60, 30, 12, 5):
        assert texts(shown, width)[1:] == texts(MessageLines(message(text)), width)[1:]
    lines = texts(shown)
    numbers = [int(line.split()[0]) for line in lines if line.split()[:1] and line.split()[0].isdecimal()]
    assert numbers == [*range(2 * ROWS + 7), 1] and "x56 and y" in " ".join(lines) and lines.count("Then.") == 1
    assert len([line for line in lines if "loss" in line]) == 1, "the titles stand above once"


def test_what_columns_get() -> None:
    assert fitted([3, 5, 2], 20) == [3, 5, 2] and fitted([3, 50, 40], 23) == [3, 10, 10]
    assert fitted([0, 9, 9], 2) == [1, 1, 1] and sum(fitted([7, 80, 9, 200], 60)) <= 60
