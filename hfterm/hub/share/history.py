"""Which commit last changed a path: found by comparing folders, which are equal where their ids are."""

from collections.abc import Iterable

from hfterm.hub.share.model import Commit, Repo
from hfterm.hub.share.tree import find

# Commits looked through; what is older is said to be of the last one seen.
DEPTH = 2000


def last_commits(repo: Repo, commit: Commit, paths: Iterable[str]) -> dict[str, Commit]:
    """The newest commit, at or before ``commit``, in which each path became what it is there."""
    wanted = {path: found.oid for path in paths if (found := find(repo.folders, commit.tree, path)) is not None}
    last = dict.fromkeys(wanted, commit)
    for depth, older in enumerate(repo.history(commit.id)):
        same = {}
        for path, oid in wanted.items():
            found = find(repo.folders, older.tree, path)
            if found is not None and found.oid == oid:
                last[path], same[path] = older, oid
        wanted = same
        if not wanted or depth >= DEPTH:
            break
    return last
