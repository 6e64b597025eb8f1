"""Functions by their names."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfterm.data.python import named
from hfterm.errors import HftermError, NotFoundError, UsageError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_functions_of_files_and_modules(folder: Path) -> None:
    (folder / "beside_it.py").write_text("LETTER = 'x'\n")
    (folder / "some_rules.py").write_text(
        "import beside_it\ndef one(r): return beside_it.LETTER\nclass K:\n    @staticmethod\n    def two(r): return 2\n"
    )
    assert named.load(named.parse("some_rules.py:one"))({}) == "x"
    assert named.load(named.parse(f"{folder}/some_rules.py:K.two"))({}) == 2
    assert named.load(named.parse("some_rules:one"))({}) == "x"
    assert named.load(named.parse("math:sqrt"))(9) == 3


def test_a_file_named_as_a_library_leaves_it_alone(folder: Path) -> None:
    import json

    (folder / "json.py").write_text("def one(r): return 1\n")
    assert named.load(named.parse("json.py:one"))({}) == 1 and sys.modules["json"] is json


@pytest.mark.parametrize("text", ["", "clean.py", "clean.py:", ":one", "clean.py:1x", "a b:one"])
def test_what_is_no_name_of_a_function(folder: Path, text: str) -> None:
    with pytest.raises((UsageError, NotFoundError)):
        named.parse(text)


def test_what_is_not_there_is_said(folder: Path) -> None:
    (folder / "broken_rules.py").write_text("x = 1\ndef fine(r): pass\ny = x / 0\n")
    (folder / "odd_rules.py").write_text("def fine(r: pass\n")
    (folder / "needy_rules.py").write_text("import nothing_of_the_kind\n")
    (folder / "good_rules.py").write_text("LIMIT = 3\ndef shout(r): pass\n")
    for text, kind, words in (
        ("none.py:f", NotFoundError, "no such file"),
        ("nothing_of_the_kind:f", NotFoundError, "no module"),
        ("good_rules.py:shuot", UsageError, "did you mean shout"),
        ("good_rules.py:LIMIT", UsageError, "is no function, but int"),
        ("broken_rules.py:fine", HftermError, "broken_rules.py:3: ZeroDivisionError"),
        ("odd_rules.py:fine", HftermError, "odd_rules.py:1: SyntaxError"),
        ("needy_rules.py:fine", HftermError, "nothing_of_the_kind"),
    ):
        with pytest.raises(kind) as caught:
            named.load(named.parse(text))
        assert words in str(caught.value)
