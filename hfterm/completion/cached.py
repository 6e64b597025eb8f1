"""Repositories in the Hub client's cache, and their files, for a Tab; as :mod:`hfterm.completion.values`, cheaply."""

import os

from hfterm.paths import hub_cache_name

_KINDS = {"models": "", "datasets": "datasets/", "spaces": "spaces/"}
# A kept listing larger than this is not read: a Tab must not wait for it.
MOST_LISTING_BYTES = 4 << 20
MOST_ENTRIES = 5000

Words = list[str] | tuple[str, ...]


def repositories(prefix: str, words: Words = ()) -> list[str]:
    """Ids of cached repositories: of the kind that ``--type`` says, else of all (``datasets/org/name``)."""
    wanted = _type(words)
    scheme = "hf://" if prefix.startswith("hf://") else ""
    found = []
    for name in _names(hub_cache_name()):
        kind, _, rest = name.partition("--")
        if kind in _KINDS and rest and os.path.isdir(os.path.join(hub_cache_name(), name, "snapshots")):
            if wanted == kind:
                found.append(scheme + rest.replace("--", "/"))
            elif wanted is None:
                found.append(scheme + _KINDS[kind] + rest.replace("--", "/"))
    return sorted(found)


def repository_files(prefix: str, words: Words) -> list[str]:
    """Files and folders (ending in ``/``), one level at a time, of the cached repository that the words name."""
    base = next((found for word in words if word != prefix and (found := _folder(word, _type(words)))), None)
    if base is None:
        return []
    sha = _commit(base, words)
    above = prefix.rpartition("/")[0]
    above += "/" if above else ""
    below = {path[len(above) :].partition("/") for path in _listed(base, sha) if path.startswith(above)}
    offered = {above + name + slash for name, slash, _ in below}
    there = os.path.join(base, "snapshots", sha, *above.split("/"))
    for name in _names(there):
        offered.add(above + name + ("/" if os.path.isdir(os.path.join(there, name)) else ""))
    return sorted(offered)


def _type(words: Words) -> str | None:
    """The kind that ``-t`` or ``--type`` says, as the cache names it."""
    for at, word in enumerate(words):
        value = word.partition("=")[2] if word.startswith("--type=") else ""
        if word in ("-t", "--type") and at + 1 < len(words):
            value = words[at + 1]
        if f"{value}s" in _KINDS:
            return f"{value}s"
    return None


def _folder(word: str, kind: str | None) -> str | None:
    """The cache's folder of the repository that a word names, if there is one."""
    name = word.removeprefix("hf://").partition("@")[0]
    first, _, rest = name.partition("/")
    if first in _KINDS and rest:
        kind, name = first, rest
    if not name or name.startswith("-"):
        return None
    path = os.path.join(hub_cache_name(), "--".join([kind or "models", *name.split("/")]))
    return path if os.path.isdir(os.path.join(path, "snapshots")) else None


def _commit(base: str, words: Words) -> str:
    """The commit of the revision that the words name."""
    revision = next((word.partition("@")[2] for word in words if "@" in word), "") or "main"
    for at, word in enumerate(words[:-1]):
        if word in ("-r", "--revision"):
            revision = words[at + 1]
    try:
        with open(os.path.join(base, "refs", revision), encoding="utf-8") as stream:
            return stream.read().strip()
    except OSError:
        return revision


def _listed(base: str, sha: str) -> list[str]:
    """The files of a commit as its kept listing tells, those that were not downloaded too."""
    path = os.path.join(base, "trees", f"{sha}.json")
    try:
        if os.stat(path).st_size > MOST_LISTING_BYTES:
            return []
        import json

        with open(path, encoding="utf-8") as stream:
            return list(json.load(stream)["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _names(folder: str) -> list[str]:
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                found.append(entry.name)
                if len(found) >= MOST_ENTRIES:
                    break
    except OSError:
        pass
    return found
