"""CSV, TSV and text files: bad rows by their true lines, copies without them, what a header may be."""

import csv
import gzip
import io
import json
import random
from pathlib import Path
from typing import Any

import pytest

from hfterm.data import engine, rows, shape
from hfterm.data.csv_files import Bad, clean, header, row_bytes, scan
from hfterm.data.source import sources
from hfterm.errors import HftermError
from hfterm.records import BadRecord

Told = list[tuple[int, str, bytes]]


def cleaned(path: Path) -> tuple[list[dict[str, Any]], Told]:
    """The rows that are left, and what was told of the others."""
    told: Told = []
    con = engine.connect(threads=1)
    with shape.cleaned(con, sources([str(path)]), lambda _, *bad: told.append(bad)) as found:
        return [json.loads(line) for block in rows.whole(con, found).lines() for line in block.splitlines()], told


@pytest.mark.parametrize(
    ("name", "data", "left", "bad"),
    [
        ("a.csv", b"a,b\n1,2\n1\n1,2,3\n3,4\n", [1, 3], [(3, "has 1 value for 2 columns", b"1"), (4, "has 3", b"1,2,3")]),
        ("a.csv", b'a,b\n"1\n2",x\n\n3\n4,y\n', ["1\n2", "4"], [(5, "has 1 value", b"3")]),
        ("a.csv", b'a,b\n1,"x\n2,y\n3,z\n', [2, 3], [(2, "quote that is not closed", b'1,"x')]),
        ("a.csv", b'a,b\n1,"x\n2,"y"\n3,z\n', [2, 3], [(2, "text behind a closing quote", b'1,"x')]),
        ("a.csv", b"a,b\n1,\xe9\n2,\xc3\xa9\n", [2], [(2, "is not UTF-8 (byte 0xe9 at column 3)", b"1,\xe9")]),
        ("a.csv", b'a,b\n1,"x\ny\xff"\n2,z\n', [2], [(2, "is not UTF-8 (byte 0xff at column 2)", b'1,"x\ny\xff"')]),
        ("a.csv", b'a,b\n5" pipe,1\n6, "x,y" \n', ['5" pipe', "6"], []),
        ("a.csv", b"\xef\xbb\xbfa;b\r\n1;2\r\n1\r\n3;4\r\n", [1, 3], [(3, "has 1 value", b"1")]),
        ("a.csv", b"a,b\n1,2\n1,x\ry,3\n3,4", [1, 3], [(3, "carriage return", b"1,x\ry,3")]),
        ("a.tsv", b'a\tb\n1\t"x\ty"\n2\n3\tz"\n', [1, 3], [(3, "has 1 value", b"2")]),
        ("a.txt", b"one\nt\xffwo\n\nth\0ree\nfour", ["one", "", "four"], [(2, "is not UTF-8", b"t\xffwo"), (4, "NUL", b"th\0ree")]),
    ],
)  # fmt: skip
def test_bad_rows_are_left_out_and_told_with_their_lines(
    tmp_path: Path, name: str, data: bytes, left: list[Any], bad: list[tuple[int, str, bytes]]
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    found, told = cleaned(path)
    assert [next(iter(row.values())) for row in found] == left
    assert [(line, raw) for line, _, raw in told] == [(line, raw) for line, _, raw in bad]
    assert all(words in why for (_, why, _), (_, words, _) in zip(told, bad, strict=True))
    if bad:  # without that option the first of them is the error
        with pytest.raises(BadRecord, match=f"line {bad[0][0]} ") as error:
            list(rows.whole(engine.connect(threads=1), sources([str(path)])).lines())
        assert error.value.hint == "skip such lines with --skip-bad"


def test_many_rows_of_python_s_own_writer(tmp_path: Path) -> None:
    """What csv writes reads as it was; a torn row among each hundred is found where it is."""
    chance = random.Random(3)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["n", "t"])
    kept, torn, line = [], [], 2
    for n in range(3000):
        if n % 100 == 99:
            text.write("torn\n")
            torn.append(line)
            line += 1
            continue
        value = "".join(chance.choice('ab ,"\n\té') for _ in range(chance.randrange(12)))
        writer.writerow([n, value])
        kept.append({"n": n, "t": value or None})
        line += 1 + value.count("\n")
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(text.getvalue().encode()))
    found, told = cleaned(path)
    assert found == kept and [one[0] for one in told] == torn


def test_a_quote_that_is_never_closed_takes_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hfterm.data.csv_files.MAX_QUOTED_BYTES", 1000)
    lines = [b"a,b\n", b'1,"x\n', *[b"2,y\n"] * 1000]
    parts = list(scan(iter(lines), 2))
    assert [part for part in parts if isinstance(part, Bad)] == [Bad(2, "has a quote that is not closed", b'1,"x')]
    assert len(parts) == 1002
    long = b'1,"' + b"x\n" * 300 + b'"\n'
    assert list(scan(iter([b"a,b\n", *long.splitlines(keepends=True)]), 2)) == [b"a,b\n", long]


def test_headers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(',b,"c,d"\n0,1,2\n')  # as pandas writes its index
    assert header(str(path)) == (["column0", "b", "c,d"], ",")
    assert cleaned(path) == ([{"column0": 0, "b": 1, "c,d": 2}], [])
    for data, words in (
        (b"a,A\n1,2\n", "are one name in SQL"),
        (b"a,\xe9\n1,2\n", "iconv -f latin1"),
        ("a,b\n1,2\n".encode("utf-16"), "iconv -f utf-16"),
    ):
        path.write_bytes(data)
        with pytest.raises(HftermError) as error:
            cleaned(path)
        assert words in str(error.value) and str(path) in str(error.value)


def test_lines_that_end_in_different_ways(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'a,b\n1,"x\r\ny"\r\n2,z\n')
    assert cleaned(path)[0] == [{"a": 1, "b": "x\r\ny"}, {"a": 2, "b": "z"}]
    path.write_bytes(b"a,b\r1,x\r2,y\r")
    assert cleaned(path)[0] == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]
    path.write_bytes(b"a,b\r\n1,x\n1\n")
    with pytest.raises(BadRecord, match="line 3 has 1 value"):
        list(rows.whole(engine.connect(threads=1), sources([str(path)])).lines())


def test_a_copy_is_byte_for_byte_what_was_good(tmp_path: Path) -> None:
    path, out = tmp_path / "a.csv", io.BytesIO()
    path.write_bytes(b'a,b\n "1" ,"x\r\n"\r\n\n2\n,\n')
    clean(str(path), "csv", lambda *bad: None, out)
    assert out.getvalue() == b'a,b\n "1" ,"x\r\n"\n\n,\n'


def test_rows_may_be_large(tmp_path: Path) -> None:
    """The engine is told how large, and of usual files no more than it takes by itself."""
    long = "x" * 5_000_000
    path = tmp_path / "a.csv"
    path.write_text(f'a,b\n1,"{long}\n"\n2,3\n')
    assert 5_000_000 < row_bytes(str(path)) <= 16 << 20
    assert cleaned(path)[0] == [{"a": 1, "b": long + "\n"}, {"a": 2, "b": "3"}]
    path.write_text("a,b\n" + '1,"x\ny"\n' * 300_000)
    assert row_bytes(str(path)) == 2 << 20
    text = tmp_path / "a.txt"
    text.write_text(f'a "\n{long}\nb')
    assert [len(row["text"]) for row in cleaned(text)[0]] == [3, 5_000_000, 1]
