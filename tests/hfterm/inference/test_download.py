import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from hfterm.inference import download
from support.cli import environment

SHA = "a" * 40


def test_bytes_are_told_and_files_are_not() -> None:
    said: list[str] = []
    bar = download.bar_class(said.append)
    files = bar(total=3, unit="it", desc="Fetching 3 files")  # type: ignore[call-arg]
    files.update(3)
    wire = bar(total=9, unit="B", desc="Downloading bytes")  # type: ignore[call-arg]
    wire.update(9)
    data = bar(total=0, initial=0, unit="B", unit_scale=True, bar_format="{desc}")  # type: ignore[call-arg]
    data.total += 4096  # as the Hub client does when it learns a file's size
    data.refresh()
    data.update(1024)
    data.said = float("-inf")
    data.total = None
    data.update(1024)
    data.update(1)  # too soon after
    assert said == ["downloading: 1.0 KiB of 4.0 KiB", "downloading: 2.0 KiB"]
    with data, files, wire:
        pass


class Hub(BaseHTTPRequestHandler):
    """A Hub with one model of one big file and its configuration."""

    protocol_version = "HTTP/1.1"
    files = {"config.json": b"{}", "model.safetensors": b"x" * 3_000_000}  # noqa: RUF012

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        headers, body = {"Content-Type": "application/json"}, b""
        if "/revision/" in path:
            body = json.dumps({"id": "org/m", "sha": SHA, "siblings": [{"rfilename": n} for n in self.files]}).encode()
        elif "/tree/" in path:
            rows = [{"type": "file", "path": n, "size": len(d), "oid": self.oid(d)} for n, d in self.files.items()]
            body = json.dumps(rows).encode()
        elif "/resolve/" in path:
            body = self.files[path.rpartition("/")[2]]
            headers = {"ETag": f'"{self.oid(body)}"', "X-Repo-Commit": SHA}
        self.send_response(200 if body else 404)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    @staticmethod
    def oid(data: bytes) -> str:
        return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_real_download(hub: str, tmp_path: Path) -> None:
    code = (
        "from hfterm.inference import download, load\n"
        "said, download.EVERY_SECONDS = [], 0\n"
        "found = load.refs.resolve('org/m', bar=download.bar_class(said.append))\n"
        "print(found, (found / 'model.safetensors').stat().st_size)\n"
        "print(*said, sep='\\n')\n"
    )
    env = environment(tmp_path, {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": hub})
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    first, *said = done.stdout.splitlines()
    assert first.endswith(f"{SHA} 3000000")
    assert said[-1] == "downloading: 2.9 MiB of 2.9 MiB"
    assert all(line.startswith("downloading: ") for line in said)
    assert done.stderr == ""
