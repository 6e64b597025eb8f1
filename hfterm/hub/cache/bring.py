"""Import into the cache: from another cache, an archive of one, or a folder of files that gets a repository's name."""

import hashlib
import os
from collections.abc import Callable, Iterator
from typing import Any

from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.hub.cache import layout, scan
from hfterm.hub.cache.choose import Words
from hfterm.hub.cache.store import Store, Taken
from hfterm.text import sanitize

# Folders of a folder of files that are no part of it.
_NOT_CONTENT = (".git", ".cache")


def kind_of(source: str) -> tuple[str, str]:
    """What a source is (``cache``, ``archive`` or ``folder``) and where: a cache may lie one folder below.

    Raises:
        NotFoundError: it is not there. UsageError: it is nothing that can be imported.
    """
    if source == "-":
        return "archive", source
    path = os.path.abspath(os.path.expanduser(source))
    if not os.path.lexists(path):
        raise NotFoundError(f"no such file or folder: {source!r}")
    if not os.path.isdir(path):
        return "archive", path
    for place in (path, os.path.join(path, "hub")):
        if os.path.isdir(place) and scan.folders(place):
            return "cache", place
    if layout.repository(os.path.basename(path)) and os.path.isdir(os.path.join(path, "snapshots")):
        return "cache", path
    return "folder", path


def from_cache(store: Store, root: str, words: Words, note: Callable[[str], None]) -> Iterator[Taken]:
    """Import the repositories of another cache that the words choose (none: all).

    Raises:
        HftermError, OSError.
    """
    name = os.path.basename(root)
    if layout.repository(name):
        found = scan.scan_repo(os.path.dirname(root), name)
        there: list[Any] = [found] if found else []
    else:
        there = list(scan.scan(root))
    if os.path.realpath(root) == os.path.realpath(store.root):
        raise UsageError(f"{root!r} is the cache itself", "name another, or point HF_HUB_CACHE at the one to fill")
    for chosen in words.choose(there):
        repo = chosen.entry
        assert isinstance(repo, scan.CachedRepo)
        for problem in repo.problems:
            note(f"left out: {problem}")
        yield _repo(store, repo, chosen.revisions or list(repo.revisions.values()), note)


def _repo(store: Store, repo: scan.CachedRepo, revisions: list[scan.Revision], note: Callable[[str], None]) -> Taken:
    taken = store.taken(repo.folder)
    names: dict[str, str | None] = {}  # a content's path in the source -> its name here; None: it is damaged
    for revision in revisions:
        listed = _listing(repo, revision.sha)
        for path, blob in revision.files.items():
            if blob is None:
                note(f"left out: {os.path.join(revision.path, path)} leads to nothing")
            elif not layout.is_safe(path):
                note(f"left out: {path!r} is no name for a file")
            elif layout.algorithm(blob.name) is None and not _is_inside(blob.target, repo.root):
                note(f"left out: {os.path.join(revision.path, path)} leads out of the cache")
            elif blob.path not in names:
                names[blob.path] = _content(store, repo, path, blob, listed, taken)
    for revision in revisions:
        whole = True
        for path, blob in revision.files.items():
            name = names.get(blob.path) if blob is not None else None
            if name is None or not layout.is_safe(path):
                whole = False
            else:
                store.link(repo.folder, revision.sha, path, name)
        if whole or revision.files:
            taken.revisions.append(revision.sha)
        kept = os.path.join(repo.path, "trees", f"{revision.sha}.json")
        if os.path.isfile(kept):
            with open(kept, "rb") as stream:
                store.listing(repo.folder, revision.sha, stream.read())
        for ref in revision.refs:
            where = os.path.join(repo.path, "refs", *ref.split("/"))
            if layout.is_safe(ref) and os.path.exists(where):
                store.ref(repo.folder, ref, revision.sha, os.stat(where).st_mtime, taken)
    return taken


def _is_inside(path: str, folder: str) -> bool:
    return os.path.realpath(path).startswith(os.path.join(os.path.realpath(folder), ""))


def _content(
    store: Store, repo: scan.CachedRepo, path: str, blob: scan.Blob, listed: dict[str, str], taken: Taken
) -> str | None:
    """Take one content; its name here, or None when it is damaged."""
    name = blob.name
    if os.sep + "snapshots" + os.sep in blob.path[len(repo.root) :] or not layout.is_blob(name):
        # A cache without links: the file's name is no hash.
        name = listed.get(path) or _named(store, path, blob.target, blob.size)
    try:
        return name if store.add_file(repo.folder, name, blob.target, blob.size, taken) else None
    except FileNotFoundError:
        taken.wrong.append(name)
        return None


def _named(store: Store, path: str, where: str, size: int) -> str:
    """The name that the Hub would give a file's content: SHA-256 of large files, git's id of others."""
    from hfterm.hub.share.attributes import is_large

    return store.hashed(where, "sha256" if is_large(path, size) else "git")


def _listing(repo: scan.CachedRepo, sha: str) -> dict[str, str]:
    from hfterm.hub.cache.verify import kept

    return {path: value for path, (_, value) in (kept(repo, sha) or {}).items() if layout.is_blob(value)}


def from_folder(store: Store, folder: str, repo_id: str, kind: str, revision: str = "main") -> Taken:
    """Import a folder of files as a commit of the repository ``repo_id``, named ``revision``.

    The commit's id is made of the files' names and hashes: the same folder gives the same commit.

    Raises:
        UsageError: it holds nothing, the reference cannot be one, or it names another commit already.
    """
    if not layout.is_safe(revision) or any(sign in revision for sign in " ~^:?*[\\"):
        raise UsageError(f"not a name for a branch or tag: {revision!r}")
    found = dict(_files(folder))
    if not found:
        raise UsageError(f"nothing to import in {folder!r}")
    name = layout.folder_name(kind, repo_id)
    taken = store.taken(name)
    hashes = {path: _named(store, path, where, size) for path, (where, size) in found.items()}
    lines = "".join(f"{path}\0{hashes[path]}\n" for path in sorted(hashes))
    sha = hashlib.sha1(f"import\0{lines}".encode(), usedforsecurity=False).hexdigest()
    known = os.path.join(store.root, name, "refs", *revision.split("/"))
    if os.path.exists(known) and not store.overwrite:
        with open(known, encoding="utf-8") as stream:
            if (other := stream.read(200).strip()) != sha:
                raise UsageError(
                    f"{taken.ref} at {revision} is cached already, as {other[:12]}", "add --overwrite to replace it"
                )
    for path, (where, size) in found.items():
        if not store.add_file(name, hashes[path], where, size, taken):
            raise HftermError(f"{where!r} changes while it is read")
    for path, value in hashes.items():
        store.link(name, sha, path, value)
    taken.revisions.append(sha)
    store.ref(name, revision, sha, float("inf"), taken)
    return taken


def _files(folder: str) -> Iterator[tuple[str, tuple[str, int]]]:
    """The files of a folder by their paths, with place and size.

    Raises:
        HftermError: one's name must not be in a cache.
    """
    for place, folders, names in os.walk(folder):
        if place == folder:
            folders[:] = [name for name in folders if name not in _NOT_CONTENT]
        for name in names:
            where = os.path.join(place, name)
            path = os.path.relpath(where, folder).replace(os.sep, "/")
            if name in layout.NOISE or not os.path.isfile(where):
                continue
            if not layout.is_safe(path):
                raise HftermError(f"{sanitize(path, cell=True)!r} is no name for a file of a repository", "rename it")
            yield path, (where, os.stat(where).st_size)
