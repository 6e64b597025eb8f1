import os
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hfterm.tracking import tail
from hfterm.tracking.tail import BLOCK, LONGEST, PAGE, Line, LogTail, Unfinished


def log(path: Path, content: bytes | str) -> LogTail:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    found = LogTail(path)
    assert found.poll()
    return found


def texts(lines: list[Line]) -> list[str]:
    return [line.text for line in lines]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "train.log"


def test_the_end_and_what_is_above_and_below(path: Path) -> None:
    found = log(path, "".join(f"line {n}\n" for n in range(10_000)))
    last = found.last(3)
    assert texts(last) == ["line 9997", "line 9998", "line 9999"]
    assert last[-1].end == found.size == path.stat().st_size
    above = found.before(last[0].offset, 2)
    assert texts(above) == ["line 9995", "line 9996"] and above[-1].end == last[0].offset
    assert found.after(above[0].offset, 2) == above
    assert texts(found.after(above[-1].end, 100)) == texts(last)
    assert texts(found.before(0, 5)) == [] == texts(found.after(found.size, 5))
    assert len(found.last(20_000)) == 10_000 and found.last(0) == []
    assert texts(found.after(0, 2)) == ["line 0", "line 1"] == texts(found.after(-5, 2))


def test_from_the_middle_of_a_line(path: Path) -> None:
    found = log(path, "one\ntwo\nthree\n")
    assert texts(found.after(5, 9)) == ["three"]
    assert texts(found.before(5, 9)) == ["one"]
    assert texts(found.before(999, 1)) == ["three"] and found.after(999, 1) == []


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("", []),
        ("\n", [""]),
        ("no newline yet", ["no newline yet"]),
        ("one\n\ntw", ["one", "", "tw"]),
        ("windows\r\nlines\r\n", ["windows", "lines"]),
        ("  0%|    |\r 50%|##  |\r100%|####|\n", ["100%|####|"]),
        ("10%\r20%\r", ["20%"]),
        ("10%\r\x1b[2K\r\n", ["10%"]),
        ("  1/9 \x08\x08\x08\x08\x08\x08\x08\x08  2/9\n", ["  2/9"]),
        ("\x1b[1;32mINFO\x1b[0m a\tb\n", ["INFO a  b"]),
        ("\x1b]8;;http://x\x07link\x1b]8;;\x1b\\ \x1b(B\x1b=ok\n", ["link ok"]),
        ("bell\x07 \x1b[\x00 \x9b31m \u202eevil\n", ["bell\\x07 \\x1b[\\x00 \\x9b31m \\u202eevil"]),
        ("emoji 🎉 日本\n", ["emoji 🎉 日本"]),
        (b"caf\xe9 \xff\n", ["caf\ufffd \ufffd"]),
        ("token hf_abcdefghijklmnopqrstuvwxyz\n", ["token hf_***"]),
    ],
)
def test_lines_are_for_reading(path: Path, content: str | bytes, lines: list[str]) -> None:
    assert texts(log(path, content).last(9)) == lines


def test_overlong_lines_are_cut(path: Path) -> None:
    found = log(path, "short\n" + "x" * 5000 + "\n" + "y" * (PAGE + 10) + "\nend\n")
    _, long, longer, end = found.last(9)
    assert long.text == "x" * LONGEST + "... (5,001 bytes)"
    assert longer.text.startswith("y" * LONGEST + "...") and end.text == "end"
    assert longer.end - longer.offset == PAGE + 11
    bar = log(path, "".join(f"\r{n}%|" for n in range(100_000)) + "\n")
    assert texts(bar.last(1)) == ["99999%|"], "a progress bar of half a megabyte"


def test_without_newlines_blocks_are_lines_in_both_directions(path: Path) -> None:
    found = log(path, b"a\n" + b"x" * int(3.5 * BLOCK) + b"\n" + b"z" * 100 + b"\n")
    down = found.after(0, 100)
    assert down == found.last(100)
    assert [(line.offset, line.end) for line in down][:3] == [(0, 2), (2, 2 * BLOCK), (2 * BLOCK, 3 * BLOCK)]
    assert down[-1].text == "z" * 100
    assert [line.offset for line in down[1:]] == [line.end for line in down[:-1]]


def test_a_line_that_is_being_written(path: Path) -> None:
    found = log(path, "one\ntw")
    assert not found.poll()
    with path.open("a") as stream:
        stream.write("o\nthree")
    assert texts(found.last(9)) == ["one", "tw"], "as of the last poll"
    assert found.poll() and texts(found.last(9)) == ["one", "two", "three"]


def test_truncated_replaced_gone_and_back(path: Path) -> None:
    found = log(path, "one\ntwo\n")
    path.write_text("new\n")
    assert found.poll() and found.generation == 1 and texts(found.last(9)) == ["new"]
    other = path.with_name("other")
    other.write_text("rotated\nlog\n")
    os.replace(other, path)
    assert found.poll() and found.generation == 2 and texts(found.last(1)) == ["log"]
    path.unlink()
    assert found.poll() and found.missing and found.size == 0 and found.last(5) == []
    assert found.problem == "no such file or directory" and not found.poll()
    path.write_text("back\n")
    assert found.poll() and not found.missing and found.problem is None and texts(found.last(5)) == ["back"]
    path.write_text("")  # gone between a poll and reading
    assert found.last(5) == [] == found.after(0, 5)
    path.unlink()
    assert found.last(5) == [] and found.find("back", found.size) is None


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "none", tmp_path, tmp_path / "pipe"):
        found = LogTail(path)
        found.poll()
        assert found.missing and found.problem and found.last(3) == [] == found.after(0, 3)
        assert found.find("x", 0) is None


def test_search(path: Path) -> None:
    found = log(path, "".join(f"step {n} loss {n / 7:.3f}\n" for n in range(20_000)) + "\x1b[31mErr\x1b[0mor: boom\n")
    error = found.find("ERROR", found.size)
    assert isinstance(error, Line) and error.text == "Error: boom"
    above = found.find(re.compile(r"step 12\d\b"), error.offset)
    assert isinstance(above, Line) and above.text.startswith("step 129 ")
    assert above == found.after(above.offset, 1)[0]
    below = found.find(lambda text: "step 200 " in text, above.end, backwards=False)
    assert isinstance(below, Line) and below.text.startswith("step 200 ")
    assert found.find("step 200 ", below.offset) is None
    assert found.find("step 200 ", below.end, backwards=False) is None
    assert found.find("nowhere", found.size) is None and found.find("x", 0) is None


def test_a_long_search_pauses_and_goes_on(path: Path) -> None:
    line = "x" * 99 + "\n"
    found = log(path, "first\n" + line * (4 * BLOCK // 100) + "last\n")
    for word, start, backwards in (("first", found.size, True), ("last", 0, False)):
        pauses, at = 0, start
        while isinstance(result := found.find(word, at, backwards, budget_seconds=0.0), Unfinished):
            assert result.offset < at if backwards else result.offset > at
            pauses, at = pauses + 1, result.offset
        assert isinstance(result, Line) and result.text == word
        assert pauses >= 3


def test_search_in_blocks_without_newlines(path: Path) -> None:
    found = log(path, b"x" * (2 * BLOCK) + b"needle" + b"x" * (2 * BLOCK) + b"\nneedle\n")
    at, hits = found.size, []
    while isinstance(hit := found.find("needle", at, budget_seconds=60), Line):
        hits.append((hit.offset, hit.end))
        at = hit.offset
    assert hits == [(4 * BLOCK + 7, 4 * BLOCK + 14), (2 * BLOCK, 3 * BLOCK)]
    down, hits = 0, []
    while isinstance(hit := found.find("needle", down, False, budget_seconds=60), Line):
        hits.append((hit.offset, hit.end))
        down = hit.end
    assert hits == [(2 * BLOCK, 3 * BLOCK), (4 * BLOCK + 7, 4 * BLOCK + 14)]


def test_the_end_of_a_huge_file_needs_little(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with path.open("wb") as stream:
        stream.seek(10 * 2**30)
        stream.write(b"\nlast line\n")
    found = LogTail(path)
    found.poll()
    read = 0
    real = LogTail._read

    def counting(self: LogTail, start: int, count: int) -> bytes:
        nonlocal read
        data = real(self, start, count)
        read += len(data)
        return data

    monkeypatch.setattr(LogTail, "_read", counting)
    assert texts(found.last(1)) == ["last line"]
    assert read <= 2 * PAGE
    assert len(found.last(40)) == 40 and read < 100 * BLOCK


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([b"\n", b"a", b"bc", b"\r", b"d" * 9, b"\xff"]), max_size=60), st.integers(1, 5))
def test_down_and_up_see_the_same_lines(tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], few: int) -> None:
    patch = pytest.MonkeyPatch()
    patch.setattr(tail, "BLOCK", 8)
    patch.setattr(tail, "PAGE", 4)
    try:
        found = log(tmp_path_factory.getbasetemp() / "any.log", b"".join(parts))
        down: list[Line] = []
        while more := found.after(down[-1].end if down else 0, few):
            down += more
        up: list[Line] = []
        while more := found.before(up[0].offset if up else found.size, few):
            up = more + up
        assert [(line.offset, line.end) for line in down] == [(line.offset, line.end) for line in up]
        assert not down or (down[0].offset, down[-1].end) == (0, found.size)
        assert all(a.end == b.offset for a, b in pairwise(down))
        searched: list[int] = []
        while isinstance(hit := found.find("", searched[-1] if searched else found.size, budget_seconds=9), Line):
            searched.append(hit.offset)
        assert searched[::-1] == [line.offset for line in down]
        found.path.unlink()
    finally:
        patch.undo()
