"""Commits and large uploads as bare HTTP: what is refused leaves everything as it was."""

import hashlib
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from support.hub import Hub


@pytest.fixture(scope="module")
def small(hub: Hub) -> str:
    return hub.seed({"a.txt": "text\n"}).id


# --- commits ----------------------------------------------------------------------------------


def send(hub: Hub, repo_id: str, *rows: Any, revision: str = "main", query: str = "") -> Any:
    lines = b"".join((r if isinstance(r, bytes) else json.dumps(r).encode()) + b"\n" for r in rows)
    return hub.request("POST", f"/api/models/{repo_id}/commit/{revision}{query}", lines)


HEADER = {"key": "header", "value": {"summary": "s"}}


def put(path: str, text: str = "x") -> dict[str, Any]:
    return {"key": "file", "value": {"path": path, "content": text, "encoding": "utf-8"}}


@pytest.mark.parametrize(
    "row",
    [
        b"nonsense",
        {"key": "nonsense", "value": {"path": "a"}},
        {"key": "file"},
        put("../x"),
        put("/etc/passwd"),
        put(".git/config"),
        put("a\0b"),
        put("\ud800"),
        {"key": "file", "value": {"path": "a", "content": "%%%", "encoding": "base64"}},
        {"key": "file", "value": {"path": "a", "content": 7}},
        {"key": "lfsFile", "value": {"path": "a", "oid": "0" * 64, "size": 1}},
        {"key": "lfsFile", "value": {"path": "a", "oid": "../../x", "size": 1}},
    ],
)
def test_a_bad_line_changes_nothing(hub: Hub, small: str, row: Any) -> None:
    before = hub.request("GET", f"/api/models/{small}").json()["sha"]
    assert send(hub, small, HEADER, put("fine.txt"), row).status == 400
    assert hub.request("GET", f"/api/models/{small}").json()["sha"] == before


def test_what_a_commit_refuses(hub: Hub) -> None:
    repo = hub.seed({"a": "1"})
    assert send(hub, repo.id, put("a")).status == 400  # no summary
    assert send(hub, repo.id, HEADER, put("a"), revision="nope").status == 404
    assert send(hub, repo.id, HEADER, put("a"), revision=repo.sha).status == 400
    assert send(hub, repo.id, HEADER, {"key": "deletedFile", "value": {"path": "nope"}}).status == 404
    assert (
        send(hub, repo.id, {"key": "header", "value": {"summary": "s", "parentCommit": repo.sha}}, put("a")).status
        == 200
    )
    stale = send(hub, repo.id, {"key": "header", "value": {"summary": "s", "parentCommit": repo.sha}}, put("a"))
    assert stale.status == 412 and "A commit has happened since" in stale.headers["X-Error-Message"]


def test_steps_are_taken_in_their_order(hub: Hub) -> None:
    repo = hub.seed({"d/a": "1", "d/b": "2", "e": "3"})
    done = send(
        hub, repo.id, HEADER, put("d/c"), {"key": "deletedFolder", "value": {"path": "d"}}, put("d/d"),
        {"key": "deletedFile", "value": {"path": "e"}}, put("e/f"), put("e/f", "last"),
    )  # fmt: skip
    assert done.status == 200
    rows = hub.request("GET", f"/api/models/{repo.id}/tree/main?recursive=1").json()
    assert [r["path"] for r in rows if r["type"] == "file"] == [".gitattributes", "d/d", "e/f"]
    assert hub.request("GET", f"/{repo.id}/resolve/main/e/f").body == b"last"
    assert hub.request("GET", f"/{repo.id}/resolve/{repo.sha}/d/a").body == b"1"  # history stays


def test_commits_at_the_same_time_are_all_kept(hub: Hub) -> None:
    repo = hub.seed()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: send(hub, repo.id, HEADER, put(f"f{n}.txt", str(n))), range(24)))
    assert {a.status for a in answers} == {200}
    rows = hub.request("GET", f"/api/models/{repo.id}/tree/main").json()
    assert {r["path"] for r in rows} == {".gitattributes", *(f"f{n}.txt" for n in range(24))}
    assert len(hub.request("GET", f"/api/models/{repo.id}/commits/main").json()) == 26


def test_one_name_is_taken_once(hub: Hub) -> None:
    name = {"name": "taken", "organization": "team", "type": "model"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: hub.request("POST", "/api/repos/create", name), range(8)))
    assert sorted(a.status for a in answers) == [200, *[409] * 7]
    assert {a.json()["url"] for a in answers} == {f"{hub.url}/team/taken"}


# --- large files ------------------------------------------------------------------------------


def test_large_uploads(hub: Hub, small: str) -> None:
    data = b"content" * 1000
    oid = hashlib.sha256(data).hexdigest()
    batch = f"/{small}.git/info/lfs/objects/batch"
    ask = {"operation": "upload", "objects": [{"oid": oid, "size": len(data)}]}
    actions = hub.request("POST", batch, ask).json()["objects"][0]["actions"]
    href, verify = actions["upload"]["href"], actions["verify"]["href"]
    one = {"oid": oid, "size": len(data)}
    assert hub.request("POST", verify, one).status == 404
    for wrong in (
        href.replace("signature=", "signature=0"),
        href.replace("size=7000", "size=7001"),
        href.partition("?")[0],
    ):
        assert hub.request("PUT", wrong, data, token=None).status in (400, 403)
    for body in (data[:-1] + b"!", data[:-1], data + b"!", b""):
        assert hub.request("PUT", href, body, token=None).status in (400, 413)
    assert hub.request("POST", verify, one).status == 404
    assert hub.request("PUT", href, data, token=None).status == 200
    assert hub.request("POST", verify, one).status == 200
    assert "actions" not in hub.request("POST", batch, ask).json()["objects"][0]
    for bad in ({"oid": "x", "size": 1}, {"oid": oid}, {"oid": oid, "size": -1}, 7):
        assert hub.request("POST", batch, {"operation": "upload", "objects": [bad]}).status == 400
    assert not list((hub.folder / "incoming").iterdir())


def test_an_upload_that_breaks_off_leaves_nothing(hub: Hub, small: str) -> None:
    oid = hashlib.sha256(b"x").hexdigest()
    ask = {"operation": "upload", "objects": [{"oid": oid, "size": 10_000_000}]}
    answer = hub.request("POST", f"/{small}.git/info/lfs/objects/batch", ask).json()
    path = answer["objects"][0]["actions"]["upload"]["href"].removeprefix(hub.url)
    host, port = hub.url.removeprefix("http://").split(":")
    seen = len(hub.log)
    with socket.create_connection((host, int(port))) as sock:
        sock.sendall(f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n".encode() + b"x" * 5_000_000)
    done = threading.Event()
    while not any("_upload" in line for line in hub.requests(seen)):
        assert not done.wait(0.02)
    assert not list((hub.folder / "incoming").iterdir())
    assert hub.request("GET", f"/api/models/{small}").status == 200
