"""What no repository of a store needs any more, removed before it is served.

Deleting a repository leaves its contents, which others may share, and the mark ``garbage``. The next writer
looks, while nobody else writes, for what is named nowhere, and removes it. What came or was asked for within
the last day stays: an upload may be under way.
"""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from hfterm.errors import HftermError
from hfterm.hub.share.model import Repo
from hfterm.hub.share.names import folder_name
from hfterm.hub.share.objects import DiskFolders
from hfterm.hub.share.tree import EMPTY

MARK = "garbage"
YOUNG_SECONDS = 24 * 3600


class Freed(NamedTuple):
    """What a cleaning removed. ``later``: some is still too young; ``chunks``: Xet chunks are among it."""

    files: int
    size: int
    later: bool
    chunks: bool


class _Sweep:
    """Removes files, unless they are young."""

    def __init__(self) -> None:
        self._limit = time.time() - YOUNG_SECONDS
        self.files = self.size = 0
        self.later = False

    def __call__(self, path: Path) -> bool:
        stat = path.stat()
        if stat.st_mtime > self._limit:
            self.later = True
            return False
        path.unlink()
        self.files, self.size = self.files + 1, self.size + stat.st_size
        return True


def clean(folder: Path, folders: DiskFolders, repos: Iterator[Repo]) -> Freed:
    """Remove from the store in ``folder`` what none of ``repos``, which are all it has, needs in any commit.

    Raises:
        HftermError: a repository is damaged, or there is more than repositories; then nothing was removed.
    """
    trees, contents = {EMPTY}, set[str]()
    strange = set(os.listdir(folder / "repos"))
    for repo in repos:
        name = folder_name(repo.kind, repo.id)
        strange.discard(name)
        for path in _inside(folder / "repos" / name / "commits"):
            _need(folders, repo.commit(path.stem).tree, trees, contents)
    if strange:  # somebody's copy of a repository, perhaps
        raise HftermError(f"{min(strange)!r} in {str(folder / 'repos')!r} is no repository's folder")
    sweep = _Sweep()
    for path in _inside(folder / "blobs"):
        if path.name not in contents:
            sweep(path)
    for path in _inside(folder / "trees"):
        if path.stem not in trees:
            sweep(path)
    chunks = _clean_xet(folder / "xet", contents, sweep)
    return Freed(sweep.files, sweep.size, sweep.later, chunks)


def _inside(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _need(folders: DiskFolders, root: str, trees: set[str], contents: set[str]) -> None:
    pending = [root]
    while pending:
        oid = pending.pop()
        if oid in trees:
            continue
        trees.add(oid)
        for entry in folders.children(oid).values():
            if entry.folder:
                pending.append(entry.oid)
            else:
                contents.add(entry.sha256 or entry.oid)


def _clean_xet(folder: Path, contents: set[str], sweep: _Sweep) -> bool:
    """Files that nobody needs, then the xorbs that no file is made of; whether any of these went."""
    files, xorbs = set[str](), set[str]()
    for path in _inside(folder / "sha256"):
        name = path.read_text("ascii").split()[0]
        if path.name in contents or not sweep(path):
            files.add(name)
    for path in _inside(folder / "files"):
        if path.stem in files or not sweep(path):
            xorbs.update(term[0] for term in json.loads(path.read_bytes())["terms"])
    return sum(sweep(path) for path in _inside(folder / "xorbs") if path.name not in xorbs) > 0
