"""The ``hf`` program, unchanged, as a process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.hub import Hub

HF = str(Path(sys.executable).parent / "hf")


class Hf:
    """Calls ``hf`` with everything it keeps under ``home``."""

    def __init__(self, hub: Hub, home: Path, *, xet: bool) -> None:
        home.mkdir()
        self.home, self.env = home, hub.env(home, xet=xet, NO_COLOR="1", HF_HUB_DISABLE_UPDATE_CHECK="1")

    def __call__(self, *args: object, code: int = 0) -> str:
        done = subprocess.run(
            [HF, *map(str, args)],
            env=self.env,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
        )
        said = done.stdout.decode() + done.stderr.decode()
        assert done.returncode == code, said
        return said


@pytest.mark.parametrize("xet", [False, True], ids=["plain", "xet"])
def test_there_and_back(hub: Hub, tmp_path: Path, xet: bool) -> None:
    hf, repo, seen = Hf(hub, tmp_path / "home", xet=xet), hub.fresh("hf"), len(hub.log)
    big = os.urandom(3_000_000)
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "sub/w.bin").write_bytes(big)
    hf("upload", repo, folder, ".", "--commit-message", "All of it")
    hf("upload", repo, folder / "config.json", "again.json")
    got = hf("download", repo, "--local-dir", tmp_path / "out")
    assert str(tmp_path / "out") in got
    assert (tmp_path / "out/sub/w.bin").read_bytes() == big and (tmp_path / "out/again.json").read_text() == "{}"
    hf("download", repo, "sub/w.bin")
    (blob,) = (tmp_path / "home/hf/hub").glob("models--team--hf*/snapshots/*/sub/w.bin")
    assert blob.read_bytes() == big
    assert any("/v1/shards" in line for line in hub.requests(seen)) == xet


@pytest.mark.slow
def test_repositories(hub: Hub, tmp_path: Path) -> None:
    hf, repo = Hf(hub, tmp_path / "home", xet=False), hub.fresh("hf")
    assert "tester" in hf("auth", "whoami")
    hf("repos", "create", repo, "--private")
    assert hub.request("GET", f"/api/models/{repo}").json()["private"] is True
    hf("repos", "create", repo, code=1)
    hf("repos", "tag", "create", repo, "v1")
    assert "v1" in hf("repos", "tag", "list", repo)
    hf("repos", "tag", "delete", repo, "v1", "--yes")
    hf("repos", "branch", "create", repo, "dev")
    assert repo in hf("models", "ls", "--author", "team", "--limit", "1000", "--format", "json")
    assert repo in hf("models", "info", repo)
    hf("repos", "move", repo, repo + "-2")
    assert "not found" in hf("download", repo, code=1).lower()
    hf("repos", "delete", repo + "-2", "--yes")
    assert hub.request("GET", f"/api/models/{repo}-2").status == 404
