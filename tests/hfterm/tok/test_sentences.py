import pytest

from hfterm.tok.sentences import spans


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Dr. Who met Mr. X. They left.", ["Dr. Who met Mr. X. They left."]),
        ("Mara, e.g. the keeper, saw J. Smith. He waved.", ["Mara, e.g. the keeper, saw J. Smith.", "He waved."]),
        ('He said "Stop." Then he went.', ['He said "Stop."', "Then he went."]),
        ("Version 3.14 is out. See fig. 2 now.", ["Version 3.14 is out.", "See fig. 2 now."]),
        ("Wait... what? No.", ["Wait... what?", "No."]),
        ("A title\n\nA text\nover lines", ["A title", "A text\nover lines"]),
        ("敏捷的狐狸。素早い\uff01はい", ["敏捷的狐狸。", "素早い\uff01", "はい"]),
        ("", []),
        (" \n ", []),
        ("...", ["..."]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[begin:end] for begin, end in spans(text)] == expected


def test_a_long_text_takes_linear_time() -> None:
    assert len(list(spans("word. Word " * 20_000))) == 20_001
    assert len(list(spans("\n" * 200_000 + "." * 200_000 + "x" + ")" * 200_000))) == 1
