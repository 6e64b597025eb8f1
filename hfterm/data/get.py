"""The files of a data set of the Hub, or of some of its splits, brought here."""

import os
from collections.abc import Iterator
from typing import Any

from hfterm.data.hub_sets import layout, place
from hfterm.data.repository import CARD, EXTRA, Say
from hfterm.errors import UsageError
from hfterm.hub.client import Repo
from hfterm.hub.fetch.get import USUALLY, Got, How, Tell, get, look
from hfterm.hub.fetch.plan import Wanted


def wanted(repo: Repo, config: str | None, split: str | None, say: Say = lambda text: None) -> Wanted:
    """What a user wants of a data set: all of it, or a configuration's splits (none named: all) and the card.

    Raises:
        NotFoundError, UsageError, AccessError, NetworkError.
    """
    if config is None and split is None:
        return Wanted()
    if repo.path:
        raise UsageError(f"{repo} names files", "--config and --split are for whole data sets")
    at = place(repo, say)
    chosen, _ = layout(at, say).choose(config, split if split is not None else "all")
    cards = [name for name in (CARD, EXTRA) if name in at.entries]
    return Wanted(files=tuple(dict.fromkeys([path for one in chosen for path in one.paths] + cards)))


def bring(
    repo: Repo, config: str | None = None, split: str | None = None, how: How = USUALLY, *,
    say: Say = lambda text: None, tell: Tell | None = None,
) -> Got:  # fmt: skip
    """Get it, into the cache or the folder of ``how``, which is its path; what is here already is not fetched again.

    Raises:
        NotFoundError, AccessError, NetworkError, UsageError, HftermError.
    """
    what = wanted(repo, config, split, say)
    got = get(repo, what, how, say=say, tell=tell)
    if len(what.files) != 1:
        return got
    return got._replace(path=got.path.removesuffix(os.path.join(os.sep, *what.files[0].split("/"))))


def planned(
    repo: Repo, config: str | None = None, split: str | None = None, how: How = USUALLY, *,
    say: Say = lambda text: None,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """What :func:`bring` would do, a row a file: path, size, bytes ``here``, ``state`` there|part|missing.

    Raises:
        As :func:`bring`.
    """
    return look(repo, wanted(repo, config, split, say), how, say=say)


def names_rows(path: str) -> bool:
    """Whether a name is that of a file of rows, not of a folder."""
    from hfterm.data.saving import target_of

    if os.path.isdir(path):
        return False
    try:
        target_of(path)
    except UsageError:
        return False
    return True


def save(
    text: str, path: str, config: str | None = None, split: str | None = None, *, say: Say = lambda text: None,
    overwrite: bool = False,
) -> None:  # fmt: skip
    """Write the rows of a split to a file, in the format of its name; the files that they come from stay in the cache.

    Raises:
        As :func:`bring`.
    """
    from hfterm.data import engine
    from hfterm.data.convert import convert
    from hfterm.data.source import sources

    text = text if text.startswith("hf://") else f"hf://datasets/{text.removeprefix('datasets/')}"
    found = sources([text], note=say, config=config, split=split)
    convert(engine.connect(), found, path, overwrite=overwrite)
