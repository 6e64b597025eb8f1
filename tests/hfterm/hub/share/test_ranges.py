import pytest

from hfterm.hub.share.ranges import unchanged, wanted
from hfterm.hub.share.refusal import Refusal


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", None),
        ("bytes=0-", (0, 10)),
        ("bytes=3-5", (3, 6)),
        ("bytes=3-99", (3, 10)),
        ("bytes=-4", (6, 10)),
        ("bytes=-99", (0, 10)),
        ("Bytes = 9-9", (9, 10)),
        ("bytes=0-1,3-4", None),
        ("bytes=5-3", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("pages=1-2", None),
    ],
)
def test_a_range(header: str, found: tuple[int, int] | None) -> None:
    assert wanted({"range": header}, 10, "etag") == found


@pytest.mark.parametrize(
    "header", ["bytes=10-", "bytes=11-12", "bytes=-0", f"bytes={'9' * 40}-", f"bytes={'9' * 9000}-"]
)
def test_a_range_outside(header: str) -> None:
    with pytest.raises(Refusal) as caught:
        wanted({"range": header}, 10, "etag")
    assert caught.value.status == 416 and caught.value.headers["Content-Range"] == "bytes */10"


def test_of_an_empty_file() -> None:
    with pytest.raises(Refusal):
        wanted({"range": "bytes=0-"}, 0, "etag")


def test_only_of_the_same_content() -> None:
    assert wanted({"range": "bytes=1-", "if-range": '"etag"'}, 10, "etag") == (1, 10)
    assert wanted({"range": "bytes=1-", "if-range": '"other"'}, 10, "etag") is None


def test_what_the_client_has() -> None:
    assert unchanged({"if-none-match": '"x", W/"etag"'}, "etag") and unchanged({"if-none-match": "*"}, "etag")
    assert not unchanged({"if-none-match": '"other"'}, "etag") and not unchanged({}, "etag")
