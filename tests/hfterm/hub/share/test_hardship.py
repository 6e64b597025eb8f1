"""Big files, kills and clients that dawdle."""

import base64
import contextlib
import hashlib
import http.client
import io
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from support.cli import environment
from support.hub import Hub, running

MB = 2**20


def peak(hub: Hub) -> int:
    """The most memory that the server has had so far, in bytes."""
    for line in Path(f"/proc/{hub.process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmHWM")


def read_all(hub: Hub, path: str) -> int:
    link = http.client.HTTPConnection(hub.url.removeprefix("http://"), timeout=120)
    link.request("GET", path, headers={"Authorization": f"Bearer {hub.token}"} if hub.token else {})
    answer = link.getresponse()
    assert answer.status == 200, answer.read()
    size = 0
    while piece := answer.read(4 * MB):
        size += len(piece)
    link.close()
    return size


@pytest.mark.slow
def test_two_gigabytes_go_out_of_little_memory(tmp_path: Path) -> None:
    sha, etag = "a" * 40, "b" * 64
    repo = tmp_path / "cache" / "models--team--huge"
    (repo / "snapshots" / sha).mkdir(parents=True)
    (repo / "blobs").mkdir()
    (repo / "refs").mkdir()
    (repo / "refs/main").write_text(sha)
    with (repo / "blobs" / etag).open("wb") as stream:
        stream.truncate(2048 * MB)  # sparse: takes no room
    (repo / "snapshots" / sha / "huge.bin").symlink_to(f"../../blobs/{etag}")
    with running(tmp_path / "cache", "--readonly") as hub:
        assert hub.request("HEAD", "/team/huge/resolve/main/huge.bin").headers["Content-Length"] == str(2048 * MB)
        before = peak(hub)
        assert read_all(hub, "/team/huge/resolve/main/huge.bin") == 2048 * MB
        assert peak(hub) - before < 64 * MB


class Zeros(io.RawIOBase):
    """So many zeros, made as they are read."""

    def __init__(self, size: int) -> None:
        self.left = size

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        size = min(size if size >= 0 else self.left, self.left)
        self.left -= size
        return bytes(size)


@pytest.mark.slow
def test_three_hundred_megabytes_come_in_with_little_memory(tmp_path: Path) -> None:
    size, digest = 300 * MB, hashlib.sha256()
    for _ in range(300):
        digest.update(bytes(MB))
    oid = digest.hexdigest()
    with running(tmp_path / "store") as hub:
        repo = hub.seed()
        asked = {"operation": "upload", "objects": [{"oid": oid, "size": size}]}
        row = hub.request("POST", f"/{repo.id}.git/info/lfs/objects/batch", asked).json()["objects"][0]
        before = peak(hub)
        link = http.client.HTTPConnection(hub.url.removeprefix("http://"), timeout=120)
        address = row["actions"]["upload"]["href"].removeprefix(hub.url)
        link.request("PUT", address, Zeros(size), {"Content-Length": str(size)})
        assert link.getresponse().status == 200
        link.close()
        assert peak(hub) - before < 64 * MB
        assert hub.request("POST", f"/{repo.id}.git/info/lfs/objects/verify", {"oid": oid, "size": size}).status == 200


@pytest.mark.slow
def test_xet_takes_little_memory_here(tmp_path: Path) -> None:
    """The server unpacks a file twice: to check what came, and for who reads it without Xet."""
    digest = hashlib.sha256()
    (tmp_path / "in").mkdir()
    with (tmp_path / "in/w.bin").open("wb") as stream:
        for n in range(300):
            mixed = random.Random(n).randbytes(MB)
            stream.write(mixed)
            digest.update(mixed)
    code = (
        "from huggingface_hub import HfApi; api = HfApi(); api.create_repo('team/x'); "
        "api.upload_folder(repo_id='team/x', folder_path='in')"
    )
    with running(tmp_path / "store") as hub:
        hub.seed({"a.txt": "x"})
        before = peak(hub)
        env = hub.env(tmp_path / "home", xet=True)
        (tmp_path / "home").mkdir()
        subprocess.run(
            [sys.executable, "-c", code], env=env, cwd=tmp_path, check=True, capture_output=True, timeout=300
        )
        assert read_all(hub, "/team/x/resolve/main/w.bin") == 300 * MB
        assert peak(hub) - before < 280 * MB
        head = hub.request("HEAD", "/team/x/resolve/main/w.bin").headers
        assert head["X-Xet-Hash"] and head["ETag"] == f'"{digest.hexdigest()}"'


@pytest.mark.slow
def test_a_kill_in_a_commit_leaves_the_old_state_or_the_new(tmp_path: Path) -> None:
    dice, repo_id = random.Random(3), "team/killed"
    with running(tmp_path / "store") as hub:
        hub.seed({"n.txt": "0"}, repo_id)
    for n in range(1, 6):
        before = None
        with running(tmp_path / "store") as hub:
            before = hub.request("GET", f"/api/models/{repo_id}").json()["sha"]
            files = {f"d{k % 9}/{k}.txt": f"{n}-{k}" for k in range(400)} | {"n.txt": str(n)}
            files["w.bin"] = os.urandom(2_000_000)

            def commit(hub: Hub = hub, files: dict[str, str | bytes] = files) -> None:
                # It is killed meanwhile.
                with contextlib.suppress(OSError, http.client.HTTPException, AssertionError):
                    hub.commit(repo_id, files)

            sender = threading.Thread(target=commit)
            sender.start()
            sender.join(dice.random() * 0.25)  # wherever that is: every moment must be a good one
            os.kill(hub.process.pid, signal.SIGKILL)
            sender.join()
        with running(tmp_path / "store") as hub:
            assert not list((hub.folder / "incoming").glob("*"))
            info = hub.request("GET", f"/api/models/{repo_id}?blobs=true").json()
            text = hub.request("GET", f"/{repo_id}/resolve/main/n.txt").body.decode()
            if info["sha"] == before:
                continue
            assert text == str(n)
            for sibling in info["siblings"]:
                got = hub.request("GET", f"/{repo_id}/resolve/main/{sibling['rfilename']}")
                assert (got.status, len(got.body)) == (200, sibling["size"])
            assert hub.request("GET", f"/{repo_id}/resolve/main/d0/0.txt").body.decode() == f"{n}-0"


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    import resource

    data = os.urandom(3 * MB)
    oid = hashlib.sha256(data).hexdigest()
    with running(tmp_path / "store") as hub:
        repo = hub.seed({"a.txt": "old"})
        asked = {"operation": "upload", "objects": [{"oid": oid, "size": len(data)}]}
        row = hub.request("POST", f"/{repo.id}.git/info/lfs/objects/batch", asked).json()["objects"][0]
        before = sorted(p for p in hub.folder.rglob("*"))
        soft, hard = resource.prlimit(hub.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(hub.process.pid, resource.RLIMIT_FSIZE, (MB, hard))  # as if there were no more room
        answer = hub.request("PUT", row["actions"]["upload"]["href"], data, token=None)
        assert answer.status == 507 and "no space" in answer.headers["X-Error-Message"]
        value = {"path": "b.bin", "content": base64.b64encode(data).decode(), "encoding": "base64"}
        rows = [{"key": "header", "value": {"summary": "s"}}, {"key": "file", "value": value}]
        sent = "".join(json.dumps(row) + "\n" for row in rows).encode()
        assert hub.request("POST", f"/api/models/{repo.id}/commit/main", sent).status == 507
        assert sorted(p for p in hub.folder.rglob("*")) == before
        assert hub.request("GET", f"/api/models/{repo.id}").json()["sha"] == repo.sha
        resource.prlimit(hub.process.pid, resource.RLIMIT_FSIZE, (soft, hard))
        assert hub.commit(repo.id, {"w.bin": data}).sha != repo.sha


def test_who_never_finishes_the_head_of_a_request_is_hung_up_on(tmp_path: Path) -> None:
    (tmp_path / "served/team/model").mkdir(parents=True)
    code = (
        "import pathlib, sys; from hfterm.hub.share import patience, run; patience.HEAD_SECONDS = 0.2; "
        "run.serve(pathlib.Path('served'), port=0, ready=lambda s: print(s.port, flush=True),"
        " log=print, warn=print, problem=print)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], env=environment(tmp_path), cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            port = int(process.stdout.readline())
            for begin in (b"", b"GET /api/models HTTP/1.1\r\nHost: 127.0"):
                with socket.create_connection(("127.0.0.1", port), timeout=60) as sock:
                    sock.sendall(begin)
                    assert sock.recv(100) == b""
            with socket.create_connection(("127.0.0.1", port), timeout=60) as sock:  # and again after a whole one
                sock.sendall(b"GET /api/datasets HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                said = b""
                while not said.endswith(b"[]"):
                    said += sock.recv(65536)
                sock.sendall(b"GET / HTTP/1.1\r\nHo")
                assert sock.recv(100) == b""
        finally:
            process.kill()
