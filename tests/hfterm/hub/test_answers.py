"""Servers that fail, lie, or send us elsewhere."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hfterm.errors import AccessError, HftermError, NetworkError, NotFoundError
from hfterm.hub import answers
from hfterm.hub.client import Repo
from hfterm.hub.info import info
from hfterm.hub.search import search
from hfterm.hub.tree import ls
from support.faulty import Faulty, Reply, Route, faulty, file_row

At = Callable[[str], None]
REPO = Repo("org/name")
TREE, INFO, LIST = "/api/models/org/name/tree/main", "/api/models/org/name/revision/main", "/api/models"
ROW = {"id": "a/b", "likes": 1}


def paths(server: Faulty) -> list[str]:
    return [asked.path for asked in server.asked]


@pytest.fixture
def served(at: At) -> Iterator[Callable[[dict[str, Route]], Faulty]]:
    import contextlib

    with contextlib.ExitStack() as stack:

        def start(routes: dict[str, Route]) -> Faulty:
            server = stack.enter_context(faulty(routes))
            at(server.url)
            return server

        yield start


Serve = Callable[[dict[str, Route]], Faulty]


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 429])
def test_what_passes_is_asked_again(served: Serve, status: int) -> None:
    server = served({LIST: [Reply(status), Reply(status, headers={"Retry-After": "0"}), Reply(json=[ROW])]})
    assert [row["id"] for row in search("x")] == ["a/b"]
    assert paths(server) == [LIST] * 3


@pytest.mark.parametrize(
    ("reply", "error", "code", "said", "count"),
    [
        (Reply(500), NetworkError, 9, "the Hub answered 500", 4),
        (Reply(429, headers={"Retry-After": "3600"}), NetworkError, 9, "try again in 3600 s", 1),
        (Reply(429), NetworkError, 9, "slow down (429)", 4),
        (Reply(401), AccessError, 4, "hfterm hub login", 1),
        (Reply(401, headers={"X-Error-Message": "Invalid credentials in Authorization header"}), AccessError, 4, "hfterm hub login", 1),
        (Reply(403), AccessError, 4, "the token does not permit it", 1),
        (Reply(403, headers={"X-Error-Code": "GatedRepo"}), AccessError, 4, "org/name is gated", 1),
        (Reply(404), NotFoundError, 3, "", 1),
        (Reply(404, headers={"X-Error-Code": "RepoNotFound"}), NotFoundError, 3, "no model 'org/name' on the Hub", 1),
        (Reply(404, headers={"X-Error-Code": "RevisionNotFound"}), NotFoundError, 3, "has no revision", 1),
        (Reply(400, b'{"error": "x\\u001b[31m"}'), HftermError, 1, "the Hub refused it (400)", 1),
        (Reply(200, b"<html>Log in to the hotel"), NetworkError, 9, "is no Hub: it answered with text/html that is no JSON", 1),
        (Reply(json=[1]), NetworkError, 9, "is no Hub: it answered with no object", 1),
        (Reply(json={}), NetworkError, 9, "lacks what is needed", 1),
        (Reply(json={"id": "x", "siblings": [3]}), NetworkError, 9, "lacks what is needed", 1),
        (Reply(json={"id": "x", "cardData": "?"}), NetworkError, 9, "lacks what is needed", 1),
        (Reply(200, b"[" * 200_000), NetworkError, 9, "no Hub", 1),
        (Reply(200, b"{}", cut=1), NetworkError, 9, "connection to 127.0.0.1", 4),
        (Reply(302, headers={"Location": INFO}), NetworkError, 9, "connection to 127.0.0.1", None),
        (Reply(302, headers={"Location": "ftp://x/"}), NetworkError, 9, "connection to", 1),
    ],
)  # fmt: skip
def test_what_fails_is_one_clear_error(
    served: Serve, reply: Reply, error: type[HftermError], code: int, said: str, count: int | None
) -> None:
    server = served({INFO: reply, LIST: Reply(json=[])})
    with pytest.raises(error) as caught:
        info(REPO)
    text = str(caught.value)
    assert caught.value.exit_code == code and said in text and "\n" not in text and "s3cret" not in text
    if count is not None:
        assert paths(server).count(INFO) == count


@pytest.mark.parametrize("rows", [{}, [3], ["x"], [{"type": "file"}], [{"type": "file", "path": "a", "size": "?"}], [{"path": "a"}], [{**file_row("a"), "lfs": 7}]])  # fmt: skip
def test_listings_of_the_wrong_kind(served: Serve, rows: Any) -> None:
    served({TREE: Reply(json=rows)})
    with pytest.raises(NetworkError, match="is no Hub"):
        list(ls(REPO))


def test_nobody_is_there(at: At) -> None:
    with faulty({}) as server:
        at(server.url)
    with pytest.raises(NetworkError, match=r"connection to 127\.0\.0\.1:\d+ failed"):
        list(ls(REPO))


def next_page(url: str) -> dict[str, str]:
    return {"Link": f'<{url}>; rel="next"'}


def test_pages_are_followed_when_their_rows_are_wanted(served: Serve) -> None:
    server = served({
        TREE: lambda asked: Reply(json=[file_row("a")], headers=next_page(f"{TREE}/2")),
        f"{TREE}/2": lambda asked: Reply(json=[file_row("b")], headers=next_page(f"{server.url}{TREE}/3")),
        f"{TREE}/3": Reply(json=[file_row("c")]),
    })  # fmt: skip
    rows = ls(REPO)
    assert next(rows)["path"] == "a" and paths(server) == [TREE]
    assert [row["path"] for row in rows] == ["b", "c"] and len(server.asked) == 3


def test_pages_in_a_circle(served: Serve) -> None:
    served({TREE: lambda asked: Reply(json=[file_row("a")], headers=next_page(f"{TREE}?p=1"))})
    with pytest.raises(NetworkError, match="in a circle"):
        list(ls(REPO))


def test_the_token_goes_to_no_other_host(served: Serve) -> None:
    with faulty({"/x": Reply(json=[file_row("a")]), "/api": Reply(json={"id": "org/name"})}) as other:
        elsewhere = other.url.replace("127.0.0.1", "localhost")
        server = served({
            TREE: Reply(json=[file_row("a")], headers=next_page(f"{elsewhere}/x")),
            INFO: Reply(302, headers={"Location": f"{elsewhere}/api"}),
        })  # fmt: skip
        with pytest.raises(NetworkError, match="its next page would be at localhost"):
            list(ls(REPO))
        assert other.asked == []
        # A redirect is followed (to where the bytes are), but without the token.
        assert info(REPO)["id"] == "org/name"
        assert other.tokens() == {None} and server.tokens() == {"Bearer hf_" + "s3cret" * 6}


def test_an_answer_without_end(served: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MOST_BYTES", 1 << 20)
    served({TREE: Reply(200, b" " * (3 << 20))})
    with pytest.raises(NetworkError, match="more than 1 MiB"):
        list(ls(REPO))


def test_a_file_where_a_folder_was_asked_for(served: Serve) -> None:
    missing = Reply(404, headers={"X-Error-Code": "EntryNotFound"})
    served({f"{TREE}/a": missing, "/api/models/org/name/paths-info/main": Reply(json=[file_row("a", 7)])})
    assert [(row["path"], row["size"]) for row in ls(REPO._replace(path="a"))] == [("a", 7)]


def test_what_a_search_asks(served: Serve) -> None:
    server = served({LIST: Reply(json=[ROW] * 5), "/api/datasets": Reply(json=[]), "/api/spaces": Reply(json=[])})
    found = list(search("q", author="me", filters=["gguf", "en"], task="text-generation", parameters="max:1B", gated=False, sort="last_modified", limit=3))  # fmt: skip
    assert len(found) == 3
    query = server.asked[0].query
    assert {n: query[n] for n in ("search", "author", "filter", "pipeline_tag", "num_parameters", "gated", "sort", "limit")} == {
        "search": ["q"], "author": ["me"], "filter": ["gguf", "en"], "pipeline_tag": ["text-generation"],
        "num_parameters": ["max:1B"], "gated": ["false"], "sort": ["lastModified"], "limit": ["3"],
    }  # fmt: skip
    assert list(search("q", repo_type="dataset", task="summarization")) == []
    assert server.asked[1].query["filter"] == ["task_categories:summarization"]
    assert list(search(repo_type="space", sort="likes")) == [] and server.asked[2].query["sort"] == ["likes"]
