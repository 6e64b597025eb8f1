"""One writer for results: the same records in every format."""

import io
import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hfterm.errors import NotFoundError, UsageError
from hfterm.output import FORMATS, Output, colour_for
from hfterm.text import human_bytes, human_seconds, redact, sanitize, to_json

ROWS: list[dict[str, Any]] = [
    {"name": "a", "size": 1024, "tags": ["x", "y"], "note": None},
    {"name": "b,\t\x1b[31m", "size": 2.5, "tags": [], "note": 'say "hi"'},
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def written(rows: Any, format: str | None, stream: io.StringIO | None = None, **kwargs: Any) -> str:
    out = Output(format, stdout=stream or io.StringIO(), stderr=io.StringIO(), color="never")
    out.records(rows, **kwargs)
    return out.stdout.getvalue()  # type: ignore[attr-defined,no-any-return]


GOLDEN = {
    "jsonl": '{"name": "a", "size": 1024, "tags": ["x", "y"], "note": null}\n'
    '{"name": "b,\\t\\u001b[31m", "size": 2.5, "tags": [], "note": "say \\"hi\\""}\n',
    "json": '[\n  {"name": "a", "size": 1024, "tags": ["x", "y"], "note": null},\n'
    '  {"name": "b,\\t\\u001b[31m", "size": 2.5, "tags": [], "note": "say \\"hi\\""}\n]\n',
    "csv": 'name,size,tags,note\na,1024,"[""x"", ""y""]",\n"b,\t\x1b[31m",2.5,[],"say ""hi"""\n',
    "tsv": 'name\tsize\ttags\tnote\na\t1024\t"[""x"", ""y""]"\t\n"b,\t\x1b[31m"\t2.5\t[]\t"say ""hi"""\n',
    "yaml": "- name: a\n  size: 1024\n  tags:\n  - x\n  - y\n  note: null\n"
    '- name: "b,\\t\\e[31m"\n  size: 2.5\n  tags: []\n  note: say "hi"\n',
    "quiet": "a\nb,\\t\\x1b[31m\n",
}


@pytest.mark.parametrize("format", GOLDEN)
def test_every_machine_format(format: str) -> None:
    assert written(ROWS, format) == GOLDEN[format]


def test_a_pipe_gets_json_lines_and_a_terminal_a_table() -> None:
    assert written(ROWS, None) == GOLDEN["jsonl"]
    table = written(ROWS, None, Terminal())
    assert table.splitlines()[0].split() == ["name", "size", "tags", "note"]
    assert "\x1b[31m" not in table and "\\x1b[31m" in table


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_is_still_well_formed(format: str) -> None:
    assert written([], format) == {"json": "[]\n", "yaml": "[]\n"}.get(format, "")


def test_a_table_is_shown_before_an_endless_stream_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hfterm.output.TABLE_LOOKAHEAD", 2)
    stream = Terminal()

    def rows() -> Any:
        yield {"n": 1, "text": "short"}
        yield {"n": 2, "text": "x"}
        assert "short" in stream.getvalue()
        yield {"n": 3, "text": "rather longer than the first ones"}

    written(rows(), "table", stream)
    lines = stream.getvalue().splitlines()
    assert lines[0].split() == ["n", "text"]
    assert {line.index("3") for line in lines if "3" in line} == {lines[0].index("n")}


def test_fields_that_come_late() -> None:
    out = Output("csv", stdout=io.StringIO(), stderr=io.StringIO())
    out.records([{"a": 1}, {"a": 2, "b": 3}, {"b": 4}])
    assert out.stdout.getvalue() == "a\n1\n2\n\n" or out.stdout.getvalue() == 'a\n1\n2\n""\n'  # type: ignore[attr-defined]
    assert out.stderr.getvalue().count("'b'") == 1  # type: ignore[attr-defined]


def test_a_path_is_printed_alone_unless_a_flag_asks_for_an_object() -> None:
    for asked, expected in (
        (None, "/x/y\n"),
        ("quiet", "/x/y\n"),
        ("jsonl", '{"path": "/x/y", "steps": 3}\n'),
    ):
        out = Output(asked or "json", asked=asked, stdout=io.StringIO(), stderr=io.StringIO())
        out.artifact("/x/y", steps=3)
        assert out.stdout.getvalue() == expected  # type: ignore[attr-defined]


def test_one_record() -> None:
    out = Output("json", stdout=io.StringIO())
    out.record({"a": float("nan"), "b": [1]})
    assert json.loads(out.stdout.getvalue()) == {"a": None, "b": [1]}  # type: ignore[attr-defined]
    out = Output(None, stdout=Terminal(), color="never")
    out.record({"a": 1, "b": True})
    assert [line.split() for line in out.stdout.getvalue().splitlines()] == [["a", "1"], ["b", "yes"]]  # type: ignore[attr-defined]


def test_no_such_format() -> None:
    with pytest.raises(UsageError, match="choose from table"):
        Output("xml")


def test_records_are_utf8_whatever_the_locale() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    Output("jsonl", stdout=stream).records([{"a": "é\ud800"}])
    assert json.loads(stream.buffer.getvalue()) == {"a": "é\ud800"}  # type: ignore[attr-defined]


def test_names_that_only_look_like_tokens_stay() -> None:
    assert redact("hf_hub_download of hf_xet") == "hf_hub_download of hf_xet"


def test_errors_are_one_line_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "very-secret-token")
    out = Output(stderr=io.StringIO())
    out.error(NotFoundError("no model\nhf_abcdefghijklmnop\x1b[2J at http://me:pass@host", "not very-secret-token"))
    text = out.stderr.getvalue()  # type: ignore[attr-defined]
    assert text.count("\n") == 1
    assert not any(secret in text for secret in ("abcdefghijkl", "very-secret", "me:pass", "\x1b"))
    assert redact("Authorization: Bearer abc.def") == "Authorization: Bearer ***"


def test_quiet_and_verbose() -> None:
    def said(**flags: bool) -> str:
        out = Output(stderr=io.StringIO(), **flags)
        out.note("note")
        out.detail("detail")
        out.warn("warning")
        return out.stderr.getvalue()  # type: ignore[attr-defined,no-any-return]

    assert said() == "note\nhfterm: warning: warning\n"
    assert said(quiet=True) == ""
    assert "detail" in said(verbose=True) and "detail" in said(debug=True)


@pytest.mark.parametrize(
    ("env", "setting", "terminal", "colour"),
    [
        ({}, "auto", True, True),
        ({}, "auto", False, False),
        ({"NO_COLOR": "1"}, "auto", True, False),
        ({"FORCE_COLOR": "1"}, "auto", False, True),
        ({"TERM": "dumb"}, "auto", True, False),
        ({"NO_COLOR": "1"}, "always", False, True),
        ({}, "never", True, False),
    ],
)
def test_colour(
    env: dict[str, str], setting: str, terminal: bool, colour: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert colour_for(Terminal() if terminal else io.StringIO(), setting) is colour


def test_for_reading() -> None:
    assert [human_bytes(n) for n in (None, 0, 1023, 1536, 5 * 2**40)] == ["-", "0 B", "1023 B", "1.5 KiB", "5.0 TiB"]
    assert [human_seconds(s) for s in (None, 0.04, 59.94, 59.96, 185, 8040, 266400)] == [
        "-", "0.0s", "59.9s", "1m00s", "3m05s", "2h14m", "3d02h",
    ]  # fmt: skip


@given(st.text())
def test_sanitized_text_cannot_steer_a_terminal(text: str) -> None:
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in sanitize(text, cell=True))
    assert "\x1b" not in sanitize(text)


@given(st.lists(st.dictionaries(st.text(min_size=1), st.none() | st.integers() | st.text() | st.floats(), min_size=1)))
def test_json_and_yaml_parse_back(rows: list[dict[str, Any]]) -> None:
    expected = json.loads(to_json(rows))
    assert json.loads(written(rows, "json")) == expected
    assert [json.loads(line) for line in written(rows, "jsonl").split("\n")[:-1]] == expected
    if not any("\ud800" <= c <= "\udfff" for c in to_json(rows)):
        assert yaml.safe_load(written(rows, "yaml")) == expected
