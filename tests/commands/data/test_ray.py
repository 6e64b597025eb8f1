"""``--engine ray``: the same rows, words and exit codes as a run on this machine, through real processes."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from support import rays
from support.cli import Hfterm
from support.hub import Hub

pytest.importorskip("ray", reason="the extra ray is not installed")
# One worker of the test run has the cluster.
pytestmark = pytest.mark.xdist_group("ray")

CODE = """
import os
def add(row):
    print("said", row["id"])
    return {"next": row["id"] + 1}
def die(row):
    os.kill(os.getpid(), 9)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rows.jsonl").write_text("".join(f'{{"id": {n}}}\n' for n in range(2000)))
    (tmp_path / "code.py").write_text(CODE)
    return tmp_path


def test_a_cluster_that_runs_is_joined(hfterm: Hfterm, folder: Path) -> None:
    """By its address; what functions print is no row, a task that dies is an error."""
    with rays.running() as env:
        address = env.pop("RAY_ADDRESS")
        how = ("data", "map", "rows.jsonl", "--engine", "ray", "--ray-address", address, "--py")
        done = hfterm(*how, "code.py:add", cwd=folder, env=env, check=0)
        assert done.lines == [f'{{"id": {n},"next":{n + 1}}}' for n in range(2000)]
        died = hfterm(*how, "code.py:die", cwd=folder, env=env, check=1)
        assert "a task of Ray died at line 1 of rows.jsonl" in died.stderr.splitlines()[-1]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_own_cluster_leaves_nothing(
    hfterm: Hfterm, folder: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    """Ended in the midst of it: the exit code says how; no process, no file, nothing in the home folder."""
    (tmp_path / "wait.py").write_text(
        "import os, time\ndef wait(row):\n    open(os.environ['MARK'], 'w').close()\n    time.sleep(1000)\n"
    )
    mark = tmp_path / "mark"
    process = hfterm.popen(
        "data", "map", folder / "rows.jsonl", "--py", tmp_path / "wait.py:wait", "--engine", "ray",
        env={"MARK": str(mark)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    while not mark.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    below = psutil.Process(process.pid).children(recursive=True)
    words = [word for one in below if one.is_running() for word in one.cmdline()]
    folders = {word.partition("=")[2] for word in words if word.startswith("--session_dir=")}
    assert len(folders) == 1 and Path(folders.copy().pop()).is_dir()
    process.send_signal(number)
    said, told = process.communicate(timeout=300)
    assert process.returncode == code and not said, told
    assert told.decode().splitlines()[-1:] == (["hfterm: interrupted"] if code == 130 else [])
    assert not psutil.wait_procs(below, timeout=120)[1]
    assert not Path(folders.pop()).parent.exists() and not (hfterm.home / ".ray").exists()


def test_what_cannot_be_joined(hfterm: Hfterm, folder: Path, hub: Hub) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"127.0.0.1:{free.getsockname()[1]}"
    for address, code, words in (
        (nobody, 9, "no Ray cluster answers at"),
        (hub.url.removeprefix("http://"), 9, "is no Ray cluster"),
        ("ray://x:1", 2, "auto or host:port is wanted"),
    ):
        how = ("--engine", "ray", "--ray-address", address)
        done = hfterm("data", "filter", "rows.jsonl", "id > 1", *how, cwd=folder, check=code)
        assert words in done.stderr and len(done.stderr.splitlines()) == 1 and not done.stdout
    done = hfterm("data", "dedup", "rows.jsonl", "--near", "0.8", "--engine", "ray", cwd=folder, check=2)
    assert "--near works on this machine only" in done.stderr
    done = hfterm("data", "filter", "rows.jsonl", "id > 1", "--ray-address", "auto", cwd=folder, check=2)
    assert "is for --engine ray" in done.stderr


def test_without_the_extra_the_install_line_is_said(hfterm: Hfterm, folder: Path) -> None:
    code = "import sys; sys.modules['ray'] = None; from hfterm.cli import run; sys.exit(run(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, "data", "filter", folder / "rows.jsonl", "id > 1", "--engine", "ray"],
        env=hfterm.env(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 5 and "pip install 'hfterm[ray]'" in done.stderr and not done.stdout
