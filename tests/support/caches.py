"""A Hub cache made by the real client, to be copied and worked on."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from support.cli import environment
from support.hub import Hub

LARGE = bytes(range(256)) * 5000
DATA = '{"text": "row"}\n' * 50

_GET = """
import sys
from huggingface_hub import snapshot_download
for word in sys.argv[1:]:
    kind, repo, revision = word.split(":")
    snapshot_download(repo, repo_type=kind, revision=revision)
"""


class Made(NamedTuple):
    """A cache under ``home``: a model of two commits, the older without a reference, and a data set."""

    home: Path
    old: str
    new: str
    model: str
    data: str

    @property
    def root(self) -> Path:
        return self.home / "hf" / "hub"

    def folder(self) -> Path:
        """The model's folder."""
        return self.root / f"models--{self.model.replace('/', '--')}"

    def snapshot(self, path: str = "") -> Path:
        """A path of the model's newer commit."""
        return self.folder() / "snapshots" / self.new / path

    def copy(self, home: Path) -> "Made":
        """The same under another home."""
        shutil.copytree(self.home / "hf", home / "hf", symlinks=True)
        return self._replace(home=home)


def client(home: Path, code: str, *args: str, env: Mapping[str, str] | None = None) -> str:
    """What a program that uses the real client prints."""
    told = environment(home, {"HF_HUB_DISABLE_PROGRESS_BARS": "1", **(env or {})})
    done = subprocess.run([sys.executable, "-c", code, *args], env=told, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def make(hub: Hub, home: Path) -> Made:
    """Let the real client fill a cache."""
    files = {"config.json": "{}", "sub/ä b.txt": "hello", "weights.bin": LARGE}
    old = hub.seed(files, hub.fresh("cached"))
    new = hub.commit(old.id, {"config.json": '{"version": 2}'})
    data = hub.seed({"data.jsonl": DATA}, hub.fresh("rows"), kind="dataset")
    words = [f"model:{old.id}:{old.sha}", f"model:{old.id}:main", f"dataset:{data.id}:main"]
    client(home, _GET, *words, env=hub.env())
    return Made(home, old.sha, new.sha, old.id, data.id)


def age(path: Path, seconds: float) -> None:
    """Let a file (never what a link leads to) seem so old."""
    found = os.lstat(path)
    os.utime(path, (found.st_atime - seconds, found.st_mtime - seconds), follow_symlinks=False)
