"""Markdown as lines: code in frames that can be found, nothing hidden, nothing that steers the terminal."""

import pytest
from rich.cells import cell_len

from hfterm.chat.blocks import Block, split
from hfterm.dashboard import shades
from hfterm.dashboard.widgets.md_look import COLOURED_CHARACTERS, Look
from hfterm.dashboard.widgets.md_view import WIDEST, Drawn, draw, draw_text
from hfterm.inference.pretend import ANSWERS


def look(*, ascii_only: bool = False, colored: bool = True) -> Look:
    return Look(lambda role: shades.style("dark", role, colored), ascii_only=ascii_only, key="test")


def drawn(text: str, width: int = 60, *, ascii_only: bool = False) -> list[Drawn]:
    made, number = [], 1
    for block in split(text):
        made.append(draw(block, width, look(ascii_only=ascii_only), number))
        number += len(made[-1].codes)
    return made


def lines(text: str, width: int = 60, *, ascii_only: bool = False) -> list[str]:
    return [line.text.rstrip() for block in drawn(text, width, ascii_only=ascii_only) for line in block.lines]


def test_what_people_write_is_there() -> None:
    assert lines("# Title\n\nSome *soft* and **loud** `code`.\n\n- one\n- two\n  - three\n\n7. seven\n8. eight\n\n> said\n\n---") == [
        "Title",
        "Some soft and loud code.",
        " • one",
        " • two",
        "    • three",
        " 7. seven",
        " 8. eight",
        "▌ said",
        "─" * 60,
    ]  # fmt: skip


def test_a_table_has_its_columns_aligned() -> None:
    assert lines("| what | LoRA |\n| :--- | ---: |\n| rate | 2e-4 |\n| 漢字 | 1 |") == [
        "what   LoRA",
        "───────────",
        "rate   2e-4",
        "漢字      1",
    ]


def test_code_is_framed_numbered_and_found() -> None:
    text = "```python\nprint(1)\n```\n\n- item\n  ```sh\n  ls -la\n  ```\n\n> ```\n> plain\n> ```\n\n    indented"
    codes = [code for block in drawn(text, 40) for code in block.codes]
    assert [(c.language, c.code) for c in codes] == [
        ("python", "print(1)"),
        ("sh", "ls -la"),
        ("", "plain"),
        ("", "indented"),
    ]
    shown = lines(text, 40)
    assert shown[0] == "╭─ 1 python " + "─" * 27 + "╮"
    assert shown[1] == "│ print(1)" + " " * 29 + "│"
    assert [n for n in "1234" if any(f"─ {n} " in line for line in shown)] == list("1234")


def test_code_is_where_it_is_said_to_be() -> None:
    for block in drawn("- a\n\n  text\n  ```sh\n  one\n  two\n  ```\n", 30):
        for code in block.codes:
            texts = [block.lines[y].crop(code.left, code.right).text for y in range(code.first, code.last + 1)]
            assert texts[0][0] == "╭" and texts[0][-1] == "╮" and texts[-1][0] == "╰"
            assert [t[2:5] for t in texts[1:-1]] == ["one", "two"]


def test_long_code_lines_are_folded_without_losing_a_blank() -> None:
    code = "x = '" + "ab  " * 30 + "'"
    inside = "".join(line.text[2:-2] for line in drawn(f"```py\n{code}\n```", 40)[0].lines[1:-1])
    assert inside.rstrip() == code


def test_code_has_colours_unless_there_is_too_much_or_no_colour() -> None:
    def colours(text: str, of: Look) -> set[str]:
        made = draw(split(text)[0], 80, of).lines
        return {
            s.style.color.name
            for line in made
            for s in line
            if s.style and s.style.color and not s.style.color.is_default
        }

    code = "```python\ndef f(x):\n    return 'text'  # why\n```"
    assert len(colours(code, look())) >= 4
    assert len(colours("```nosuchlanguage\ndef f()\n```", look())) == 1, "the frame's"
    assert len(colours("```python\n" + "def f(): pass\n" * (COLOURED_CHARACTERS // 13) + "```", look())) == 1
    assert not colours(code, look(colored=False))


def test_ascii_has_nothing_else() -> None:
    for text in (*ANSWERS, "# T\n\n---\n\n> q\n\n- a\n\n1. b"):
        assert all(line.isascii() for line in lines(text, 40, ascii_only=True))


@pytest.mark.parametrize("width", [1, 2, 5, 11, 12, 20, 79, 300])
def test_no_line_is_wider_than_it_may_be(width: int) -> None:
    text = "\n\n".join(
        [*ANSWERS, "漢字" * 50, "👩‍💻 " * 30, "שלום עולם " * 20, "x" * 400, "> - 1. deep\n>      - deeper"]
    )
    for block in drawn(text, width):
        assert all(line.cell_length <= max(width, 6) for line in block.lines)
        assert all(line.cell_length <= WIDEST for line in block.lines)


def test_html_is_shown_and_not_obeyed() -> None:
    assert lines("<think>\nhm\n</think>\n\nuse vector<int> and <b>this</b>") == [
        "<think>", "hm", "</think>", "use vector<int> and <b>this</b>",
    ]  # fmt: skip


def test_links_and_pictures_show_where_they_lead() -> None:
    assert lines("[a **b**](https://c.d/e) <https://f.g> ![cat](h.png) ![](i.png)", 100) == [
        "a b (https://c.d/e) https://f.g [cat] (h.png) [image] (i.png)"
    ]


def test_a_line_break_stays_one() -> None:
    assert lines("roses are red\nviolets are blue") == ["roses are red", "violets are blue"]


STEERS = "\x1b[2J \x1b]52;c;aGk=\x07 \x9b31m \x00 \x08 \u202e right to left"


@pytest.mark.parametrize(
    "text",
    [STEERS, f"`{STEERS}`", f"```\n{STEERS}\n```", f"# {STEERS}", f"- {STEERS}", f"| a |\n|---|\n| {STEERS} |", f"> {STEERS}",
     f"[{STEERS}](<x\x1b]8;;>)", f"```py{STEERS}\nx\n```", f"<div>{STEERS}", "&#27;[2J &#155; &#8238; &#x202e;", f"![{STEERS}](y)"],
)  # fmt: skip
def test_nothing_steers_the_terminal(text: str) -> None:
    for block in [b for width in (200, 20) for b in drawn(text, width)]:
        for line in block.lines:
            assert not set(line.text) & {chr(n) for n in (*range(32), *range(127, 160), *range(0x202A, 0x202F))}
            assert not any(s.control or (s.style and s.style.link) for s in line)
        assert not any("\x1b" in code.code for code in block.codes)


def test_what_is_not_markdown_is_shown_as_it_is() -> None:
    text = "a  *b*\n\tc [x](y)\x1b"
    assert [line.text for line in draw_text(text, 60, look())] == ["a  *b*", "    c [x](y)\\x1b"]
    assert draw(Block("html", "<a>"), 10, look()).lines[0].text == "<a>"


def test_every_answer_keeps_its_words_at_any_width() -> None:
    for text in ANSWERS:
        wide, narrow = (" ".join(lines(text, width)) for width in (100, 44))
        words = [w for w in wide.split() if w.isalpha()]
        assert [w for w in narrow.split() if w.isalpha()] == words or "|" in text


def test_wide_signs_are_measured() -> None:
    made = drawn("```\n漢字 👍\n```", 30)[0]
    assert {cell_len(line.text) for line in made.lines} == {30}
