"""The protocol as bare HTTP, right and wrong."""

import base64
import hashlib
import http.client
import re
import socket
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.hub import READER, TOKEN, Hub


def connection(hub: Hub) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(hub.url.removeprefix("http://"), timeout=30)


def raw(hub: Hub, request: bytes) -> bytes:
    """Everything that a server says to these bytes, until it closes."""
    host, port = hub.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as sock:
        sock.sendall(request)
        return b"".join(iter(lambda: sock.recv(65536), b""))


# --- what is not there ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/models/no/such", 404, "RepoNotFound"),
        ("GET", "/api/models/nosuch", 404, "RepoNotFound"),
        ("GET", "/api/datasets/{id}", 404, "RepoNotFound"),
        ("GET", "/api/models/{id}/revision/nope", 404, "RevisionNotFound"),
        ("GET", "/api/models/{id}/revision/" + "0" * 40, 404, "RevisionNotFound"),
        ("GET", "/api/models/{id}/revision/main%2f..%2fmain", 404, "RevisionNotFound"),
        ("GET", "/api/models/{id}/tree/main/nope", 404, "EntryNotFound"),
        ("GET", "/api/models/{id}/tree/main/a.txt", 404, "EntryNotFound"),
        ("GET", "/{id}/resolve/main/nope", 404, "EntryNotFound"),
        ("HEAD", "/{id}/resolve/main/nope", 404, "EntryNotFound"),
        ("GET", "/{id}/resolve/main/sub", 404, "EntryNotFound"),
        ("GET", "/{id}/resolve/main/sub/../a.txt", 404, "EntryNotFound"),
        ("GET", "/{id}/resolve/main/%2e%2e/%2e%2e/repo.json", 404, "EntryNotFound"),
        ("GET", "/{id}/resolve/main/a.txt%00", 404, "EntryNotFound"),
        ("GET", "/{id}/resolve/main/%ff", 404, "EntryNotFound"),
        ("GET", "/{id}/resolve/nope/a.txt", 404, "RevisionNotFound"),
        ("GET", "/{id}/resolve/..%2f..%2frefs/a.txt", 404, "RevisionNotFound"),
        ("GET", "/api/models/..%2f..%2fetc/passwd", 400, None),
        ("GET", "/api/models/a%00b", 400, None),
        ("GET", "/api/models/%ff", 400, None),
        ("GET", "/api/models/{id}/nonsense", 404, "RouteNotFound"),
        ("GET", "/api/nonsense", 404, "RouteNotFound"),
        ("GET", "/nonsense", 404, "RouteNotFound"),
        ("PATCH", "/api/models/{id}", 404, "RouteNotFound"),
        ("OPTIONS", "/api/models", 404, "RouteNotFound"),
        ("GET", "/api/models/{id}/tree/main?limit=0", 400, None),
        ("GET", "/api/models?sort=nonsense", 400, None),
        ("DELETE", "/api/models/{id}/tag/nope", 404, "RevisionNotFound"),
        ("DELETE", "/api/models/{id}/branch/nope", 404, "RevisionNotFound"),
        ("DELETE", "/api/models/{id}/branch/main", 403, None),
    ],
)
def test_no(small: str, hub: Hub, method: str, path: str, status: int, code: str | None) -> None:
    answer = hub.request(method, path.format(id=small))
    assert (answer.status, answer.headers["X-Error-Code"]) == (status, code)
    assert answer.headers["X-Error-Message"]
    if method != "HEAD":
        assert answer.json()["error"]
    if code == "EntryNotFound":
        assert re.fullmatch("[0-9a-f]{40}", answer.headers["X-Repo-Commit"])


@pytest.fixture(scope="module")
def small(hub: Hub) -> str:
    return hub.seed({"a.txt": "text\n", "sub/b.json": "{}", "empty": b"", "w.bin": b"\0" * 10}, large=("w.bin",)).id


def test_the_front_page(hub: Hub) -> None:
    answer = hub.request("GET", "/", token=None)
    assert answer.status == 200 and b"HF_ENDPOINT" in answer.body


# --- who may ----------------------------------------------------------------------------------


def test_tokens(hub: Hub, small: str) -> None:
    none = hub.request("GET", f"/api/models/{small}", token=None)
    wrong = hub.request("GET", f"/api/models/{small}", token="hf_wrong" * 4)
    assert (none.status, wrong.status) == (401, 401)
    assert wrong.headers["X-Error-Message"] == "Invalid credentials in Authorization header"
    who = hub.request("GET", "/api/whoami-v2").json()
    assert (who["name"], who["auth"]["accessToken"]["role"]) == ("tester", "write")
    assert hub.request("GET", "/api/whoami-v2", token=READER).json()["auth"]["accessToken"]["role"] == "read"
    assert hub.request("GET", f"/{small}/resolve/main/a.txt", token=READER).body == b"text\n"
    refused = hub.request("POST", f"/api/models/{small}/commit/main", b"{}", token=READER)
    assert refused.status == 403 and "may only read" in refused.headers["X-Error-Message"]
    basic = base64.b64encode(f"anybody:{TOKEN}".encode()).decode()
    assert hub.request("GET", "/api/whoami-v2", headers={"Authorization": f"Basic {basic}"}, token=None).status == 200
    odd = {"Authorization": "Basic !!"}
    assert hub.request("GET", "/api/whoami-v2", headers=odd, token=None).status == 401
    assert TOKEN not in "\n".join(hub.log) and READER not in "\n".join(hub.log)


def test_pages_of_other_sites_may_not_write(hub: Hub, small: str) -> None:
    body = {"visibility": "private"}
    path = f"/api/models/{small}/settings"
    for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert hub.request("PUT", path, body, headers).status == 403
    assert hub.request("PUT", path, body, {"Origin": hub.url}).status == 200


# --- files ------------------------------------------------------------------------------------


def test_a_file_and_its_parts(hub: Hub, small: str) -> None:
    path = f"/{small}/resolve/main/a.txt"
    whole = hub.request("GET", path)
    head = hub.request("HEAD", path)
    assert (whole.status, whole.body) == (200, b"text\n")
    assert head.headers["Content-Length"] == "5" and head.body == b""
    for name in ("ETag", "X-Repo-Commit", "Content-Length", "Accept-Ranges"):
        assert whole.headers[name] == head.headers[name] != None  # noqa: E711
    etag = whole.headers["ETag"]
    assert etag.strip('"') == hashlib.sha1(b"blob 5\0text\n").hexdigest()
    part = hub.request("GET", path, headers={"Range": "bytes=1-2"})
    assert (part.status, part.body, part.headers["Content-Range"]) == (206, b"ex", "bytes 1-2/5")
    assert hub.request("HEAD", path, headers={"Range": "bytes=1-2"}).headers["Content-Length"] == "2"
    assert hub.request("GET", path, headers={"Range": "bytes=-2"}).body == b"t\n"
    assert hub.request("GET", path, headers={"Range": "bytes=1-2", "If-Range": '"other"'}).body == b"text\n"
    outside = hub.request("GET", path, headers={"Range": "bytes=5-"})
    assert (outside.status, outside.headers["Content-Range"]) == (416, "bytes */5")
    same = hub.request("GET", path, headers={"If-None-Match": etag})
    assert (same.status, same.body, same.headers["ETag"]) == (304, b"", etag)
    by_commit = f"/{small}/resolve/{whole.headers['X-Repo-Commit']}/a.txt"
    assert hub.request("GET", by_commit).body == b"text\n"
    assert hub.request("GET", f"/{small}/resolve/{whole.headers['X-Repo-Commit'][:8]}/a.txt").body == b"text\n"


def test_large_and_empty_files(hub: Hub, small: str) -> None:
    large = hub.request("HEAD", f"/{small}/resolve/main/w.bin")
    sha256 = hashlib.sha256(b"\0" * 10).hexdigest()
    assert large.headers["ETag"] == large.headers["X-Linked-ETag"] == f'"{sha256}"'
    assert large.headers["X-Linked-Size"] == "10"
    assert large.headers["X-Xet-Hash"] is None  # it did not come by Xet
    empty = hub.request("HEAD", f"/{small}/resolve/main/empty")
    assert (empty.status, empty.headers["Content-Length"]) == (200, "0")
    assert hub.request("GET", f"/{small}/resolve/main/empty").body == b""


def test_nothing_that_is_served_runs_in_a_browser(hub: Hub) -> None:
    repo = hub.seed({"page.html": "<script>alert(1)</script>", "x.svg": "<svg/>"})
    for name in ("page.html", "x.svg"):
        headers = hub.request("GET", f"/{repo.id}/resolve/main/{name}").headers
        assert headers["Content-Type"] == "application/octet-stream" and headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in headers["Content-Security-Policy"]


def test_odd_names(hub: Hub) -> None:
    files = {"new\nline.txt": "1", "\x1b[31mred": "2", "sp ace/ü #?%.txt": "3", "a\\..\\b": "4", '"quoted"': "5"}
    repo = hub.seed(files)
    rows = hub.request("GET", f"/api/models/{repo.id}/tree/main?recursive=true").json()
    assert {r["path"] for r in rows if r["type"] == "file"} == {*files, ".gitattributes"}
    for path, content in files.items():
        got = hub.request("GET", f"/{repo.id}/resolve/main/{quote(path)}")
        assert (got.status, got.body.decode()) == (200, content)
    inside = hub.request("GET", f"/api/models/{repo.id}/tree/main/{quote('sp ace', safe='')}").json()
    assert [r["path"] for r in inside] == ["sp ace/ü #?%.txt"]


def test_behind_a_proxy_with_tls(hub: Hub, small: str) -> None:
    """Addresses in answers are those that clients can reach."""
    headers = {"X-Forwarded-Proto": "https", "Host": "hub.example"}
    asked = {"operation": "upload", "objects": [{"oid": "0" * 64, "size": 1}]}
    row = hub.request("POST", f"/{small}.git/info/lfs/objects/batch", asked, headers).json()["objects"][0]
    assert row["actions"]["upload"]["href"].startswith("https://hub.example/_upload/")
    token = hub.request("GET", f"/api/models/{small}/xet-read-token/main", headers=headers).json()
    assert token["casUrl"].startswith("https://hub.example/_xet/")


# --- pages ------------------------------------------------------------------------------------


def follow(hub: Hub, path: str) -> list[list[Any]]:
    pages = []
    while path:
        answer = hub.request("GET", path)
        assert answer.status == 200, answer.body
        pages.append(answer.json())
        found = re.fullmatch(r'<(.+)>; rel="next"', answer.headers["Link"] or "")
        path = found[1] if found else ""
    return pages


def test_a_listing_keeps_to_the_commit_it_began_with(hub: Hub) -> None:
    repo = hub.seed({f"d{n % 3}/{n:02}.txt": str(n) for n in range(20)})
    path = f"/api/models/{repo.id}/tree/main?recursive=true&limit=7"
    first = hub.request("GET", path)
    hub.commit(repo.id, {"d0/late.txt": "x"}, delete=("d1/01.txt",))
    following = re.fullmatch(r'<(.+)>; rel="next"', first.headers["Link"])
    assert following
    paths = [r["path"] for page in [first.json(), *follow(hub, following[1])] for r in page]
    assert len(paths) == len(set(paths)) == 24 and "d0/late.txt" not in paths and "d1/01.txt" in paths
    assert [len(page) for page in follow(hub, path)] == [7, 7, 7, 3]


def test_history_and_its_pages(hub: Hub) -> None:
    repo = hub.seed({"a": "1"})
    for n in range(4):
        hub.commit(repo.id, {"b": str(n)}, title=f"Commit {n}")
    path = f"/api/models/{repo.id}/commits/main"
    titles = ["Commit 3", "Commit 2", "Commit 1", "Commit 0", "Seed", "initial commit"]
    assert [c["title"] for page in follow(hub, f"{path}?limit=4") for c in page] == titles
    assert hub.request("GET", path).json()[0]["authors"] == [{"user": "tester", "avatar": ""}]
    rows = hub.request("GET", f"/api/models/{repo.id}/tree/main?expand=true").json()
    assert {r["path"]: r["lastCommit"]["title"] for r in rows} == {
        ".gitattributes": "initial commit",
        "a": "Seed",
        "b": "Commit 3",
    }


def test_search(hub: Hub) -> None:
    card = "---\nlicense: mit\ntags: [rare-{n}]\npipeline_tag: text-generation\n---\n"
    ids = [f"finders/needle-{n}" for n in range(3)]
    for n, repo_id in enumerate(ids):
        hub.seed({"README.md": card.format(n=n)}, repo_id)
    hub.seed({"README.md": "---\nlicense: mit\n---\n"}, "finders/needle-data", kind="dataset")

    def found(query: str, kind: str = "models") -> list[str]:
        return [row["id"] for row in hub.request("GET", f"/api/{kind}?{query}").json()]

    assert found("search=NEEDLE") == ids and found("author=finders") == ids
    assert found("search=needle&filter=rare-1") == ids[1:2]
    assert found("search=needle&filter=license:mit,rare-2") == ids[2:]
    assert found("search=needle&filter=license:mit&filter=rare-0") == ids[:1]
    assert found("search=needle&pipeline_tag=text-generation&sort=createdAt") == ids[::-1]
    assert found("search=needle&sort=lastModified&direction=1")[0] == ids[0]
    assert found("search=haystack") == [] and found("search=needle", "datasets") == ["finders/needle-data"]
    assert [len(page) for page in follow(hub, "/api/models?search=needle&limit=2")] == [2, 1]
    row = hub.request("GET", "/api/models?search=needle&full=true&limit=1").json()[0]
    assert [s["rfilename"] for s in row["siblings"]] == [".gitattributes", "README.md"]
    assert row["cardData"]["license"] == "mit" and row["pipeline_tag"] == "text-generation"
    small = hub.request("GET", f"/api/models/{ids[0]}?expand=tags&expand[]=sha").json()
    assert set(small) == {"id", "_id", "tags", "sha"}


# --- bodies -----------------------------------------------------------------------------------


def test_a_refused_body_is_read_to_its_end(hub: Hub) -> None:
    """Else the next request on the connection would be taken from the middle of it."""
    link = connection(hub)
    body = b"x" * (20 * 2**20)
    for path, status in (("/api/nonsense", 404), ("/api/models/no/such/commit/main", 404), ("/api/repos/create", 413)):
        link.request("POST", path, body, {"Authorization": f"Bearer {TOKEN}"})
        answer = link.getresponse()
        assert answer.status == status
        answer.read()
        assert answer.getheader("Connection") != "close"
    link.request("GET", "/api/whoami-v2", headers={"Authorization": f"Bearer {TOKEN}"})
    assert link.getresponse().status == 200
    link.close()


def test_who_asks_before_sending_is_told_at_once(hub: Hub) -> None:
    head = b"POST /api/nonsense HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n"
    said = raw(hub, head)
    assert said.startswith(b"HTTP/1.1 404") and b"onnection: close" in said


@pytest.mark.parametrize(
    "request_",
    [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", b"GET " + b"/" * 70_000 + b" HTTP/1.1\r\n\r\n"],
)  # fmt: skip
def test_no_http(hub: Hub, request_: bytes) -> None:
    assert raw(hub, request_).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("body", [b"[]", b"{", b'"x"', b"\xff", b"[" * 100_000, b'{"name": 1, "type": []}'])
def test_no_json(hub: Hub, body: bytes) -> None:
    assert hub.request("POST", "/api/repos/create", body).status == 400


anything = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.sampled_from(["", "main", "..", "a" * 40])
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=4,
)
FIELDS = ["name", "organization", "type", "visibility", "private", "sdk", "fromRepo", "toRepo", "gated", "files", "objects", "gitIgnore", "operation", "startingPoint", "tag", "message", "content", "paths", "oid", "size"]  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(
        [
            ("POST", "/api/repos/create"), ("DELETE", "/api/repos/delete"), ("POST", "/api/repos/move"),
            ("POST", "/api/validate-yaml"), ("PUT", "/api/models/{id}/settings"), ("POST", "/api/models/{id}/preupload/main"),
            ("POST", "/{id}.git/info/lfs/objects/batch"), ("POST", "/{id}.git/info/lfs/objects/verify"),
            ("POST", "/api/models/{id}/branch/b"), ("POST", "/api/models/{id}/tag/main"),
            ("POST", "/api/models/{id}/super-squash/main"), ("POST", "/api/models/{id}/paths-info/main"),
        ]
    ),
    st.dictionaries(st.sampled_from(FIELDS), anything, max_size=6),
)  # fmt: skip
def test_no_body_makes_the_server_fail(hub: Hub, small: str, route: tuple[str, str], body: dict[str, Any]) -> None:
    method, path = route
    assert hub.request(method, path.format(id=small), body).status < 500


def test_many_paths_at_once(hub: Hub, small: str) -> None:
    path = f"/api/models/{small}/paths-info/main"
    form = "&".join(f"paths=none{n}" for n in range(5000)) + "&paths=sub&paths=a.txt&paths=..%2Fx&paths=&expand=False"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    rows = hub.request("POST", path, form.encode(), headers).json()
    assert [(r["type"], r["path"]) for r in rows] == [("directory", "sub"), ("file", "a.txt")]
    assert [r["path"] for r in hub.request("POST", path, {"paths": ["a.txt"]}).json()] == ["a.txt"]


def test_a_slow_client_keeps_nobody_waiting(hub: Hub, small: str) -> None:
    host, port = hub.url.removeprefix("http://").split(":")
    auth = f"Authorization: Bearer {TOKEN}\r\n".encode()
    half = b"POST /api/models/%s/commit/main HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n%s\r\n{" % (
        small.encode(), auth,
    )  # fmt: skip
    slow = [socket.create_connection((host, int(port))) for _ in range(60)]  # more than there are threads
    try:
        for sock in slow:
            sock.sendall(half)
        hub.commit(small, {"quick.txt": "x"})
        assert hub.request("GET", f"/{small}/resolve/main/quick.txt").body == b"x"
    finally:
        for sock in slow:
            sock.close()
