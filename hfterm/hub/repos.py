"""Repositories themselves: make, move and remove them."""

from typing import Any

from hfterm.errors import HftermError, UsageError
from hfterm.hub.client import Repo, endpoint
from hfterm.hub.info import info
from hfterm.hub.writes import exists, tip, writing


def create(
    repo: Repo, *, private: bool | None = None, exist_ok: bool = False, sdk: str | None = None, dry_run: bool = False
) -> dict[str, Any]:
    """Make a repository; its record has ``id``, ``type``, ``url`` and ``created`` (False: it was there).

    Raises:
        UsageError: a space without ``sdk``. HftermError: it exists. AccessError, NetworkError.
    """
    if repo.revision or repo.path:
        raise UsageError(f"{repo} names more than a repository", "leave out @revision and the path")
    if (repo.type == "space") != bool(sdk):
        raise UsageError("a space needs --sdk" if repo.type == "space" else "--sdk is for a space")
    from huggingface_hub.errors import HfHubHTTPError

    with writing(repo) as api:
        there = api.repo_exists(repo.id, repo_type=repo.type) if dry_run or exist_ok else False
        if dry_run:
            if there and not exist_ok:
                raise HftermError(f"{repo.type} {repo.id!r} exists already", "--exist-ok takes it as it is")
            return {"id": repo.id, "type": repo.type, "url": f"{endpoint()}/{repo.kind_id}", "created": not there}
        try:
            made = api.create_repo(repo.id, repo_type=repo.type, private=private, exist_ok=exist_ok, space_sdk=sdk)
        except HfHubHTTPError as exc:
            if error := exists(exc, f"{repo.type} {repo.id!r}", "--exist-ok takes it as it is"):
                raise error from exc
            raise
    return {"id": made.repo_id, "type": repo.type, "url": str(made), "created": not there}


def move(old: Repo, new: Repo, *, dry_run: bool = False) -> dict[str, Any]:
    """Give a repository another name or owner; its record has ``id``, ``type``, ``from`` and ``url``.

    Raises:
        NotFoundError: there is none. HftermError: the new name is taken. UsageError, AccessError, NetworkError.
    """
    for repo in (old, new):
        if repo.revision or repo.path:
            raise UsageError(f"{repo} names more than a repository", "leave out @revision and the path")
        if "/" not in repo.id:
            raise UsageError(f"{repo.id!r} has no owner", f"write OWNER/{repo.id}")
    if old.type != new.type:
        raise UsageError(f"a {old.type} cannot become a {new.type}")
    if old.id == new.id:
        raise UsageError("both names are the same")
    from huggingface_hub.errors import HfHubHTTPError

    with writing(old) as api:
        if dry_run:
            tip(old)
            if api.repo_exists(new.id, repo_type=new.type):
                raise HftermError(f"{new.type} {new.id!r} exists already")
        else:
            try:
                api.move_repo(old.id, new.id, repo_type=old.type)
            except HfHubHTTPError as exc:
                if error := exists(exc, f"{new.type} {new.id!r}"):
                    raise error from exc
                raise
        return {"id": new.id, "type": new.type, "from": old.id, "url": f"{endpoint()}/{new.kind_id}"}


def facts(repo: Repo) -> dict[str, Any]:
    """What would go with a repository: ``id``, ``type``, ``files``, ``size`` in bytes (None: not told), ``updated``.

    Raises:
        NotFoundError, AccessError, NetworkError.
    """
    if repo.revision or repo.path:
        raise UsageError(f"{repo} names more than a repository", "leave out @revision and the path")
    with writing(repo):
        told = info(repo)
    return {key: told[key] for key in ("id", "type", "files", "size", "updated")}


def remove(repo: Repo) -> None:
    """Remove a repository with all its history.

    Raises:
        NotFoundError, AccessError, NetworkError.
    """
    with writing(repo) as api:
        api.delete_repo(repo.id, repo_type=repo.type)
