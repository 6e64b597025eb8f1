"""A Hub for tests: ``hfterm hub share`` as a real process on loopback, over a writable store of its own.

    def test_x(hub, hfterm):
        repo = hub.seed({"config.json": "{}", "weights.bin": b"..."})
        hfterm("hub", "ls", repo.id, env=hub.env(), check=0)

One server a test session (fixture ``hub``); repositories have ids of their own. :func:`running` starts another.
"""

import base64
import contextlib
import hashlib
import itertools
import json
import os
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any, NamedTuple

from support.cli import HFTERM, environment

TOKEN = "hf_" + "t0ken" * 7
READER = "hf_" + "r3ader" * 6
# From this size on a seeded file goes into the large file storage; below, see ``large``.
LARGE_BYTES = 1_000_000


class Seeded(NamedTuple):
    """A repository and the commit last made in it."""

    id: str
    kind: str
    sha: str


class Answer(NamedTuple):
    """What a plain HTTP request got; names of headers in any case."""

    status: int
    headers: Message
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Hub:
    """A running server. ``token`` may write, ``reader`` only read; both None: the server asks for none."""

    url: str
    folder: Path
    process: "subprocess.Popen[bytes]"
    token: str | None = TOKEN
    reader: str | None = READER
    log: list[str] = field(default_factory=list)
    _count: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def env(self, home: Path | None = None, *, xet: bool = False, **extra: str) -> dict[str, str]:
        """What a client's process needs in its environment; with ``home``, a whole environment below it."""
        wanted = {
            "HF_ENDPOINT": self.url,
            "HF_HUB_OFFLINE": "0",
            "HF_HUB_DISABLE_XET": "0" if xet else "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            **({"HF_TOKEN": self.token} if self.token else {}),
            **extra,
        }
        return environment(home, wanted) if home else wanted

    def request(
        self,
        method: str,
        path: str,
        data: Any = None,
        headers: Mapping[str, str] | None = None,
        token: str | None = "",
    ) -> Answer:
        """One plain request; ``data`` as it is when bytes, else as JSON. ``token`` None: without one."""
        wanted = dict(headers or {})
        if token := (self.token if token == "" else token):
            wanted.setdefault("Authorization", f"Bearer {token}")
        if data is not None and not isinstance(data, bytes):
            data = json.dumps(data).encode()
        url = path if path.startswith("http") else self.url + path
        asked = urllib.request.Request(url, data=data, headers=wanted, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=60) as got:
                return Answer(got.status, got.headers, got.read())
        except urllib.error.HTTPError as exc:
            with exc:
                return Answer(exc.code, exc.headers, exc.read())

    def _done(self, *args: Any, **kwargs: Any) -> Answer:
        answer = self.request(*args, **kwargs)
        assert answer.status < 300, (answer.status, answer.body[:500])
        return answer

    def fresh(self, name: str = "repo") -> str:
        """An id that no repository has."""
        return f"team/{name}-{next(self._count)}"

    def seed(
        self,
        files: Mapping[str, str | bytes] | None = None,
        repo_id: str | None = None,
        *,
        kind: str = "model",
        private: bool = False,
        large: tuple[str, ...] = (),
    ) -> Seeded:
        """A new repository with these files (besides ``.gitattributes``), in one commit."""
        repo_id = repo_id or self.fresh()
        owner, _, name = repo_id.rpartition("/")
        body = {"name": name, "organization": owner or None, "type": kind, "private": private, "sdk": "static"}
        self._done("POST", "/api/repos/create", body)
        return self.commit(repo_id, files or {}, kind=kind, large=large)

    def commit(
        self,
        repo_id: str,
        files: Mapping[str, str | bytes],
        *,
        kind: str = "model",
        delete: tuple[str, ...] = (),
        revision: str = "main",
        title: str = "Seed",
        large: tuple[str, ...] = (),
    ) -> Seeded:
        """A commit of these files; those of a megabyte and those named in ``large`` into the large file storage."""
        lines: list[dict[str, Any]] = [{"key": "header", "value": {"summary": title, "description": ""}}]
        lines += [{"key": "deletedFile", "value": {"path": path}} for path in delete]
        for path, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            if len(data) >= LARGE_BYTES or path in large:
                oid = self.upload(repo_id, data, kind=kind)
                value = {"path": path, "algo": "sha256", "oid": oid, "size": len(data)}
                lines.append({"key": "lfsFile", "value": value})
            else:
                text = base64.b64encode(data).decode()
                lines.append({"key": "file", "value": {"path": path, "content": text, "encoding": "base64"}})
        sent = "".join(json.dumps(line) + "\n" for line in lines).encode()
        made = self._done("POST", f"/api/{kind}s/{repo_id}/commit/{revision}", sent)
        return Seeded(repo_id, kind, made.json()["commitOid"])

    def upload(self, repo_id: str, data: bytes, *, kind: str = "model") -> str:
        """Put a content into the large file storage; returns its SHA-256."""
        oid = hashlib.sha256(data).hexdigest()
        prefix = "" if kind == "model" else f"{kind}s/"
        asked = {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": oid, "size": len(data)}]}
        row = self._done("POST", f"/{prefix}{repo_id}.git/info/lfs/objects/batch", asked).json()["objects"][0]
        if "actions" in row:
            self._done("PUT", row["actions"]["upload"]["href"], data, token=None)
        return oid

    def requests(self, since: int = 0) -> list[str]:
        """Its log so far: one line a request, ``CLIENT METHOD PATH STATUS BYTES TIME``.

        Lines come a little after their answers, so one more request is made, and its line waited for.
        """
        mark = f"/_mark/{next(self._count)}"
        self.request("GET", mark)
        deadline = time.monotonic() + 60
        while not any(f" {mark} " in line for line in self.log):
            assert time.monotonic() < deadline and self.process.poll() is None, self.log[-20:]
            time.sleep(0.005)
        return [line for line in self.log[since:] if line.startswith("127.0.0.1 ") and " /_mark/" not in line]


@contextlib.contextmanager
def running(folder: Path, *options: str | Path, token: bool = True, home: Path | None = None) -> Iterator[Hub]:
    """A server over the store ``folder`` (made when missing), told ``options`` besides, until the block ends."""
    home = home or folder.parent
    args: list[str | Path] = ["hub", "share", "--dir", folder, "--port", "0", "-v", *options]
    if not any(str(o) in ("--readonly", "--writable") for o in options):
        args.append("--writable")
    if token:
        file = home / "tokens"
        file.touch(mode=0o600)
        file.write_text(f"tester {TOKEN}\nreader {READER} read\n")
        args += ["--token-file", file]
    env = environment(home, {"HF_HUB_OFFLINE": "0"})
    with subprocess.Popen(
        [HFTERM, *map(str, args)], env=env, cwd=home,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout and process.stderr
        hub = Hub("", folder, process, *((TOKEN, READER) if token else (None, None)))
        stderr = process.stderr
        reader = threading.Thread(
            target=lambda: hub.log.extend(line.decode("utf-8", "replace").rstrip() for line in stderr), daemon=True
        )
        # extend() on a generator appends as the lines come.
        reader.start()
        try:
            hub.url = process.stdout.readline().decode().strip()
            assert hub.url.startswith("http://"), hub.log
            yield hub
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            reader.join(10)


def tree_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path."""
    return {os.path.relpath(path, folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
