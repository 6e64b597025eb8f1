"""Put files into a repository: find them, compare, send."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hfterm.errors import NotFoundError, UsageError
from hfterm.hub.client import Repo
from hfterm.hub.push import plan as planning
from hfterm.hub.push.hashes import Hashes
from hfterm.hub.push.local import LeftOut, collect
from hfterm.hub.push.plan import Track
from hfterm.hub.push.send import Sender
from hfterm.hub.push.wire import Wire
from hfterm.hub.writes import check_parent


@dataclass(frozen=True)
class Wish:
    """What a user wants put where. ``sources``: files and folders; ``listed``: they are lines of a list."""

    repo: Repo
    sources: tuple[str, ...]
    to: str = ""
    listed: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    secrets: bool = False
    create: bool = False
    private: bool | None = None
    sdk: str | None = None
    propose: bool = False
    title: str | None = None
    description: str = ""
    parent: str | None = None
    jobs: int = 4


def put(wish: Wish, track: Track, say: Callable[[str], None], left_out: Callable[[LeftOut], None]) -> dict[str, Any]:
    """Do it; a record of the commit. Nothing to do is no error: the record then has no ``commits``.

    Raises:
        UsageError, NotFoundError, AccessError, NetworkError, HftermError.
    """
    found, wire, hashes = _plan(wish, track, left_out, dry_run=False)
    planning.check_card(wire, found)
    changed = found.of("add", "change")
    total = sum(step.size or 0 for step in changed)
    with track(f"put {wish.repo.id}", total) as moved:
        wire.tell(moved)
        return Sender(wire, hashes, say).send(found, wish.title, wish.description, wish.parent)


def plan(wish: Wish, track: Track, left_out: Callable[[LeftOut], None]) -> planning.Plan:
    """What :func:`put` would do; nothing is changed.

    Raises:
        As :func:`put`.
    """
    return _plan(wish, track, left_out, dry_run=True)[0]


def _plan(
    wish: Wish, track: Track, left_out: Callable[[LeftOut], None], *, dry_run: bool
) -> tuple[planning.Plan, Wire, Hashes]:
    if wish.propose and wish.repo.revision not in (None, "main"):
        raise UsageError("--pr proposes a change to the main branch, --revision names another")
    check_parent(wish.parent)
    out: list[LeftOut] = []

    def note(one: LeftOut) -> None:
        out.append(one)
        left_out(one)

    to = "/".join(filter(None, (wish.repo.path, wish.to)))
    files = collect(
        wish.sources, to, listed=wish.listed, include=wish.include, exclude=wish.exclude,
        secrets=wish.secrets, left_out=note,
    )  # fmt: skip
    repo = wish.repo._replace(path="")
    if not files and not wish.delete:
        why = "what is there was left out" if out else "the folders are empty, or --include and --exclude leave nothing"
        raise NotFoundError("no files to send", why)
    head = planning.ensure(repo, create=wish.create, private=wish.private, sdk=wish.sdk, dry_run=dry_run)
    hashes = Hashes()
    wire = Wire(repo, propose=wish.propose, jobs=wish.jobs)
    return planning.make(wire, head, files, hashes, to=to, delete=wish.delete, track=track), wire, hashes
