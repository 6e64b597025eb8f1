"""Nothing outside the served folder is ever sent, whatever is asked for and whatever lies in it."""

import http.client
import os
import random
import socket
from collections.abc import Iterator

import pytest

from support.hub import Hub, running

SECRET = b"TOP-SECRET-" + b"x" * 20
PIECES = [
    "..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "..%2f", "..%5c", "\\..\\", "%5c..%5c", "%00", "%0a", "%ff", "%c0%ae%c0%ae",
    "", ".", "~", "//", "main", "resolve", "raw", "tree", "refs", "team", "model", "api", "models", "datasets", "_upload",
    "_xet", "blobs", "snapshots", "secret.txt", "outside", "etc", "passwd", "link", "linkdir", "inner.txt", "a.txt", "%2fetc%2fpasswd",
    "models--team--model", "C:", "%uff0e", ".git", "config", "tokens", "lock", "hfterm-hub.json", "repos", "*", "?x=1", "#", ";", "@", "%",
]  # fmt: skip


def raw_get(hub: Hub, path: str, method: str = "GET") -> tuple[int, bytes]:
    """One request with the path exactly as it is."""
    link = http.client.HTTPConnection(hub.url.removeprefix("http://"), timeout=60)
    link._validate_path = lambda url: None  # type: ignore[attr-defined]
    try:
        link.request(method, path, headers={"Authorization": f"Bearer {hub.token}"} if hub.token else {})
        answer = link.getresponse()
        return answer.status, answer.read()
    finally:
        link.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Hub]]:
    """A plain folder, a cache and a store, each full of links that lead out, with a secret beside them."""
    base = tmp_path_factory.mktemp("served")
    (base / "outside").mkdir()
    (base / "outside/secret.txt").write_bytes(SECRET)
    plain, cache, store = base / "plain", base / "cache", base / "store"
    model = plain / "team/model"
    model.mkdir(parents=True)
    snapshot = cache / "models--team--model/snapshots" / ("a" * 40)
    snapshot.mkdir(parents=True)
    (snapshot.parents[1] / "refs").mkdir()
    (snapshot.parents[1] / "refs/main").write_text("a" * 40)
    (snapshot.parents[1] / "refs/evil").write_text("../../../outside")
    for folder in (model, snapshot):
        (folder / "a.txt").write_text("fine")
        (folder / "secret.txt").symlink_to(base / "outside/secret.txt")
        (folder / "link").symlink_to("../../../../outside/secret.txt")
        (folder / "linkdir").symlink_to(base / "outside")
        (folder / "self").symlink_to(folder)
        (folder / "chain").symlink_to(folder / "link")
        os.mkfifo(folder / "pipe")
    (plain / "outside").symlink_to(base / "outside")
    (plain / "team/linked").symlink_to(base / "outside")
    (cache / "models--team--linked").symlink_to(base / "outside")
    with running(plain, "--readonly") as one, running(cache, "--readonly") as two, running(store) as three:
        three.seed({"a.txt": "fine"}, "team/model")
        yield [one, two, three]


def test_links_that_lead_out(served: list[Hub]) -> None:
    for hub in served[:2]:
        rows = hub.request("GET", "/api/models/team/model/tree/main?recursive=true").json()
        assert [row["path"] for row in rows] == ["a.txt"]
        for name in ("secret.txt", "link", "chain", "linkdir", "linkdir/secret.txt", "self/a.txt", "pipe"):
            assert hub.request("GET", f"/team/model/resolve/main/{name}").status == 404
        assert [row["id"] for row in hub.request("GET", "/api/models").json()] == ["team/model"]
        for repo in ("team/linked", "outside"):
            assert hub.request("GET", f"/api/models/{repo}").status == 404
        assert hub.request("GET", "/team/model/resolve/evil/secret.txt").status == 404


def test_thousands_of_odd_addresses(served: list[Hub]) -> None:
    dice = random.Random(20261123)
    heads = ["/team/model/resolve/main/", "/team/model/resolve/", "/api/models/", "/api/models/team/model/tree/", "/datasets/", "/", "/_xet/", "/_upload/", "/api/models/team/model/"]  # fmt: skip
    for _ in range(1500):
        path = dice.choice(heads) + "/".join(dice.choice(PIECES) for _ in range(dice.randint(1, 6)))
        if any(c in path for c in "#? "):
            path = path.replace("#", "%23")
        hub = dice.choice(served)
        status, body = raw_get(hub, path, dice.choice(["GET", "GET", "HEAD", "DELETE", "POST"]))
        assert status < 500, (path, body)
        assert SECRET not in body and b"root:" not in body, path


def test_uploads_to_odd_paths(served: list[Hub]) -> None:
    import base64
    import json

    hub = served[2]
    dice = random.Random(7)
    before = sorted(p for p in hub.folder.parent.iterdir())
    for n in range(150):
        path = "/".join(dice.choice(PIECES) for _ in range(dice.randint(1, 5))) + dice.choice(
            ["", "\0", "/", "\\", "\n"]
        )
        value = {"path": path, "content": base64.b64encode(b"%d" % n).decode(), "encoding": "base64"}
        lines = [
            {"key": "header", "value": {"summary": "s"}},
            {"key": dice.choice(["file", "deletedFolder"]), "value": value},
        ]
        sent = "".join(json.dumps(line) + "\n" for line in lines).encode()
        assert hub.request("POST", "/api/models/team/model/commit/main", sent).status in (200, 400, 404), path
    assert sorted(p for p in hub.folder.parent.iterdir()) == before
    assert {p.name for p in hub.folder.iterdir()} <= {
        "blobs",
        "trees",
        "incoming",
        "repos",
        "lock",
        "xet",
        "hfterm-hub.json",
    }
    assert {p.name for p in (hub.folder / "repos").iterdir()} == {"models--team--model"}


def test_an_address_of_another_server_is_no_proxy_request(served: list[Hub]) -> None:
    host, port = served[0].url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as sock:
        sock.sendall(b"GET http://example.org/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        said = b"".join(iter(lambda: sock.recv(65536), b""))
    assert said.split()[1] in (b"401", b"404", b"400")
