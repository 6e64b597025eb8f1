"""Get files of a repository, into the Hub client's cache or a folder."""

import contextlib
import errno
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from hfterm.errors import SPACE_HINT, AccessError, HftermError, PartlyDoneError, translate
from hfterm.hub.client import Repo
from hfterm.hub.fetch.hub import Entry, Hub
from hfterm.hub.fetch.partial import came
from hfterm.hub.fetch.place import Cache
from hfterm.hub.fetch.plan import NoFile, Plan, State, Wanted, make
from hfterm.hub.fetch.retry import Patience
from hfterm.text import human_bytes, sanitize

if TYPE_CHECKING:  # what only a download needs is imported for one: a get of what is here costs little
    from hfterm.hub.fetch.crew import Crew
    from hfterm.hub.fetch.folder import Folder

Say = Callable[[str], None]
# Told how far it is.
Tell = Callable[[State], None]


@dataclass(frozen=True)
class How:
    """How to get files.

    ``to``: a folder instead of the cache, in which ``overwrite`` lets files be replaced that are not the Hub's.
    ``workers``: files at once; ``connections``: for each file (None: measured). ``stall``: seconds without a byte
    after which a connection is given up; ``retries``: failures in a row that are borne.
    """

    to: str | None = None
    overwrite: bool = False
    workers: int = 8
    connections: int | None = None
    stall: float = 30.0
    retries: int = 8


EVERYTHING = Wanted()
USUALLY = How()


class Got(NamedTuple):
    """What is here now, at ``path``: the folder of all files, or the file or folder that was named alone.

    ``size``: bytes of the files, ``fetched``: bytes that came over the network. ``offline``: the cache answered.
    """

    path: str
    sha: str
    files: int
    size: int
    fetched: int
    seconds: float
    offline: bool


def get(
    repo: Repo,
    wanted: Wanted = EVERYTHING,
    how: How = USUALLY,
    *,
    say: Say = lambda text: None,
    tell: Tell | None = None,
) -> Got:
    """Get what is wanted of a repository; what is here already is not fetched again.

    ``say`` hears of what fails and is tried again, in any thread; ``tell`` how far it is, in this one.

    Raises:
        NotFoundError, AccessError, NetworkError, UsageError, HftermError; PartlyDoneError: some files failed.
        KeyboardInterrupt and the like end it; what came is kept.
    """
    began = time.monotonic()
    with _hub(how, say) as hub:
        plan, place = _ready(hub, repo, wanted, how, say)
        lacking = []
        for entry in plan.entries.values():
            if place.there(entry):
                place.settle(entry)
            else:
                lacking.append(entry)
        fetched = 0
        if lacking:
            fetched = _bring(hub, plan, place, lacking, how, tell)
        if not plan.from_cache:
            place.finish()
    named = "/".join([*([repo.path] if repo.path else []), *(wanted.files if len(wanted.files) == 1 else ())])
    path = os.path.join(place.root, *filter(None, named.split("/")))
    size = sum(entry.size for entry in plan.entries.values())
    return Got(path, plan.sha, len(plan.entries), size, fetched, time.monotonic() - began, plan.from_cache)


def look(
    repo: Repo, wanted: Wanted = EVERYTHING, how: How = USUALLY, *, say: Say = lambda text: None
) -> Iterator[dict[str, Any]]:
    """What :func:`get` would do, a row a file: path, size, how many bytes are ``here``, ``state`` there|part|missing.

    Raises:
        HftermError: as :func:`get`.
    """
    with _hub(how, say) as hub:
        plan, place = _ready(hub, repo, wanted, how, say)
    for entry in plan.entries.values():
        there = place.at_hand(entry)
        here = entry.size if there else came(place.partial(entry), entry.size)
        state = "there" if there else "part" if here else "missing"
        yield {"path": entry.path, "size": entry.size, "here": here, "state": state}


@contextlib.contextmanager
def _hub(how: How, say: Say) -> Iterator[Hub]:
    mutex = threading.Lock()

    def one_at_a_time(text: str) -> None:
        with mutex:
            say(text)

    hub = Hub(Patience(retries=how.retries, silence=how.stall, say=one_at_a_time))
    try:
        yield hub
    finally:
        hub.wire.close()


def _ready(hub: Hub, repo: Repo, wanted: Wanted, how: How, say: Say) -> "tuple[Plan, Cache | Folder]":
    try:
        plan = make(hub, repo, wanted, say)
    except NoFile as exc:
        if how.to is None:
            Cache(repo, exc.sha).missing(exc.name)
        raise
    if how.to is None:
        return plan, Cache(repo, plan.sha)
    from hfterm.hub.fetch.folder import Folder

    return plan, Folder(how.to, repo, plan.sha, overwrite=how.overwrite)


def _bring(hub: Hub, plan: Plan, place: "Cache | Folder", lacking: list[Entry], how: How, tell: Tell | None) -> int:
    """Get files that are not here; returns how many bytes came."""
    from hfterm.hub.fetch.crew import Crew

    place.refuse(lacking)
    _room(place, lacking)
    try:
        place.begin(plan)
    except OSError as exc:
        raise _unwritable(place.root, exc) from exc
    crew = Crew(hub, place, plan, lacking, how.workers, how.connections)
    try:
        crew.run(tell or (lambda state: None))
    except Exception as exc:
        if isinstance(exc, OSError):
            raise _unwritable(place.root, exc) from exc
        raise
    except BaseException:  # a signal: what came stays
        state = crew.state()
        here = human_bytes(sum(came(place.partial(e), e.size) for e in lacking) + state.have)
        hub.patience.say(f"{here} of {human_bytes(crew.total)} are here; the same command goes on from there")
        raise
    if tell is not None:
        tell(crew.state())
    if crew.failed:
        raise _some_failed(plan.repo, crew)
    return crew.fetched


def _some_failed(repo: Repo, crew: "Crew") -> HftermError:
    first = next(iter(crew.failed.values()))
    if crew.files == 1:
        return first
    message = f"{len(crew.failed)} of {crew.files} files of {repo.id} could not be fetched: {first.message}"
    if len(crew.failed) < crew.files:
        return PartlyDoneError(message, first.hint, failed=tuple(crew.failed))
    error = HftermError(message, first.hint)
    error.exit_code = first.exit_code
    return error


def _unwritable(root: str, exc: OSError) -> HftermError:
    if exc.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return AccessError(
            f"cannot write below {root!r}: {(exc.strerror or str(exc)).lower()}",
            "choose another folder with --to, or another cache by HF_HUB_CACHE",
        )
    return translate(exc) or HftermError(f"cannot write below {root!r}: {exc}")


def _room(place: "Cache | Folder", lacking: list[Entry]) -> None:
    """Check that the disk has room for what is to come.

    Raises:
        HftermError: it has not.
    """
    import shutil

    contents = {
        place.partial(entry): entry for entry in lacking if not (isinstance(place, Cache) and place.at_hand(entry))
    }
    needed = sum(max(0, entry.size - came(path, entry.size)) for path, entry in contents.items())
    folder = place.root
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise HftermError(
            f"no room at {sanitize(folder, cell=True)!r}: {human_bytes(needed)} are to come, "
            f"{human_bytes(free)} are free",
            SPACE_HINT,
        )
