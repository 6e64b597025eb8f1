"""Remove files of a repository, in one commit."""

import difflib
from typing import Any

from hfterm.errors import NotFoundError, UsageError
from hfterm.hub import tree
from hfterm.hub.client import Repo
from hfterm.hub.patterns import hit
from hfterm.hub.writes import moved_on, writing


def find(repo: Repo, patterns: tuple[str, ...]) -> list[dict[str, Any]]:
    """The files that patterns name: a row each, ``path`` and ``size``. A folder's name means all in it.

    A pattern that is not its very name leaves ``.gitattributes`` where it is.

    Raises:
        NotFoundError: a pattern matches nothing. AccessError, NetworkError.
    """
    with writing(repo):
        rows = tree.ls(repo._replace(path=""), recursive=True)
        files = {row["path"]: row["size"] for row in rows if row["type"] == "file"}
    found: dict[str, int] = {}
    for pattern in patterns:
        plain = pattern.strip("/")
        if not plain:
            raise UsageError("an empty pattern", "'*' names all files, --repo the repository itself")
        matched = [path for path in files if path == plain or path.startswith(f"{plain}/")]
        # The Hub needs it to know large files: whoever wants it gone says so.
        matched += [path for path in files if hit(path, (pattern,)) and path != ".gitattributes"]
        if not matched:
            near = difflib.get_close_matches(pattern, files, n=2, cutoff=0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else f"see: hfterm hub ls {repo}"
            raise NotFoundError(f"no {pattern!r} in {repo.id}", hint)
        found |= {path: files[path] for path in matched}
    return [{"path": path, "size": found[path]} for path in sorted(found)]


def remove(
    repo: Repo,
    paths: list[str],
    *,
    message: str | None = None,
    description: str = "",
    propose: bool = False,
    parent: str | None = None,
) -> dict[str, Any]:
    """Remove files; a record of the commit.

    Raises:
        HftermError: the branch moved on from ``parent``. NotFoundError, AccessError, NetworkError.
    """
    from huggingface_hub import CommitOperationDelete
    from huggingface_hub.errors import HfHubHTTPError

    title = message or f"Delete {paths[0] if len(paths) == 1 else f'{len(paths)} files'} with hfterm"
    with writing(repo) as api:
        try:
            info = api.create_commit(
                repo.id, [CommitOperationDelete(path, is_folder=False) for path in paths], commit_message=title,
                commit_description=description, repo_type=repo.type, revision=repo.revision, create_pr=propose,
                parent_commit=parent,
            )  # fmt: skip
        except HfHubHTTPError as exc:
            if error := moved_on(exc, repo):
                raise error from exc
            raise
    return {
        "id": repo.id, "type": repo.type, "revision": info.pr_revision or repo.revision or "main",
        "commit": info.oid, "url": info.pr_url or str(info.commit_url), "deleted": len(paths),
    }  # fmt: skip
