"""Beside the real client: what it left when it was killed, and files that were sent by Xet."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from hfterm.hub.client import Repo
from hfterm.hub.fetch.get import How, get
from hfterm.hub.fetch.plan import Wanted
from support.cli import environment
from support.hub import Hub
from support.link import Fault, Link

pytestmark = pytest.mark.slow
PUT = (
    "import sys; from huggingface_hub import HfApi; HfApi().upload_folder(repo_id=sys.argv[1], folder_path=sys.argv[2])"
)
GET = "import sys; from huggingface_hub import hf_hub_download; hf_hub_download(sys.argv[1], 'w.bin')"
SIZE = 32_000_000


def test_what_the_killed_client_left(hub: Hub, link: Link, cache: Path, isolated: Path) -> None:
    """The client itself would begin again, and leave its partial file behind."""
    data = random.Random(1).randbytes(SIZE)
    made = hub.seed({"w.bin": data})
    over = threading.Event()
    link.fault = lambda asked: Fault(after=SIZE - 1, stall=over) if asked.body and not asked.start else None
    env = environment(isolated, {**hub.env(), "HF_ENDPOINT": link.url, "HF_HOME": str(isolated / "hf")})
    client = subprocess.Popen([sys.executable, "-c", GET, made.id], env=env, stderr=subprocess.DEVNULL)

    def orphans() -> list[Path]:
        return list(cache.rglob("*.incomplete"))

    until = time.monotonic() + 120
    while sum(p.stat().st_size for p in orphans()) < SIZE // 3:  # it writes 10 MiB at a time
        assert time.monotonic() < until and client.poll() is None
        time.sleep(0.01)
    client.send_signal(signal.SIGKILL)
    client.wait()
    over.set()
    (orphan,) = orphans()
    left = orphan.stat().st_size
    got = get(Repo(made.id), Wanted(("w.bin",)))
    assert Path(got.path).read_bytes() == data and got.fetched == SIZE - left
    assert [asked.start for asked in link.bodies()] == [0, left] and not orphans()


def test_a_client_at_work_is_waited_for(hub: Hub, link: Link, cache: Path, isolated: Path) -> None:
    made = hub.seed({"w.bin": random.Random(2).randbytes(SIZE)})
    hold = threading.Event()
    link.fault = lambda asked: Fault(after=SIZE // 2, stall=hold) if asked.body and not asked.start else None
    env = environment(isolated, {**hub.env(), "HF_ENDPOINT": link.url, "HF_HOME": str(isolated / "hf")})
    client = subprocess.Popen([sys.executable, "-c", GET, made.id], env=env, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 120
    while not link.bodies():
        assert time.monotonic() < until and client.poll() is None
        time.sleep(0.01)
    said: list[str] = []

    def let_go(text: str) -> None:
        said.append(text)
        hold.set()  # the client's connection breaks, and it goes on by itself

    got = get(Repo(made.id), Wanted(("w.bin",)), say=let_go)
    assert client.wait(120) == 0 and got.fetched == 0
    assert said == ["another process is getting w.bin; waiting for it"]
    assert not list(cache.rglob("*.incomplete"))


def test_what_only_xet_has_goes_on_at_the_byte(hub: Hub, link: Link, cache: Path, tmp_path: Path) -> None:
    data = os.urandom(6_000_000)
    folder, repo = tmp_path / "in", hub.seed().id
    folder.mkdir()
    (folder / "w.bin").write_bytes(data)
    env = hub.env(tmp_path / "client", xet=True)
    subprocess.run([sys.executable, "-c", PUT, repo, folder], env=env, check=True, capture_output=True, timeout=120)
    link.fault = lambda asked: Fault(after=3_000_001) if asked.body and asked.nth == 1 else None
    got = get(Repo(repo), Wanted(("w.bin",)), How(retries=1))
    assert Path(got.path).read_bytes() == data and Path(got.path).resolve().parent.name == "blobs"
    assert [asked.start for asked in link.bodies()] == [0, 3_000_001]
    tree = next(cache.rglob("trees/*.json"), None)
    assert tree is None  # one named file asks for no listing
    assert '"xet_hash": "' in next(Path(get(Repo(repo)).path).parents[1].glob("trees/*.json")).read_text()
