import io
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hfterm.errors import NotFoundError
from hfterm.train.schema.document import BadDocument, parse, read


def values(text: str, name: str = "r.yaml") -> dict[str, Any]:
    return parse(text.encode(), name).values


def test_yaml_is_read_as_version_1_2() -> None:
    text = (
        "a: 1e-4\nb: no\nc: 010\nd: 1_000\ne: 12:30\nf: 2024-01-01\ng:\nh: .inf\ni: [1, 2e3, -.5]\non: true\n1: 0x10\n"
    )
    assert values(text) == {
        "a": 1e-4, "b": "no", "c": 10, "d": 1000, "e": "12:30", "f": "2024-01-01", "g": None, "h": float("inf"),
        "i": [1, 2000.0, -0.5], "on": True, "1": 16,
    }  # fmt: skip


def test_every_key_knows_its_line() -> None:
    yaml = parse(b"# c\na: 1\npeft:\n  method: lora\n  r: 8\nb: {x: 1,\n  y: 2}\n", "r.yaml")
    assert [yaml.line(*place) for place in (("a",), ("peft",), ("peft", "r"), ("b", "y"), ("b", "z"), ("z",))] == [2, 3, 5, 7, 6, None]  # fmt: skip
    toml = parse(b's = """\nb = 1\n"""\nb = 2\n[peft]\nr = 8\n[set]\n"x".y = 1\n', "r.toml")
    assert [toml.line(*place) for place in (("b",), ("peft",), ("peft", "r"), ("set", "x"))] == [4, 5, 6, 8]
    json = parse(b'{"a": 1,\n "peft": {\n "r": 8}}', "r.json")
    assert [json.line(*place) for place in (("a",), ("peft",), ("peft", "r"))] == [1, 2, 3]


def test_anchors_and_merges_work() -> None:
    assert values("a: &x {k: 1}\nb:\n  <<: *x\n  l: 2\n")["b"] == {"k": 1, "l": 2}


def test_toml_dates_are_text() -> None:
    assert values("run = 2024-01-01\n", "r.toml") == {"run": "2024-01-01"}


@pytest.mark.parametrize(
    ("text", "kind"), [("a: 1\n", "yaml"), ("# x\na = 1\n", "toml"), ("[peft]\nr = 1\n", "toml"), (' {"a": 1}', "json")]
)
def test_standard_input_is_known_by_its_looks(text: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    found = read("-")
    assert (found.kind, found.name, found.source) == (kind, "standard input", text.encode())


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"a: 1\nb: 2\na: 3\n", "r.yaml", "r.yaml:3: 'a' stands here a second time"),
        (b"set:\n  x: 1\n  x: 2\n", "r.yaml", "r.yaml:3: 'x' stands here"),
        (b"a: [1,\nb: 2", "r.yaml", "r.yaml:2: not YAML"),
        (b"a: !!python/object/apply:os.system [x]", "r.yaml", "r.yaml:1: not YAML"),
        (b"a: 1\n---\nb: 2\n", "r.yaml", "r.yaml:2: not YAML: a second document begins here"),
        (b"\ta: 1", "r.yaml", "r.yaml:1: not YAML"),
        (b"? [1]\n: 2", "r.yaml", "r.yaml:1: a key must be a word"),
        (b"a: 1\nb: \xff\n", "r.yaml", "r.yaml:2: not UTF-8"),
        (b"a: 1\nb: \x1b[1m", "r.yaml", "r.yaml:2: control characters"),
        (b"- 1\n", "r.yaml", "r.yaml:1: not a recipe: it holds a list"),
        (b"hello", "r.yaml", "r.yaml:1: not a recipe: it holds a text"),
        (b"# nothing\n", "r.yaml", "r.yaml: it is empty"),
        (b"", "r.toml", "r.toml: it is empty"),
        (b"[" * 5000, "r.yaml", "nested too deeply"),
        (b"a: &x [*x]\n", "r.yaml", "in a circle"),
        (b"a: &a [x,x,x,x,x,x,x,x,x,x]\n" + b"".join(b"%c: &%c [%s]\n" % (c, c, b",".join([b"*%c" % (c - 1)] * 10)) for c in range(98, 106)), "r.yaml", "too large once"),
        (b"a: " + b"x" * 2**21, "r.yaml", "larger than 1 MiB"),
        (b"a = 1\na = 2\n", "r.toml", "r.toml:2: not TOML"),
        (b"a = hf_abcdefghijklmnopqrstuvwxyz\n", "r.toml", "r.toml:1: not TOML"),
        (b'{"a": 1,\n "a": 2}', "r.json", "r.json:2: 'a' stands here"),
        (b"a: " + b"9" * 5000, "r.yaml", "a value cannot be read"),
        (b"a = " + b"9" * 5000, "r.toml", "a value cannot be read"),
        (b'{"a": ' + b"9" * 5000 + b"}", "r.json", "a value cannot be read"),
        (b'{"a": 1,\n}', "r.json", r"r.json:1: not JSON|r.json:2: not JSON"),
    ],
)  # fmt: skip
def test_what_is_no_recipe_is_said_with_its_line(content: bytes, name: str, words: str) -> None:
    with pytest.raises(BadDocument, match=words) as caught:
        parse(content, name)
    assert "abcdefghijk" not in str(caught.value)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="train init"):
        read(str(tmp_path / "none.yaml"))
    with pytest.raises(BadDocument, match="a folder"):
        read(str(tmp_path))
    (tmp_path / "r.yaml").write_text("a: 1\n")
    with pytest.raises(NotFoundError):
        read(str(tmp_path / "r.yaml" / "x.yaml"))
    with pytest.raises(BadDocument):
        read("a\0b.yaml")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=120), st.sampled_from(["r.yaml", "r.toml", "r.json", "-"]))
def test_random_bytes_are_a_document_or_a_clear_refusal(content: bytes, name: str) -> None:
    try:
        found = parse(content, name)
    except BadDocument as exc:
        assert "\n" not in exc.message
    else:
        assert found.values and all(isinstance(key, str) for key in found.values)
