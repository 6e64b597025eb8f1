"""A read-only Hub over a cache that holds files larger than any disk here."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from support import weights
from support.hub import Hub, running

SHA = "5" * 40
BIG = 50 * 2**30
WEIGHTS = 8 * 2**30


class Vast(NamedTuple):
    """The server, the ``HF_HOME`` whose cache it serves, and the repository in it."""

    hub: Hub
    home: Path
    id: str


def put(base: Path, path: str, head: bytes, number: int, size: int | None = None, tail: bytes = b"") -> None:
    """A file of a cached snapshot, as the client lays it out; sparse up to ``size``."""
    blob = base / "blobs" / (f"{number:064x}" if size else f"{number:040x}")
    blob.parent.mkdir(parents=True, exist_ok=True)
    with blob.open("wb") as stream:
        stream.write(head)
        if size:
            stream.truncate(size)
            stream.seek(size - len(tail))
            stream.write(tail)
    link = base / "snapshots" / SHA / path
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(blob)


def sent(hub: Hub, since: int, path: str, count: int) -> list[int]:
    """Bytes of each answer about a path since then; waits until as many were logged."""
    end = time.monotonic() + 60
    while True:
        lines = [line for line in hub.requests(since) if path in line]
        if len(lines) >= count:
            return [int(line.split()[4]) for line in lines]
        assert time.monotonic() < end, hub.requests(since)
        time.sleep(0.01)


@pytest.fixture
def logged() -> Callable[[Hub, int, str, int], list[int]]:
    return sent


@pytest.fixture(scope="session")
def vast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vast]:
    home = tmp_path_factory.mktemp("vast")
    base = home / "hub" / "models--team--vast"
    header: dict[str, Any] = {"model.w": {"dtype": "F16", "shape": [WEIGHTS // 2], "data_offsets": [0, WEIGHTS]}}
    head = weights.with_header(json.dumps(header).encode())
    put(base, "big.bin", b"first line\nsecond", 1, BIG, b"the end\n")
    put(base, "model.safetensors", head, 2, len(head) + WEIGHTS)
    put(base, "config.json", b'{"architectures": ["Vast"], "max_position_embeddings": 4096}', 3)
    put(base, "README.md", b"---\nlicense: mit\n---\n# Vast \x1b[31m\n", 4)
    put(base, "empty", b"", 5)
    (base / "refs").mkdir()
    (base / "refs" / "main").write_text(SHA)
    with running(home / "hub", "--readonly", token=False, home=home) as hub:
        yield Vast(hub, home, "team/vast")
