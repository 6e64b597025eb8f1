"""Names of branches and commits, and what a refusal means."""

import pytest

from hfterm.errors import AccessError, HftermError, NetworkError, NotFoundError, UsageError
from hfterm.hub.client import Repo, asking
from hfterm.hub.patterns import chosen
from hfterm.hub.writes import check_parent, check_ref


@pytest.mark.parametrize("name", ["v1", "a/b", "x.y", "fix-1_2", "ünï"])
def test_names_that_git_takes(name: str) -> None:
    assert check_ref(name, "branch") == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a b",
        "a..b",
        "a~1",
        "-a",
        "/a",
        "a/",
        "a//b",
        ".a",
        "a/.b",
        "a.lock",
        "refs/pr/5",
        "a@{b",
        "@",
        "a\x1b",
        "a*",
        "a.",
    ],
)
def test_names_that_it_does_not(name: str) -> None:
    with pytest.raises(UsageError):
        check_ref(name, "branch")


def test_parents() -> None:
    assert check_parent(None) is None and check_parent("a" * 40) == "a" * 40
    with pytest.raises(UsageError):
        check_parent("abc")


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        (404, NotFoundError, "knows no such thing"), (409, HftermError, "already"), (412, HftermError, "changed meanwhile"),
        (403, AccessError, "does not permit"), (401, AccessError, "valid token"), (429, NetworkError, "in 7 s"),
        (503, NetworkError, "503"), (413, HftermError, "refused"),
    ],
)  # fmt: skip
def test_statuses(status: int, error: type[HftermError], said: str) -> None:
    import httpx2
    from huggingface_hub.errors import HfHubHTTPError

    answer = httpx2.Response(status, headers={"retry-after": "7"}, request=httpx2.Request("GET", "http://hub.test"))
    with pytest.raises(HftermError, match=said) as caught, asking(Repo("a/b")):
        raise HfHubHTTPError("no", response=answer)
    assert type(caught.value) is error


def test_patterns() -> None:
    assert chosen("a/b.txt", (), ()) and chosen("a/b.txt", ("*.txt",), ()) and chosen("a/b.txt", ("a/",), ())
    assert not chosen("a/b.txt", ("b.txt",), ()) and not chosen("a/b.txt", (), ("a/*",))
