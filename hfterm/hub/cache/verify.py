"""Check the contents of cached repositories against their hashes, and revisions against the Hub's listing.

A blob's name is its hash (SHA-256 of large files, git's SHA-1 of others). Where it is not, as on disks without
links, the listing tells the hash: the one kept in the cache, else the Hub's.
"""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from hfterm.errors import translate
from hfterm.hub.cache import digest, erase, layout, listing, locks
from hfterm.hub.cache.choose import Chosen
from hfterm.hub.cache.scan import Blob, CachedRepo, Revision, total

# The listing of a commit: path -> (size, hash); None where nobody knows it.
Listing = dict[str, tuple[int, str]]
Ask = Callable[[CachedRepo, str], Listing | None]


@dataclass
class Problem:
    """What is wrong with a content or a link, and the links that lead to it; ``what`` is the kind of fault."""

    what: str
    path: str
    found: str
    links: list[str] = field(default_factory=list)

    def record(self) -> dict[str, str]:
        """As a record."""
        return {"problem": self.what, "path": self.path, "found": self.found}


@dataclass
class Report:
    """What was found in a repository: contents hashed, their bytes, those with no known hash, files not cached."""

    repo: CachedRepo
    files: int = 0
    size: int = 0
    unknown: int = 0
    missing: int = 0
    listed: bool = True
    problems: list[Problem] = field(default_factory=list)
    removed: int = 0

    def record(self) -> dict[str, Any]:
        """As a record."""
        state = "damaged" if self.problems else "ok" if self.files or not self.unknown else "unknown"
        return {
            "ref": self.repo.ref, "type": self.repo.kind, "state": state, "files": self.files, "size": self.size,
            "problems": [problem.record() for problem in self.problems], "unknown": self.unknown,
            "missing": self.missing if self.listed else None, "removed": self.removed, "path": self.repo.path,
        }  # fmt: skip


def amount(chosen: Chosen) -> int:
    """The bytes that a check reads."""
    return total(_contents(chosen).values()) if isinstance(chosen.entry, CachedRepo) else 0


def _contents(chosen: Chosen) -> dict[str, Blob]:
    repo = chosen.entry
    assert isinstance(repo, CachedRepo)
    if chosen.revisions is None:
        return repo.contents() | {blob.path: blob for blob in repo.loose()}
    files = [(name, blob) for revision in chosen.revisions for name, blob in revision.files.items()]
    return {b.path: b for name, b in files if b is not None and (not chosen.paths or name in chosen.paths)}


def check(chosen: Chosen, ask: Ask, advance: Callable[[int], None] = lambda count: None) -> Report:
    """Check a repository, or some of its revisions."""
    repo = chosen.entry
    assert isinstance(repo, CachedRepo)
    revisions = list(repo.revisions.values()) if chosen.revisions is None else chosen.revisions
    report = Report(repo)
    links: dict[str, list[str]] = {}
    for revision in repo.revisions.values():
        for name, blob in revision.files.items():
            if blob is not None:
                links.setdefault(blob.path, []).append(os.path.join(revision.path, name))
    expected: dict[str, tuple[int, str]] = {}
    for revision in revisions:
        _look(repo, revision, chosen.paths, ask, report, expected)
    _hash(_contents(chosen), links, expected, report, advance)
    for told in repo.problems:
        report.problems.append(Problem("unreadable", told.partition(": ")[0], told))
    report.problems.sort(key=lambda problem: problem.path)
    return report


def _look(
    repo: CachedRepo,
    revision: Revision,
    paths: list[str],
    ask: Ask,
    report: Report,
    expected: dict[str, tuple[int, str]],
) -> None:
    """What a revision's links lead to, held against its listing."""
    there = ask(repo, revision.sha)
    report.listed = report.listed and there is not None
    for name, blob in revision.files.items():
        if paths and name not in paths:
            continue
        where = os.path.join(revision.path, name)
        if blob is None:
            report.problems.append(Problem("broken link", where, "it leads to nothing", [where]))
            continue
        if there is not None and name in there:
            size, value = there[name]
            if layout.algorithm(blob.name) and blob.path != where and blob.name != value:
                report.problems.append(Problem("wrong content", where, f"it is {blob.name}, not {value}", [where]))
                continue
            expected.setdefault(blob.path, (size, value))
    if there is not None:
        report.missing += sum(name not in revision.files for name in there if not paths or name in paths)


def _hash(
    contents: dict[str, Blob],
    links: dict[str, list[str]],
    expected: dict[str, tuple[int, str]],
    report: Report,
    advance: Callable[[int], None],
) -> None:
    jobs: list[tuple[Blob, str, int | None]] = []
    seen: set[tuple[tuple[int, int], str]] = set()
    for path, blob in contents.items():
        known = path not in links.get(path, [])  # a blob: its name tells; a file in a snapshot: the listing
        value = blob.name if known and layout.algorithm(blob.name) else expected.get(path, (0, ""))[1]
        if layout.algorithm(value) is None:
            report.unknown += 1
        elif (blob.inode, value) not in seen:
            seen.add((blob.inode, value))
            jobs.append((blob, value, expected[path][0] if path in expected else None))

    stopped, lock = threading.Event(), threading.Lock()

    def step(count: int) -> None:
        if stopped.is_set():
            raise InterruptedError
        with lock:
            advance(count)

    def one(job: tuple[Blob, str, int | None]) -> Problem | None:
        blob, value, size = job
        if size is not None and size != blob.size:
            step(blob.size)
            return Problem("wrong size", blob.path, f"{blob.size} bytes, not {size}")
        try:
            got = digest.of(blob.path, str(layout.algorithm(value)), step)
        except FileNotFoundError:
            return None  # removed meanwhile
        except OSError as exc:
            return Problem("unreadable", blob.path, (exc.strerror or str(exc)).lower())
        return Problem("wrong hash", blob.path, f"{got}, not {value}") if got != value else None

    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        try:
            for (blob, _, _), problem in zip(jobs, pool.map(one, jobs), strict=True):
                report.files += 1
                report.size += blob.size
                if problem is not None:
                    problem.links = links.get(blob.path, [])
                    report.problems.append(problem)
        except BaseException:  # Ctrl-C: the pool waits for its threads
            stopped.set()
            raise


def repair(report: Report) -> None:
    """Remove what is damaged, and the links to it, so that the next download gets it; counted in ``removed``.

    Raises:
        HftermError: the repository is being downloaded, or may not be changed.
    """
    repo, eraser = report.repo, erase.Eraser()
    with locks.idle(repo.root, repo.folder, repo.ref):
        for problem in report.problems:
            if problem.what == "unreadable":
                continue
            eraser.files(problem.links)
            if problem.what in ("wrong hash", "wrong size"):
                eraser.file(os.path.realpath(problem.path))
                eraser.file(problem.path)
            report.removed += 1


# --- who knows the listings ---------------------------------------------------------------------------------------


def listings(*, online: bool, note: Callable[[str], None]) -> Ask:
    """A function that finds the listing of a commit: kept in the cache, else (``online``) asked of the Hub.

    A Hub that cannot answer is told to ``note`` once, and not asked again.
    """
    reachable = [online]

    def ask(repo: CachedRepo, sha: str) -> Listing | None:
        known = kept(repo, sha)
        if known is not None or not reachable[0] or repo.kind == "kernel" or layout.algorithm(sha) != "git":
            return known
        try:
            return _asked(repo, sha)
        except Exception as error:
            exc = translate(error)
            if exc is None:
                raise
            reachable[0] = exc.exit_code in (3, 4)
            note(f"{repo.ref}: the Hub's listing is not to be had, hashes only: {exc.message}")
            return None

    return ask


def kept(repo: CachedRepo, sha: str) -> Listing | None:
    """The listing of a commit that is kept in the cache; None when there is none that makes sense."""
    listed = listing.read(repo.path, sha)
    if listed is None:
        return None
    try:
        return {
            str(path): (int(row.get("lfs_size") or row["size"]), str(row.get("lfs_sha256") or row["blob_id"]))
            for path, row in listed.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _asked(repo: CachedRepo, sha: str) -> Listing:
    """The Hub's listing.

    Raises:
        HftermError.
    """
    from hfterm.hub import tree
    from hfterm.hub.client import Repo

    rows: Iterator[dict[str, Any]] = tree.ls(Repo(repo.id, repo.kind, sha), recursive=True)  # type: ignore[arg-type]
    return {row["path"]: (row["size"], row["etag"]) for row in rows if row["type"] == "file"}
