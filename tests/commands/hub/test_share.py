"""hfterm hub share: how it starts, what it refuses, how it ends."""

import json
import os
import signal
import socket
import subprocess
import urllib.request
from pathlib import Path

import pytest

from support.cli import Hfterm, Result
from support.hub import TOKEN, running


def refused(result: Result, code: int, *words: str) -> None:
    """One clear line, and perhaps a hint."""
    assert result.code == code, result
    assert result.stdout == "" and len(result.stderr.splitlines()) <= 2 and "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr, result.stderr


def test_wider_than_loopback_needs_a_token(hfterm: Hfterm) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.org"):
        refused(hfterm("hub", "share", "--dir", "s", "--writable", "--host", host), 2, "--token-file")
    assert not (hfterm.home / "s").exists()


@pytest.mark.parametrize(
    ("text", "word"),
    [("", "no token"), ("# only a comment\n", "no token"), ("short\n", "16"), ("a b c d\n", "line 1"), (f"ann {TOKEN} admin\n", "line 1"), ("\xff\xfe", "token")],
)  # fmt: skip
def test_token_files(hfterm: Hfterm, text: str, word: str) -> None:
    (hfterm.home / "tokens").write_bytes(text.encode("latin-1"))
    result = hfterm("hub", "share", "--dir", "s", "--writable", "--token-file", "tokens")
    refused(result, 2, word)
    assert TOKEN not in result.stderr


def test_what_cannot_be_served(hfterm: Hfterm) -> None:
    home = hfterm.home
    (home / "file").write_text("x")
    (home / "full").mkdir()
    (home / "full/notes.txt").write_text("x")
    (home / "models--a--b").mkdir()
    (home / "one").mkdir()
    (home / "one/config.json").write_text("{}")
    refused(hfterm("hub", "share"), 3, "no Hub cache yet", "--dir")
    refused(hfterm("hub", "share", "--dir", "nowhere"), 3, "nowhere", "--writable")
    refused(hfterm("hub", "share", "--dir", "file"), 2, "not a folder")
    refused(hfterm("hub", "share", "--dir", "full", "--writable"), 2, "not empty")
    refused(hfterm("hub", "share", "--dir", ".", "--writable"), 2, "cache")
    refused(hfterm("hub", "share", "--dir", "one"), 2, "one repository itself")
    refused(hfterm("hub", "share", "--writable"), 2, "--dir")
    refused(hfterm("hub", "share", "--dir", "one", "--port", "99999"), 2, "99999")
    refused(hfterm("hub", "share", "--dir", "one/sub", "--token-file", "gone"), 3, "gone")


def test_a_port_in_use_and_a_store_in_use(hfterm: Hfterm, tmp_path: Path) -> None:
    with running(tmp_path / "store") as hub:
        port = hub.url.rpartition(":")[2]
        refused(
            hfterm("hub", "share", "--dir", tmp_path / "other", "--writable", "--port", port),
            2,
            f"port {port} is in use",
        )
        refused(
            hfterm("hub", "share", "--dir", hub.folder, "--port", "0"),
            2,
            "another 'hfterm hub share' writes",
            "--readonly",
        )
        repo = hub.seed({"a.txt": "shared"})
        with running(hub.folder, "--readonly", token=False) as reader:  # readers are always welcome
            assert reader.request("GET", f"/{repo.id}/resolve/main/a.txt").body == b"shared"
            hub.commit(repo.id, {"a.txt": "newer"})
            assert reader.request("GET", f"/{repo.id}/resolve/main/a.txt").body == b"newer"
            assert reader.request("POST", f"/api/models/{repo.id}/tag/main", {"tag": "t"}).status == 403


def test_a_taken_port_leaves_no_new_store(hfterm: Hfterm, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused(hfterm("hub", "share", "--dir", "new", "--writable", "--port", str(port)), 2, "in use")
    assert not (hfterm.home / "new").exists()


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_it_ends_when_told(hfterm: Hfterm, sign: signal.Signals, code: int) -> None:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with hfterm.popen(
        "hub", "share", "--dir", "store", "--writable", "--port", "0", "--format", "json", **pipes
    ) as process:
        try:
            assert process.stdout and process.stderr
            said = ""
            while "}" not in said:
                line = process.stdout.readline()
                assert line, process.stderr.read()
                said += str(line)
            facts = json.loads(said[said.index("{") : said.rindex("}") + 1])
            assert (
                facts["writable"] and facts["kind"] == "store" and not facts["token"] and facts["host"] == "127.0.0.1"
            )
            with urllib.request.urlopen(facts["url"] + "/api/models") as answer:
                assert json.load(answer) == []
            # In the middle of an answer, too.
            with socket.create_connection(("127.0.0.1", facts["port"])) as sock:
                sock.sendall(b"POST /api/repos/create HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
                process.send_signal(sign)
                _, stderr = process.communicate(timeout=120)
        finally:
            process.kill()
    assert process.returncode == code
    assert "Traceback" not in str(stderr)
    assert not (hfterm.home / "store/incoming").exists() or not os.listdir(hfterm.home / "store/incoming")


def test_tokens_of_a_file_others_can_read(hfterm: Hfterm, tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text(f"{TOKEN}\n")
    file.chmod(0o644)
    with running(tmp_path / "store", "--token-file", file, token=False) as hub:
        assert hub.request("GET", "/api/models").status == 401
        assert hub.request("GET", "/api/models", token=TOKEN).status == 200
        assert hub.requests() and any("chmod 600" in line for line in hub.log)


def test_what_only_a_browser_does(tmp_path: Path) -> None:
    """Without a token, a name that was bent to this address is refused (DNS rebinding)."""
    with running(tmp_path / "store", token=False) as hub:
        port = hub.url.rpartition(":")[2]
        for host, status in (
            ("evil.example", 421),
            (f"localhost:{port}", 200),
            (f"127.0.0.1:{port}", 200),
            (f"[::1]:{port}", 200),
        ):
            assert hub.request("GET", "/api/models", headers={"Host": host}).status == status
