"""Reading records: every format, and every way a file can be broken."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfterm import records
from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.records import BadRecord, read


def rows(data: bytes, **kwargs: Any) -> list[dict[str, Any]]:
    return list(read(io.BytesIO(data), **kwargs))


@pytest.mark.parametrize(
    ("data", "kwargs", "expected"),
    [
        (b'{"a":1}\n\n{"b":"\xc3\xa9"}', {}, [{"a": 1}, {"b": "é"}]),
        (b'\xef\xbb\xbf{"a":1}\r\n', {}, [{"a": 1}]),
        (b'[{"a":1},\n {"b":[1,\n2]}]\n', {}, [{"a": 1}, {"b": [1, 2]}]),
        (b"[]", {}, []),
        (b"", {}, []),
        (b"\n\n", {}, [{"text": ""}, {"text": ""}]),
        (b'{\n "a": 1\n}\n', {}, [{"a": 1}]),
        (b"one\n{two\n", {}, [{"text": "one"}, {"text": "{two"}]),
        (b'{"a":1}', {"format": "text"}, [{"text": '{"a":1}'}]),
        (b'a,b\n1,"x\ny"\n', {"format": "csv"}, [{"a": "1", "b": "x\ny"}]),
        (b"a\tb\n1\t2\n", {"format": "tsv"}, [{"a": "1", "b": "2"}]),
    ],
)
def test_reads(data: bytes, kwargs: dict[str, Any], expected: list[dict[str, Any]]) -> None:
    assert rows(data, **kwargs) == expected


@pytest.mark.parametrize(
    ("data", "kwargs", "message"),
    [
        (b'{"a":1}\n{"b":\n', {}, "line 2 is not JSON (Expecting value at column 6); skip such lines with --skip-bad"),
        (b"[1]\n", {"format": "jsonl"}, "line 1 is not a JSON object but an array"),
        (b'{"a":"\xff"}\n', {}, "line 1 is not UTF-8 (byte 0xff at column 7)"),
        (b'[{"a":1}\n{"b":2}]', {}, "line 2 is not JSON (expecting ',' between records)"),
        (b'[{"a":1},\n', {}, "the file is cut off"),
        (b'[{"a":1},\n{"b"', {}, "line 2 is not JSON"),
        (b"[1, 2]", {}, "holds a number where a record (a JSON object) is due"),
        (b"[" * 100_000, {}, "nested too deeply"),
        (b'{"a":' * 100_000, {}, "nested too deeply"),
        (b"a,b\n1,2\n3\n", {"format": "csv"}, "line 3 has 1 values for 2 columns"),
        (b"a,a\n1,2\n", {"format": "csv"}, "names column 'a' twice"),
        (b'a\n"x\n', {"format": "csv"}, "is not CSV"),
    ],
)
def test_a_bad_record_is_named(data: bytes, kwargs: dict[str, Any], message: str) -> None:
    with pytest.raises(BadRecord) as caught:
        rows(data, **kwargs)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bad_records_are_skipped_and_reported() -> None:
    bad: list[BadRecord] = []
    assert rows(b'{"a":1}\nx\n{"a":2}\n\xff\n', skip_bad=True, on_bad=bad.append) == [{"a": 1}, {"a": 2}]
    assert [b.number for b in bad] == [2, 4]


def test_files_by_name_and_gzip_by_content(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n")
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b'{"x": 2}\n'))
    (tmp_path / "renamed.txt").write_bytes(gzip.compress(b"three\n"))
    assert list(read(tmp_path / "a.csv")) == [{"x": "1"}]
    assert list(read(str(tmp_path / "b.jsonl.gz"))) == [{"x": 2}]
    assert list(read(tmp_path / "renamed.txt")) == [{"text": "three"}]


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no such file"):
        list(read(tmp_path / "none.jsonl"))
    with pytest.raises(UsageError, match="it is a folder"):
        list(read(tmp_path))
    with pytest.raises(UsageError, match="choose from jsonl"):
        list(read("-", format="xml"))
    torn = tmp_path / "torn.jsonl"
    torn.write_bytes(gzip.compress(b'{"x": 2}\n' * 1000)[:-10])
    with pytest.raises(HftermError, match="half-written gzip"):
        list(read(torn))


def test_one_record_cannot_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_RECORD_BYTES", 1000)
    with pytest.raises(HftermError, match="line 2 is longer than"):
        rows(b"short\n" + b"x" * 5000)
    with pytest.raises(HftermError, match="a record near line"):
        rows(b'[{"a":\n' + b'"' + b"x" * 600 + b"\n" + b"x" * 600)


def test_a_stream_gives_records_before_it_ends() -> None:
    def endless() -> Any:
        class Endless(io.RawIOBase):
            def readable(self) -> bool:
                return True

            def readinto(self, buffer: Any) -> int:
                line = b'{"n": 1}\n' * (len(buffer) // 9)
                buffer[: len(line)] = line
                return len(line)

        return Endless()

    stream = read(endless())
    assert [next(stream) for _ in range(3)] == [{"n": 1}] * 3


_json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_rows = st.lists(st.dictionaries(st.text(), _json_values, max_size=4), max_size=5)


@given(_rows, st.sampled_from([None, 0, 2]))
def test_a_json_array_round_trips(data: list[dict[str, Any]], indent: int | None) -> None:
    text = json.dumps(data, indent=indent).encode()
    assert rows(text, format="json") == data


@given(_rows)
def test_json_lines_round_trip(data: list[dict[str, Any]]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in data)
    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        encoded = "".join(json.dumps(row) + "\n" for row in data).encode()
    assert rows(encoded, format="jsonl") == data


@given(st.binary(max_size=300), st.sampled_from([None, *records.FORMATS]))
def test_random_bytes_give_records_or_one_clear_line(data: bytes, format: str | None) -> None:
    try:
        rows(data, format=format)
    except HftermError as exc:
        assert "\n" not in str(exc)
