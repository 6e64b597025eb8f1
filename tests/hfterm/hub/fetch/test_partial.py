import errno
import os
import random
from pathlib import Path

import pytest

from hfterm.hub.fetch.partial import LEAST_SPAN, LEDGER_BYTES, MOST_SPANS, Partial, came

MIB = 1 << 20


def test_it_grows_in_order_and_its_length_tells(tmp_path: Path) -> None:
    path = str(tmp_path / "p")
    partial = Partial(path, 10)
    span = partial.claim(self := object())
    assert span and (span.pos, span.end) == (0, 10) and partial.claim(self) is None
    assert partial.write(span, b"abcd") == 4 and partial.have == 4
    partial.close()
    assert Path(path).read_bytes() == b"abcd" and came(path, 10) == 4
    partial = Partial(path, 10)
    span = partial.claim(None)
    assert span and span.pos == 4
    assert partial.write(span, b"efghijTOO MUCH") == 6
    partial.seal()
    partial.close()
    assert Path(path).read_bytes() == b"abcdefghij" and came(path, 10) == 10


def test_parts_of_it_grow_at_once_and_survive_a_kill(tmp_path: Path) -> None:
    data = random.Random(5).randbytes(5 * LEAST_SPAN + 17)
    path = str(tmp_path / "p")
    dice = random.Random(6)
    partial = Partial(path, len(data))
    while partial.have < len(data):
        spans = [s for s in (partial.claim(n) for n in range(dice.randint(1, 6))) if s]
        for span in spans:
            for _ in range(dice.randint(0, 9)):
                if span in partial.spans:
                    n = dice.randint(1, MIB)
                    partial.write(span, data[span.pos : span.pos + n])
        # As a kill leaves it: the file is not closed, so the ledger is as old as it may be.
        known = came(path, len(data))
        again = Partial(path, len(data))
        assert again.have == known <= partial.have
        for span in again.spans:
            assert all(not (s.pos < span.pos < s.end) for s in again.spans if s is not span)
        os.close(partial.fd)
        partial = again
    partial.seal()
    partial.close()
    assert Path(path).read_bytes() == data


def test_fifty_gigabytes_of_which_the_ends_are_there(tmp_path: Path) -> None:
    size, path = 50 * 10**9, str(tmp_path / "p")
    partial = Partial(path, size)
    first, second = partial.claim(1), partial.claim(2)
    assert first and second and first.end == second.pos == size // 2
    partial.write(first, b"a" * MIB)
    partial.write(second, b"b" * MIB)
    partial.close()
    assert came(path, size) == 2 * MIB
    assert sorted((s.pos, s.end) for s in Partial(path, size).spans) == [
        (MIB, size // 2), (size // 2 + MIB, size),
    ]  # fmt: skip
    assert os.stat(path).st_blocks * 512 < 10 * MIB


def test_it_is_divided_no_finer_than_is_worth_it(tmp_path: Path) -> None:
    partial = Partial(str(tmp_path / "small"), 2 * LEAST_SPAN - 1)
    assert partial.claim(1) and partial.claim(2) is None
    partial = Partial(str(tmp_path / "large"), 1000 * LEAST_SPAN)
    assert len([s for s in map(partial.claim, range(100)) if s]) == MOST_SPANS
    assert Partial(str(tmp_path / "whole"), 1000 * LEAST_SPAN).claim(1, divide=False)


@pytest.mark.parametrize("end", [b"x", b"x" * LEDGER_BYTES, b"hfterm\x00\x01" + b"\xff" * (LEDGER_BYTES - 8)])
def test_what_makes_no_sense_begins_again(tmp_path: Path, end: bytes) -> None:
    path = tmp_path / "p"
    path.write_bytes(b"abc" + end)
    partial = Partial(str(path), 3)
    assert partial.have == 0 and path.read_bytes() == b""
    assert came(str(path), 3) == 0 == came(str(tmp_path / "none"), 3)


def test_what_was_published_meanwhile_is_not_touched(tmp_path: Path) -> None:
    partial = Partial(str(tmp_path / "p"), 3)
    span = partial.claim(1)
    assert span
    partial.write(span, b"abc")
    os.replace(tmp_path / "p", tmp_path / "blob")
    partial.rewind()
    assert (tmp_path / "blob").read_bytes() == b"abc"


def test_nothing_is_written_once_it_is_closed(tmp_path: Path) -> None:
    partial = Partial(str(tmp_path / "p"), 3)
    span = partial.claim(1)
    partial.close()
    partial.close()
    assert span
    with pytest.raises(OSError) as caught:
        partial.write(span, b"abc")
    assert caught.value.errno == errno.EBADF


def test_an_empty_file_has_nothing_to_come(tmp_path: Path) -> None:
    partial = Partial(str(tmp_path / "p"), 0)
    assert partial.claim(1) is None and partial.have == 0
    partial.seal()
    assert (tmp_path / "p").read_bytes() == b""
