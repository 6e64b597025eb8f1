"""What a store offers to the routes: repositories with branches, tags, commits and files."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from hfterm.hub.share.sending import Content
from hfterm.hub.share.tree import Entry, Folders

if TYPE_CHECKING:
    from hfterm.hub.share.xet_store import XetStore


class Commit(NamedTuple):
    """A commit: ``tree`` is the id of its root folder; ``date`` ISO 8601, UTC."""

    id: str
    tree: str
    parent: str | None
    title: str
    message: str
    author: str
    date: str


@dataclass(frozen=True)
class Refs:
    """Names of commits. ``pulls``: what was proposed, by ``refs/pr/N``."""

    branches: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    pulls: Mapping[str, str] = field(default_factory=dict)
    converts: Mapping[str, str] = field(default_factory=dict)

    def find(self, name: str) -> str | None:
        """The commit that a short or full name stands for."""
        for prefix, table in (("refs/heads/", self.branches), ("refs/tags/", self.tags)):
            if (sha := table.get(name.removeprefix(prefix))) is not None:
                return sha
        return self.pulls.get(name) or self.converts.get(name)


class Repo(Protocol):
    """A repository as it is read. Nothing here changes the disk."""

    @property
    def kind(self) -> str:
        """``model``, ``dataset`` or ``space``."""

    @property
    def id(self) -> str:
        """``owner/name`` or ``name``."""

    @property
    def folders(self) -> Folders:
        """Where the folders of its commits are."""

    def settings(self) -> Mapping[str, Any]:
        """``private``, ``gated``, ``created`` (ISO 8601) and what else was set."""

    def refs(self) -> Refs:
        """Branches and tags."""

    def resolve(self, revision: str) -> str:
        """The commit of a branch, tag or (also shortened) commit id.

        Raises:
            Refusal: there is none.
        """

    def head(self) -> str:
        """The commit that lists show.

        Raises:
            Refusal: there is none yet.
        """

    def commit(self, sha: str) -> Commit:
        """A commit of this repository.

        Raises:
            Refusal: there is none.
        """

    def history(self, sha: str) -> Iterator[Commit]:
        """The commit and those before it, newest first."""

    def content(self, commit: Commit, path: str, entry: Entry) -> Content | None:
        """The file on disk that holds a file's content; None when only Xet has it.

        Raises:
            Refusal: it is lost.
        """

    def partial(self, sha: str) -> bool:
        """Whether files of that commit may be missing here."""


class Store(Protocol):
    """Repositories in a folder."""

    @property
    def folder(self) -> Path:
        """Where it is."""

    @property
    def what(self) -> str:
        """What it is, in a word."""

    @property
    def writable(self) -> bool:
        """Whether it takes changes."""

    @property
    def xet(self) -> "XetStore | None":
        """Its Xet part."""

    def repos(self, kind: str) -> Iterable[Repo]:
        """Every repository of a kind."""

    def repo(self, kind: str, repo_id: str) -> Repo:
        """One repository.

        Raises:
            Refusal: there is none.
        """

    def close(self) -> None:
        """Give up what it holds."""
