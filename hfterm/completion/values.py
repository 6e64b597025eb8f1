"""The values that change, for a Tab: cached repositories and their files, runs, adapters, folders with a model.

Nothing but ``os`` and ``hfterm.paths`` is imported, for this must cost no more than starting Python. So
what ``hfterm.runs`` makes of a run's folder stands here a second time; a test holds them equal.
"""

import os

from hfterm.paths import hub_cache_name, runs_dir_name, state_dir_name

# Entries looked at in one folder before giving up: a Tab must not hang on a huge or remote one.
MOST_ENTRIES = 5000


def complete(kind: str, prefix: str, words: list[str] | tuple[str, ...] = ()) -> list[str]:
    """Values of ``kind`` (``models``, ``repos``, ``places``, ``repofiles``, ``runs``, ``adapters``, and the ``keys``
    of :mod:`hfterm.completion.fields`) that begin with ``prefix``.

    ``words`` are those of the command line, which name the repository whose files are wanted, or the method.
    A value that ends in ``/``, ``=`` or ``.`` is to be continued. Never raises: what cannot be
    read, and an unknown kind, give nothing.
    """
    try:
        if kind in ("repos", "places", "repofiles"):
            from hfterm.completion.cached import repositories, repository_files

            found = repository_files(prefix, words) if kind == "repofiles" else repositories(prefix, words)
            if kind == "places":
                found = sorted({*found, *_run_outputs(prefix, ""), *_folders(prefix, (), files=True)})
            return [v for v in found if v.startswith(prefix) and v.isprintable()]
        if kind in ("peftkeys", "fieldkeys", "recipekeys"):
            from hfterm.completion.fields import settings

            return [v for v in settings(kind, prefix, words) if v.startswith(prefix) and v.isprintable()]
        source = {"models": _models, "runs": _runs, "adapters": _adapters}.get(kind)
        # isprintable also leaves out what could not be written: lone surrogates of a badly encoded name.
        return [v for v in source(prefix) if v.startswith(prefix) and v.isprintable()] if source else []
    except Exception:
        return []


def _models(prefix: str) -> list[str]:
    found = [*_run_outputs(prefix, ""), *_folders(prefix, ("config.json", "adapter_config.json"))]
    cache = hub_cache_name()
    for name in _entries(cache):
        if name.startswith("models--") and os.path.isdir(os.path.join(cache, name, "snapshots")):
            found.append(name[8:].replace("--", "/"))
    return sorted(set(found))


def _adapters(prefix: str) -> list[str]:
    marker = "adapter_config.json"
    return sorted({*_run_outputs(prefix, marker), *_folders(prefix, (marker,))})


def _runs(prefix: str) -> list[str]:
    scheme = "run:" if prefix.startswith("run:") else ""
    waiting = os.path.join(state_dir_name(), "background")
    queued = [n for n in _entries(waiting) if _is_name(n) and os.path.isdir(os.path.join(waiting, n))]
    return sorted(scheme + name for name in {*_run_names(), *queued})


def _run_names() -> list[str]:
    folder = runs_dir_name()
    return [n for n in _entries(folder) if _is_name(n) and os.path.isdir(os.path.join(folder, n))]


def _is_name(name: str) -> bool:
    """As ``hfterm.runs``: hidden ones are unfinished or being removed."""
    plain = name.translate({ord(c): "a" for c in "._-"})
    return name[:1].isalnum() and plain.isalnum() and plain.isascii() and len(name) <= 100


def _run_outputs(prefix: str, marker: str) -> list[str]:
    """``run:NAME`` of every run whose output holds ``marker``; ``run:NAME@...`` once an @ is typed."""
    folder = runs_dir_name()
    if prefix.startswith("run:") and "@" in prefix:
        name = prefix[4:].partition("@")[0]
        if not _is_name(name):
            return []
        saved = os.path.join(folder, name, "checkpoints")
        steps = [
            n[11:]
            for n in _entries(saved)
            if n.startswith("checkpoint-") and os.path.exists(os.path.join(saved, n, "hfterm-complete.json"))
        ]
        return [f"run:{name}@{s}" for s in (*steps, *(("best", "last") if steps else ()))]
    return ["run:" + n for n in _run_names() if os.path.exists(os.path.join(folder, n, "output", marker))]


def _folders(prefix: str, markers: tuple[str, ...], *, files: bool = False) -> list[str]:
    """Folders that hold one of ``markers``; once something is typed also the others, with a slash, and ``files``."""
    above, _, start = prefix.rpartition("/")
    above += "/" if "/" in prefix else ""
    where = os.path.expanduser(above) or "."
    found = []
    for name in _entries(where):
        path = os.path.join(where, name)
        if not name.startswith(start) or (name[0] == "." and not start):
            continue
        if not os.path.isdir(path):
            if files and prefix:
                found.append(above + name)
        elif any(os.path.exists(os.path.join(path, m)) for m in markers):
            found.append(above + name)
        elif prefix:
            found.append(f"{above}{name}/")
    return found


def _entries(folder: str) -> list[str]:
    names = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                names.append(entry.name)
                if len(names) >= MOST_ENTRIES:
                    break
    except OSError:
        pass
    return names
