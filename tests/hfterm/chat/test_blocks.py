import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hfterm.chat.blocks import Block, Code, Splitter, code_blocks, split
from hfterm.inference.pretend import ANSWERS

ANSWER = """\
Intro, and
on.

# Head
Right under it

- a
- b

  ```py
  x = 1
  ```
- c

| a | b |
|---|---|
| 1 | 2 |

````md
```py
print()
```
````

Title
===
> quoted
lazily

***
1. one
2. two
"""


def test_what_a_whole_answer_is_made_of() -> None:
    assert split(ANSWER) == [
        Block("paragraph", "Intro, and\non."),
        Block("heading", "# Head"),
        Block("paragraph", "Right under it"),
        Block("list", "- a"),
        Block("list", "- b\n\n  ```py\n  x = 1\n  ```", joins=True),
        Block("list", "- c", joins=True),
        Block("table", "| a | b |\n|---|---|\n| 1 | 2 |"),
        Block("code", "````md\n```py\nprint()\n```\n````", "md"),
        Block("heading", "Title\n==="),
        Block("quote", "> quoted\nlazily"),
        Block("rule", "***"),
        Block("list", "1. one"),
        Block("list", "2. two", joins=True),
    ]


_SPLINTERS = ["text", "\n", "\n\n", "- a", "\n- b", "  ```py\n", "```", "````", "~~~", "# h", " ", "    ", "1. x", "> q",
              "| a | b |", "|---|---|", "---", "===", "<div>", "</div>", "[a]: /x", "\t", "`", "* c", "\r\n", "2) z", "  - n",
              "\n|x|y|", "\n\n|a|b|\n|-|-|\n|1|2|\n"]  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.sampled_from(_SPLINTERS), max_size=40).map("".join), st.lists(st.integers(1, 9), min_size=1))
def test_cut_while_it_grows_it_is_the_same(text: str, steps: list[int]) -> None:
    splitter, blocks, at, turn = Splitter(), list[Block](), 0, 0
    while at < len(text):
        step = steps[turn % len(steps)]
        blocks += splitter.feed(text[at : at + step])
        at, turn = at + step, turn + 1
    assert blocks + splitter.finish() == split(text)
    assert (splitter.tail, splitter.tail_kind) == ("", "blank")


ROWS = "| a | b |\n|---|---|\n" + "| 1 | two \\| |\n" * 120


@pytest.mark.parametrize("text", [*ANSWERS, ANSWER, ANSWER * 40, "- a\n" + "  - b\n" * 500, "> x\n" * 1000, ROWS + "\nend",
                                  ROWS + "# head", ROWS + "\n\n\n" + ROWS + "lazy\n" + ROWS, ROWS + " \t\r\n\r\n- a",
                                  ROWS.replace("\n", "\r\n") + "\r\nend", ROWS + "    | x |\n" + ROWS + "> | q |"])  # fmt: skip
def test_long_and_real_answers_too(text: str) -> None:
    splitter = Splitter()
    blocks = [block for at in range(0, len(text), 7) for block in splitter.feed(text[at : at + 7])]
    assert blocks + splitter.finish() == split(text)


def grown(text: str) -> tuple[list[Block], Splitter]:
    splitter = Splitter()
    return [block for char in text for block in splitter.feed(char)], splitter


@pytest.mark.parametrize(
    ("text", "finished"),
    [
        ("words", 0),
        ("words\n", 0),  # a line of === may follow
        ("words\n\n", 1),
        ("# Head\n", 1),
        ("# Head", 0),
        ("- one\n- tw", 0),
        ("- one\n- two\n", 1),
        ("- one\n\n\nand", 0),
        ("- one\n\nand\n", 1),
        ("```\ncode\n", 0),
        ("```\ncode\n```", 0),
        ("```\ncode\n```\n", 1),
        ("~~~\n```\n", 0),
        ("|a|\n|-|\n|1|\n", 0),
        ("|a|\n|-|\n|1|\n\n", 1),
        ("    code\n\n", 0),
        ("[a]: /x\n\n", 0),
    ],
)
def test_when_a_block_is_finished(text: str, finished: int) -> None:
    assert len(grown(text)[0]) == finished


@pytest.mark.parametrize(
    ("text", "kind", "language", "joins"),
    [
        ("", "blank", "", False),
        ("\n \n", "blank", "", False),
        ("wor", "paragraph", "", False),
        ("a\n\n```python title=x\nprint(", "code", "python", False),
        ("~~~\n\n\nx", "code", "", False),
        ("- a\n- b\n", "list", "", True),
        ("|a|\n|-|\n", "table", "", False),
    ],
)
def test_what_the_tail_looks_like(text: str, kind: str, language: str, joins: bool) -> None:
    splitter = grown(text)[1]
    assert (splitter.tail_kind, splitter.tail_language, splitter.tail_joins) == (kind, language, joins)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("no code `here`", []),
        ("```\nx\n```", [Code("", "x")]),
        ("```py\nx\n\n", [Code("py", "x\n")]),  # never closed
        ("~~~ sh -x\na ``` b\n~~~", [Code("sh", "a ``` b")]),
        ("````md\n```py\nx\n```\n````", [Code("md", "```py\nx\n```")]),
        ("- a\n  ```py\n  if x:\n      y\n  ```", [Code("py", "if x:\n    y")]),
        ("> ```\n> quoted\n> ```", [Code("", "quoted")]),
        ("   ```\n   x\n     y\n   ```", [Code("", "x\n  y")]),
        ("    indented\n      more\n", [Code("", "indented\n  more")]),
        ("```\n```", [Code("", "")]),
        ("```a`b\nx", []),  # no fence: a back tick in its first line
        ("```py\r\nx\r\n```\r\n", [Code("py", "x")]),
        ("```\na\n```\ntext\n```js\nb\n```", [Code("", "a"), Code("js", "b")]),
    ],
)
def test_code(text: str, codes: list[Code]) -> None:
    assert code_blocks(text) == codes
