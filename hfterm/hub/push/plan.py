"""What an upload would change: found out before anything is sent."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from hfterm.errors import CheckFailedError, HftermError
from hfterm.hub import tree
from hfterm.hub.client import Repo
from hfterm.hub.push.hashes import Hashes, git_sha1
from hfterm.hub.push.local import Local, deletable
from hfterm.hub.push.wire import Wire
from hfterm.hub.writes import tip, writing

Action = Literal["add", "change", "same", "delete", "ignored"]
# Paths of one question to the Hub (https://github.com/huggingface/huggingface_hub/issues/1503).
PATHS = 500
# Makes a progress task: name, total bytes -> a block with a function that is told of bytes.
Track = Callable[[str, int], AbstractContextManager[Callable[..., None]]]


class Step(NamedTuple):
    """One file: what is to be done with it, its bytes here (``size``) and there (``old_size``).

    ``large``: it goes to the large file storage, not into the commit itself; None where that is not known yet.
    """

    action: Action
    path: str
    size: int | None
    old_size: int | None = None
    large: bool | None = None
    local: Local | None = None
    operation: Any = None

    def record(self) -> dict[str, Any]:
        """As a row."""
        where = str(self.local.where) if self.local else None
        return {"action": self.action, "path": self.path, "size": self.size, "old_size": self.old_size,
                "large": self.large, "from": where}  # fmt: skip


@dataclass
class Plan:
    """Steps, sorted by path, from the commit ``head`` (None: the repository is not there yet)."""

    repo: Repo
    head: str | None
    steps: list[Step] = field(default_factory=list)

    def of(self, *actions: Action) -> list[Step]:
        """The steps with one of these actions."""
        return [step for step in self.steps if step.action in actions]


def ensure(repo: Repo, *, create: bool, private: bool | None, sdk: str | None, dry_run: bool) -> str | None:
    """The commit that the repository's revision is at; with ``create`` both are made when they are not there.

    None: in a dry run, they would be made.

    Raises:
        NotFoundError: they are not there. AccessError, NetworkError.
    """
    from huggingface_hub import errors

    with writing(repo) as api:
        try:
            return tip(repo)
        except errors.GatedRepoError:
            raise
        except errors.RevisionNotFoundError:
            if not create:
                raise
        except errors.RepositoryNotFoundError:
            if not create:
                raise
            if dry_run:
                return None
            from hfterm.hub.repos import create as make_repo

            plain = repo._replace(revision=None, path="")
            make_repo(plain, private=private, exist_ok=True, sdk=sdk)
        if dry_run:
            return None
        if repo.revision not in (None, "main"):
            api.create_branch(repo.id, branch=repo.revision, repo_type=repo.type, exist_ok=True)
        return tip(repo)


def make(
    wire: Wire,
    head: str | None,
    files: Sequence[Local],
    hashes: Hashes,
    *,
    to: str = "",
    delete: tuple[str, ...] = (),
    track: Track,
) -> Plan:
    """Compare the files with the repository.

    Raises:
        CheckFailedError: the README's metadata is wrong. NotFoundError, AccessError, NetworkError, HftermError.
    """
    repo = wire.repo
    if head is None:
        return Plan(repo, None, [Step("add", f.at, f.size, local=f) for f in files])
    with writing(repo):
        operations = wire.modes(files, _text(files, ".gitignore"))
        asked = [o.path_in_repo for o in operations if o._remote_oid and not o._should_ignore]
        there = {row["path"]: row for row in _infos(repo, asked)}
        alike = sum(file.size for file in files if file.at in there and there[file.at]["size"] == file.size)
        with track("compare", alike) as read:
            steps = [
                _step(file, operation, there.get(file.at), hashes, read)
                for file, operation in zip(files, operations, strict=True)
            ]
        if delete:
            steps += _deletions(repo, {file.at for file in files}, to, delete)
    return Plan(repo, head, sorted(steps, key=lambda step: step.path))


def _infos(repo: Repo, paths: list[str]) -> Iterator[dict[str, Any]]:
    for at in range(0, len(paths), PATHS):
        yield from (row for row in tree.paths(repo, paths[at : at + PATHS]) if row["type"] == "file")


def _step(
    file: Local, operation: Any, there: dict[str, Any] | None, hashes: Hashes, read: Callable[[int], None]
) -> Step:
    large = operation._upload_mode == "lfs"
    step = Step("add", file.at, file.size, None, large, file, operation)
    if operation._should_ignore:
        return step._replace(action="ignored")
    if there is None:
        return step
    step = step._replace(action="change", old_size=there["size"])
    if there["size"] != file.size or large != there["lfs"]:
        return step
    mine = hashes.sha256(file, read) if large else git_sha1(file.where, file.size, read)
    return step._replace(action="same") if mine == there["etag"] else step


def _deletions(repo: Repo, kept: set[str], to: str, patterns: tuple[str, ...]) -> Iterator[Step]:
    for row in tree.ls(repo, recursive=True):
        if row["type"] == "file" and row["path"] not in kept and deletable(row["path"], to, patterns):
            yield Step("delete", row["path"], None, row["size"], row["lfs"])


def _text(files: Iterable[Local], path: str) -> str | None:
    for file in files:
        if file.at == path:
            try:
                return file.where.read_text("utf-8")
            except UnicodeDecodeError as exc:
                raise HftermError(f"{file.where} is not UTF-8 text") from exc
    return None


def check_card(wire: Wire, plan: Plan) -> None:
    """Let the Hub check the metadata of the README that is to be sent.

    Raises:
        CheckFailedError: it is wrong.
    """
    changed = [step.local for step in plan.of("add", "change") if step.local]
    text = _text(changed, "README.md")
    if text is None:
        return
    try:
        wire.check_card(text)
    except ValueError as exc:
        said = " ".join(str(exc).split()).replace("Invalid metadata in README.md. - ", "")
        raise CheckFailedError(f"wrong metadata in README.md: {said}", "mend the part between the --- lines") from exc
