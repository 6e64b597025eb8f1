"""What differs: two revisions, two repositories, or a folder here and a repository. Nothing large is downloaded."""

import difflib
import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hfterm.errors import NotFoundError, UsageError
from hfterm.hub import tree
from hfterm.hub.answers import repo_url, rows, understood
from hfterm.hub.client import Repo, offline, repo
from hfterm.hub.patterns import chosen
from hfterm.hub.push.hashes import Hashes, git_sha1
from hfterm.hub.push.local import LeftOut, Local, collect
from hfterm.hub.push.secrets import suspect
from hfterm.naming import check_revision
from hfterm.text import human_bytes, redact

# Larger files are not shown line by line.
TEXT_BYTES = 1 << 20


class File(NamedTuple):
    """A file of a side: bytes; ``oid``: git's id, or the SHA-256 of a large one; ``local``: it is here."""

    size: int
    oid: str | None
    large: bool | None
    local: Local | None = None


@dataclass
class Side:
    """One of the two: ``name`` as the user knows it, its files by path; None for ``repo`` means a folder here."""

    name: str
    repo: Repo | None
    files: dict[str, File] = field(default_factory=dict)

    def data(self, path: str) -> bytes:
        """A file's content; empty when it has none of that path."""
        file = self.files.get(path)
        if file is None:
            return b""
        if file.local is not None:
            return file.local.where.read_bytes()
        from hfterm.hub import read

        assert self.repo is not None
        base = f"{self.repo.path}/" if self.repo.path else ""
        return b"".join(read.stream(self.repo._replace(path=base + path)))


def sides(first: str, second: str | None, repo_type: str | None, say: Callable[[LeftOut], None]) -> tuple[Side, Side]:
    """The two sides: a folder, a repository, or ``@rev`` for another revision of the first.

    Without ``second``: a named revision against the main branch, else what the last commit changed.

    Raises:
        UsageError: two folders. NotFoundError, AccessError, NetworkError.
    """
    if _is_folder(first):
        if second is None or _is_folder(second):
            raise UsageError("one side must be a repository", "two folders: diff -r A B")
        return _folder(first, say), _repository(repo(second, repo_type))
    one = repo(first, repo_type)
    if second is not None and _is_folder(second):
        return _repository(one), _folder(second, say)
    if second is None:
        if one.revision is None:
            return tuple(_repository(each) for each in _last_commit(one))  # type: ignore[return-value]
        other = one._replace(revision="main")
    elif second.startswith("@"):
        other = one._replace(revision=check_revision(second[1:] or "main"))
    else:
        other = repo(second, repo_type)
    return _repository(one), _repository(other)


def _is_folder(text: str) -> bool:
    if text.startswith(("/", ".", "~")) and not os.path.isdir(os.path.expanduser(text)):
        raise NotFoundError(f"no such folder: {text!r}")
    return os.path.isdir(os.path.expanduser(text))


def _folder(text: str, say: Callable[[LeftOut], None]) -> Side:
    return Side(text, None, {f.at: File(f.size, None, None, f) for f in collect([text], left_out=say, secrets=True)})


def _last_commit(one: Repo) -> tuple[Repo, Repo]:
    url = f"{repo_url(one)}/commits/main"
    with understood(url):
        commits = [str(row["id"]) for row in itertools.islice(rows(one, url), 2)]
    if len(commits) < 2:
        raise NotFoundError(f"{one.id} has one commit: there is nothing before it", "name another side")
    return one._replace(revision=commits[1]), one._replace(revision=commits[0])


def _repository(one: Repo) -> Side:
    if offline():
        raise NotFoundError(f"comparing {one} needs the Hub, and HF_HUB_OFFLINE is set", "unset HF_HUB_OFFLINE")
    side = Side(str(one), one)
    for row in tree.ls(one, recursive=True):
        if row["type"] != "file":
            continue
        if row["path"] == one.path:
            raise UsageError(f"{one.path!r} in {one.id} is a file", "name the repository, and --include for the file")
        path = row["path"][len(one.path) + 1 :] if one.path else row["path"]
        side.files[path] = File(row["size"], row["etag"], row["lfs"])
    return side


def diff(
    old: Side,
    new: Side,
    *,
    include: tuple[str, ...] = (),
    exclude: tuple[str, ...] = (),
    read: Callable[[int], None] = lambda _: None,
    say: Callable[[LeftOut], None] = lambda _: None,
) -> Iterator[dict[str, Any]]:
    """Yield a row a file that differs, by path: ``path``, ``change`` (added, removed, changed), sizes, hashes.

    A folder here is not expected to have the ``.gitattributes`` that the Hub makes. ``read`` is told of bytes hashed,
    ``say`` of what is here and may hold a secret: such a file counts only where the other side has it, too.
    """
    hashes = Hashes()
    for path in sorted(old.files.keys() | new.files.keys()):
        if not chosen(path, include, exclude):
            continue
        before, after = old.files.get(path), new.files.get(path)
        if path == ".gitattributes" and (before is None or after is None) and None in (old.repo, new.repo):
            continue
        if before is not None and after is not None and _same(before, after, hashes, read):
            continue
        lone = (before or after) if None in (before, after) else None
        if lone is not None and lone.local and (why := suspect(lone.local.where, lone.size)):
            say(LeftOut(lone.local.where, why))  # as "put" leaves it out
            continue
        yield {
            "path": path,
            "change": "added" if before is None else "removed" if after is None else "changed",
            "old_size": before.size if before else None,
            "size": after.size if after else None,
            "old_oid": before.oid if before else None,
            "oid": after.oid if after else None,
            "large": bool((before and before.large) or (after and after.large)),
        }


def to_read(old: Side, new: Side) -> int:
    """Bytes of files here that must be read to know whether they differ."""
    pairs = ((old.files[path], new.files[path]) for path in old.files.keys() & new.files.keys())
    return sum(a.size for a, b in pairs if a.size == b.size and (a.local or b.local))


def _same(before: File, after: File, hashes: Hashes, read: Callable[[int], None]) -> bool:
    local = before.local or after.local
    if before.size != after.size:
        return False
    if local is None:
        return before.oid == after.oid
    other = after if before.local else before
    mine = hashes.sha256(local, read) if other.large else git_sha1(local.where, local.size, read)
    return mine == other.oid


def patch(old: Side, new: Side, row: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of a unified diff of one row's file; of a large or binary one that it differs."""
    path = row["path"]
    # A name with a newline must not make lines of its own.
    a, b = (f"{side}/{path}".encode("unicode_escape").decode() if not path.isprintable() else f"{side}/{path}"
            for side in "ab")  # fmt: skip
    yield f"diff {a} {b}"
    before = after = None
    if not row["large"] and max(row["old_size"] or 0, row["size"] or 0) <= TEXT_BYTES:
        before, after = _text(old.data(path)), _text(new.data(path))
    if before is None or after is None:
        yield f"Binary files {a} and {b} differ ({human_bytes(row['old_size'])} -> {human_bytes(row['size'])})"
        return
    names = ("/dev/null" if row["change"] == "added" else a, "/dev/null" if row["change"] == "removed" else b)
    for line in difflib.unified_diff(_lines(before), _lines(after), *names):
        if line.endswith("\n"):
            yield redact(line[:-1])
        else:
            yield from (redact(line), "\\ No newline at end of file")


def _lines(text: str) -> list[str]:
    # Only "\n" ends a line for diff and patch; str.splitlines knows many more.
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _text(data: bytes) -> str | None:
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None
