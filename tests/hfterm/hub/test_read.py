"""Ranges of bytes, and links that break."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from hfterm.errors import HftermError, NetworkError, UsageError
from hfterm.hub import read
from hfterm.hub.client import Repo
from support.faulty import Asked, Reply, faulty, ranged

At = Callable[[str], None]
REPO = Repo("org/name", path="dir/ü file#.bin")
PLACE = "/org/name/resolve/main/dir/%C3%BC%20file%23.bin"
DATA = random.Random(7).randbytes(700_000)
SPANS: list[tuple[tuple[int, int | None] | None, bytes]] = [
    (None, DATA),
    ((0, 9), DATA[:10]),
    ((5, None), DATA[5:]),
    ((-7, None), DATA[-7:]),
    ((-(10**9), None), DATA),
    ((699_990, 10**12), DATA[699_990:]),
    ((700_000, None), b""),
    ((10**15, 10**16), b""),
]


@pytest.mark.parametrize(
    ("text", "span"), [("0-0", (0, 0)), ("5-", (5, None)), ("-5", (-5, None)), (" 1-20 ", (1, 20)), ("-0", (0, None))]
)
def test_ranges(text: str, span: tuple[int, int | None]) -> None:
    assert read.byte_range(text) == span


@pytest.mark.parametrize(
    "text", ["", "-", "5", "9-5", "a-b", "1-2-3", "--5", "1.5-2", "٣-٤", "9" * 5000 + "-", "0x1-2", "1 - 2"]
)
def test_no_ranges(text: str) -> None:
    with pytest.raises(UsageError, match="not a range of bytes"):
        read.byte_range(text)


@pytest.mark.parametrize(("span", "expected"), SPANS)
def test_bytes_of_a_server_and_of_a_file(
    at: At, tmp_path: Path, span: tuple[int, int | None] | None, expected: bytes
) -> None:
    with faulty({PLACE: ranged(DATA)}) as server:
        at(server.url)
        assert b"".join(read.stream(REPO, span)) == expected
    (tmp_path / "f").write_bytes(DATA)
    assert b"".join(read.from_file(tmp_path / "f", span)) == expected


@pytest.mark.parametrize(("span", "expected"), SPANS[:6])
def test_a_broken_link_goes_on_where_it_was(at: At, span: tuple[int, int | None] | None, expected: bytes) -> None:
    with faulty({PLACE: ranged(DATA, cuts=[0, 5, 300_000, 0, 2, 1, 0])}) as server:
        at(server.url)
        assert b"".join(read.stream(REPO, span)) == expected
        assert len(server.asked) > 2


def test_a_link_that_gives_nothing_is_given_up(at: At) -> None:
    with faulty({PLACE: ranged(DATA, cuts=[100] + [0] * 9)}) as server:
        at(server.url)
        stream = read.stream(REPO)
        assert next(stream) == DATA[:100]
        with pytest.raises(NetworkError, match=r"connection to 127\.0\.0\.1"):
            next(stream)
        assert len(server.asked) == 4


def test_a_file_that_changes_meanwhile(at: At) -> None:
    first, then = ranged(DATA, '"one"', cuts=[1000]), ranged(DATA, '"two"')
    turns = iter([first, then])
    with faulty({PLACE: lambda asked: next(turns)(asked)}) as server:
        at(server.url)
        with pytest.raises(HftermError, match="was changed while it was read"):
            list(read.stream(REPO))


def test_a_server_that_knows_no_ranges(at: At) -> None:
    with faulty({PLACE: Reply(200, DATA)}) as server:
        at(server.url)
        assert b"".join(read.stream(REPO, (5, 9))) == DATA[5:10]
        assert b"".join(read.stream(REPO, (600_000, None))) == DATA[600_000:]
        assert b"".join(read.stream(REPO, (-5, None))) == DATA[-5:]
    for reply in (Reply(200, DATA, {"Accept-Ranges": "none"}), Reply(200, b"", {"Content-Encoding": "gzip"})):
        with faulty({PLACE: reply}) as server:
            at(server.url)
            with pytest.raises(UsageError, match="the server knows no ranges"):
                list(read.stream(REPO, (-5, None)))


def test_a_server_that_counts_from_the_front_only(at: At) -> None:
    whole = ranged(DATA)
    with faulty(
        {PLACE: lambda asked: Reply(200, DATA) if asked.headers["range"][6] == "-" else whole(asked)}
    ) as server:
        at(server.url)
        assert b"".join(read.stream(REPO, (-5, None))) == DATA[-5:]
        assert [asked.headers["range"] for asked in server.asked] == ["bytes=-5", "bytes=699995-699999"]


@pytest.mark.parametrize(
    "told", ["", "bytes 0-9/700000", "bytes 6-5/7", "bytes 5-1000/700000", "bytes */7", "lines 5-9/10"]
)
def test_a_server_that_sends_another_range(at: At, told: str) -> None:
    with faulty({PLACE: Reply(206, DATA[:10], {"Content-Range": told})}) as server:
        at(server.url)
        with pytest.raises(NetworkError, match="another range"):
            list(read.stream(REPO, (5, 9)))


def test_less_than_the_range_says(at: At) -> None:
    def three(asked: Asked) -> Reply:
        first, _, last = asked.headers["range"].removeprefix("bytes=").partition("-")
        told = {"Content-Range": f"bytes {first}-{last}/700000", "ETag": "e"}
        return Reply(206, DATA[int(first) : min(int(first) + 3, int(last) + 1)], told)

    with faulty({PLACE: three}) as server:
        at(server.url)
        assert b"".join(read.stream(REPO, (0, 9))) == DATA[:10]
        assert [asked.headers["range"] for asked in server.asked] == [
            "bytes=0-9",
            "bytes=3-9",
            "bytes=6-9",
            "bytes=9-9",
        ]


def test_bytes_from_elsewhere_come_without_the_token(at: At) -> None:
    with faulty({"/cdn": ranged(DATA)}) as cdn:
        elsewhere = cdn.url.replace("127.0.0.1", "localhost") + "/cdn"
        with faulty({PLACE: Reply(302, headers={"Location": elsewhere, "X-Linked-ETag": '"e"'})}) as server:
            at(server.url)
            assert b"".join(read.stream(REPO, (0, 99))) == DATA[:100]
            assert server.tokens() == {"Bearer hf_" + "s3cret" * 6}
        assert cdn.tokens() == {None} and cdn.asked[0].headers["range"] == "bytes=0-99"


def test_shown_on_a_terminal() -> None:
    text = "ü\x1b[2J\r\n".encode()
    assert "".join(read.shown(text[n : n + 1] for n in range(len(text)))) == "ü\\x1b[2J\n"
    assert "".join(read.shown([b"a\xff\xc3"])) == "a\ufffd\ufffd"
    with pytest.raises(UsageError, match="no text"):
        list(read.shown([b"a\0"]))
