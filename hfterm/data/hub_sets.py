"""Data sets of the Hub: looked up, their files read where they are or fetched into the cache."""

from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple, cast

from hfterm.data.globs import is_pattern, matching
from hfterm.data.repository import CARD, EXTRA, MOST_CARD, Found, Say, Want, metadata
from hfterm.data.splits import Layout
from hfterm.errors import NetworkError, NotFoundError, UsageError
from hfterm.hub import cached
from hfterm.hub.client import Repo, RepoType, offline
from hfterm.hub.fetch.hub import Entry, Hub
from hfterm.naming import Ref

# Where the Hub keeps a data set as Parquet.
CONVERTED = "refs/convert/parquet"


class Place(NamedTuple):
    """A repository at a commit, and its files. ``hub`` is None where the cache answers alone."""

    repo: Repo
    sha: str
    entries: dict[str, Entry]
    hub: Hub | None

    @property
    def pinned(self) -> Repo:
        """The repository at the commit."""
        return self.repo._replace(revision=self.sha)

    def where(self, path: str) -> str | None:
        """Where a file is in the cache; None when it is not."""
        from hfterm.hub.fetch.place import Cache

        cache = Cache(self.repo, self.sha)
        return cache.path(self.entries[path]) if cache.there(self.entries[path]) else None

    def read(self, path: str) -> bytes:
        """The content of a small file; nothing if there is none.

        Raises:
            NotFoundError: it is not in the cache, and the Hub must not be asked. AccessError, NetworkError.
        """
        if path not in self.entries:
            return b""
        if (here := self.where(path)) is not None:
            return Path(here).read_bytes()[:MOST_CARD]
        if self.hub is None:
            return b""
        from hfterm.data.remote import HubFile

        return HubFile.of(self.hub, self.pinned, self.entries[path]).fetch(0, MOST_CARD)


def place(repo: Repo, say: Say = lambda text: None) -> Place:
    """Look a repository up; where the Hub cannot be reached, in the cache.

    Raises:
        NotFoundError, AccessError, NetworkError.
    """
    from hfterm.data import remote
    from hfterm.hub.fetch.hub import is_commit
    from hfterm.hub.fetch.plan import kept_tree

    known = cached.commit(repo)
    if offline():
        if known is None:
            raise NotFoundError(f"{repo} is not in the cache, and HF_HUB_OFFLINE is set", "unset it to ask the Hub")
        return Place(repo, known, _kept(repo, known), None)
    hub = remote.hub(say)
    sha = repo.revision or ""
    if not is_commit(sha):
        try:
            sha = hub.commit(repo, hurry=known is not None)
        except NetworkError as exc:
            if known is None:
                raise
            say(f"{exc.message}; {repo.id} is from the cache, as it was when last asked for: {known[:12]}")
            return Place(repo, known, _kept(repo, known), None)
    return Place(repo, sha, kept_tree(repo, sha) or hub.tree(repo, sha), hub)


def _kept(repo: Repo, sha: str) -> dict[str, Entry]:
    from hfterm.hub.fetch.plan import kept_tree

    here = cached.files(repo._replace(path="", revision=sha))
    return kept_tree(repo, sha) or {f.path: Entry(f.path, f.size, f.etag or "", f.etag or "") for f in here}


def layout(place: Place, say: Say = lambda text: None) -> Layout:
    """The configurations and splits of a repository.

    Raises:
        UsageError: a program makes its rows, and is not run. HftermError: its card makes no sense.
    """
    repo = place.repo
    if repo.revision == CONVERTED:
        return Layout(repo.id, place.entries, {"configs": _converted(place.entries)})
    script = f"{repo.id.rpartition('/')[2]}.py"
    if script in place.entries:
        raise UsageError(f"{repo.id} is made by a program ({script}), which is not run", _instead(place))
    return Layout(repo.id, place.entries, metadata(repo.id, place.read(CARD), place.read(EXTRA), say))


def _instead(place: Place) -> str:
    """Where to find the rows of a data set that a program makes."""
    what = f"hf://datasets/{place.repo.id}@{CONVERTED}"
    if place.hub is not None:
        said, _ = place.hub.json(place.repo, place.hub.api(place.repo, "refs"))
        listed = said.get("converts") if isinstance(said, dict) else None
        if any(isinstance(one, dict) and one.get("ref") == CONVERTED for one in listed or ()):
            return f"the Hub keeps its rows as Parquet: {what}"
    return f"get its files (hfterm hub get -t dataset {place.repo.id}), or ask its owner for Parquet"


def _converted(paths: Collection[str]) -> list[dict[str, Any]]:
    """The Hub's own Parquet copies: ``CONFIG/SPLIT/0000.parquet``, ``partial-SPLIT`` where it is a part.

    https://huggingface.co/docs/dataset-viewer/parquet
    """
    found: dict[str, dict[str, list[str]]] = {}
    for path in sorted(paths):
        parts = path.split("/")
        if len(parts) == 3 and path.endswith(".parquet"):
            found.setdefault(parts[0], {}).setdefault(parts[1].removeprefix("partial-"), []).append(path)
    return [{"config_name": config, "data_files": splits} for config, splits in found.items()]


def on_hub(ref: Ref, want: Want, note: Say | None) -> list[Found]:
    """The files of a data set of the Hub that are wanted: in the cache, or (``partly``) to be read where they are.

    Raises:
        NotFoundError, AccessError, NetworkError, UsageError, HftermError.
    """
    return list(splits_on_hub(ref, want, note).values())


def splits_on_hub(ref: Ref, want: Want, note: Say | None) -> dict[str | None, Found]:
    """The same, by splits; files that were named themselves are of none."""
    say = note or (lambda text: None)
    repo = Repo(ref.name, cast(RepoType, ref.repo_type), ref.revision)
    at = place(repo, say)
    if ref.path and (found := _below(at, ref)) is not None:
        if want.said:
            raise UsageError(f"{ref.text!r} names files", "--config and --split are for whole data sets")
        return {None: Found(ref.text, bring(at, found, want.partly))}
    if ref.path:
        base = f"{ref.path}/"
        laid = Layout(ref.text, [path.removeprefix(base) for path in at.entries if path.startswith(base)])
    else:
        base, laid = "", layout(at, say)
    chosen, splits = laid.choose(want.config, want.split)
    if want.split is None and len(splits) > 1:
        say(f"{ref.text}: split {chosen[0].split} of {', '.join(splits)}; --split chooses")
    labels = [ref.text if len(chosen) == 1 else f"{ref.text} [{one.split}]" for one in chosen]
    return {
        one.split: Found(label, bring(at, [base + path for path in one.paths], want.partly))
        for label, one in zip(labels, chosen, strict=True)
    }


def _below(at: Place, ref: Ref) -> list[str] | None:
    """The files that a path or pattern in a repository names; None: it names a folder."""
    if ref.path in at.entries:
        return [ref.path]
    if any(path.startswith(f"{ref.path}/") for path in at.entries):
        return None
    if is_pattern(ref.path):
        try:
            found = matching(at.entries, ref.path)
        except ValueError as exc:
            raise UsageError(f"{ref.text!r}: {exc}") from exc
        if found:
            return found
        raise NotFoundError(f"no file matches {ref.text!r}", f"see: hfterm hub ls -R {at.repo}")
    import difflib

    near = difflib.get_close_matches(ref.path, list(at.entries), n=2, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"see: hfterm hub ls -R {at.repo}"
    raise NotFoundError(f"no {ref.path!r} in {at.repo.id}", hint)


def bring(at: Place, paths: list[str], partly: Collection[str] = ()) -> list[str]:
    """Where files are to be read: in the cache, to which they are fetched, or on the Hub.

    Raises:
        NotFoundError, AccessError, NetworkError, HftermError.
    """
    from hfterm.data.formats import format_of
    from hfterm.data.remote import HubFile
    from hfterm.hub.fetch import names
    from hfterm.hub.fetch.place import Cache

    names.check(paths)
    here = {path: at.where(path) for path in paths}
    if None not in here.values():
        return [where for where in here.values() if where is not None]
    if at.hub is not None and all(format_of(path) in partly for path in paths):
        return [here[path] or HubFile.of(at.hub, at.pinned, at.entries[path]) for path in paths]
    fetched(at, paths)
    cache = Cache(at.repo, at.sha)
    return [cache.path(at.entries[path]) for path in paths]


def fetched(at: Place, paths: list[str]) -> None:
    """Get files into the cache, and the card that tells what they are.

    Raises:
        NotFoundError, AccessError, NetworkError, HftermError.
    """
    import sys

    from hfterm.hub.fetch.get import get
    from hfterm.hub.fetch.place import keep_tree
    from hfterm.hub.fetch.plan import Wanted
    from hfterm.hub.fetch.show import told

    also = [name for name in (CARD, EXTRA) if name in at.entries and at.hub is not None]
    wanted = Wanted(files=tuple(dict.fromkeys([*paths, *also])))
    if at.hub is not None and not at.hub.partial:
        keep_tree(str(cached.folder(at.repo)), at.sha, at.entries)

    def say(text: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"{text}\n")

    with told(None, at.repo) as tell:
        if get(at.repo, wanted, say=say, tell=tell).sha != at.sha:  # a commit was made meanwhile
            get(at.pinned, wanted, say=say, tell=tell)
