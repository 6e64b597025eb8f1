import random
import threading
import time
from pathlib import Path

import pytest

from hfterm import tail


def test_the_last_lines_of_any_file(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    assert tail.last_lines(path, 3) == ([], 0)
    chance = random.Random(4)
    for size in (0, 1, 5, 2000, 3 * tail.BLOCK):
        lines: list[bytes] = []
        while sum(map(len, lines)) + len(lines) < size:
            lines.append(bytes(chance.choices(b"abc \xff", k=chance.choice([0, 1, 80, 4000]))))
        whole = b"".join(line + b"\n" for line in lines)
        for rest in (b"", b"torn"):
            path.write_bytes(whole + rest)
            for count in (0, 1, 2, len(lines), len(lines) + 5):
                finished = count - bool(rest)
                assert tail.last_lines(path, count) == (lines[-finished:] if finished > 0 else [], len(whole))


def test_only_the_end_is_read(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    with path.open("wb") as stream:
        stream.seek(10 << 30)  # ten gigabytes of nothing
        stream.write(b"\none\ntwo\n")
    assert tail.last_lines(path, 2)[0] == [b"one", b"two"]
    assert list(tail.follow(path, last=1)) == [b"two"]


@pytest.mark.parametrize("last", [None, 1])
def test_what_is_added_follows(tmp_path: Path, last: int | None) -> None:
    path, ended = tmp_path / "log.txt", threading.Event()
    path.write_bytes(b"one\ntwo\n")

    def writer() -> None:
        for part in (b"thr", b"ee\nfour\n", b"fi"):
            time.sleep(0.02)
            with path.open("ab") as stream:
                stream.write(part)
        ended.set()

    thread = threading.Thread(target=writer)
    thread.start()
    found = list(tail.follow(path, last=last, ended=ended.is_set, poll=0.005))
    thread.join()
    assert found == [*([b"one"] if last is None else []), b"two", b"three", b"four", b"fi"]


def test_what_is_skipped_and_what_is_not_there_yet(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    assert list(tail.follow(path)) == []
    path.write_bytes(b"one\ntwo\n")
    assert list(tail.follow(path, skip=4)) == [b"two"]
    assert list(tail.follow(path, skip=99)) == []
