"""What a run's rewards are made of, kept: what is changed between two lives of the run must not go unnoticed.

``rewards/`` in the run's folder holds a copy of each file of a reward function and of each module that it imports from
its own folder, and ``files.json``: a list of objects with ``path``, ``kind`` (file, module or model), ``sha256``, and
of files ``copy`` and ``size``. Of a reward model nothing is copied; ``path`` is what it was called by.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hfterm.errors import HftermError, NotFoundError
from hfterm.files import write_text
from hfterm.runs import Run
from hfterm.text import to_json
from hfterm.train import whole
from hfterm.train.data import digest
from hfterm.train.local_modules import local_modules
from hfterm.train.recipe import Recipe

FOLDER, LIST = "rewards", "files.json"
_WHAT = {"file": "the file of its reward", "module": "a module of its reward", "model": "its reward model"}
# What a model is loaded from.
_LOADED = {".json", ".safetensors", ".jinja", ".model", ".txt"}


def keep(recipe: Recipe, folder: Path) -> None:
    """Keep what the rewards of ``recipe`` are made of in the run ``folder``; nothing where they are built in."""
    rewards = getattr(recipe, "reward", [])
    files, models = _files(rewards), _models(rewards)
    if not files and not models:
        return
    kept = folder / FOLDER
    kept.mkdir(exist_ok=True)
    listed: list[dict[str, Any]] = []
    for path in files:
        listed.append(_copied(path, "file", kept))
    listed += [_copied(path, "module", kept) for path in _modules(files)]
    listed += [{"path": text, "kind": "model", "sha256": model_digest(text)} for text in models]
    write_text(kept / LIST, to_json(listed, indent=2) + "\n")


def check(run: Run) -> None:
    """Refuse to go on with other rewards than the run began with.

    Raises:
        NotFoundError: one is gone. HftermError: one has changed since.
    """
    for one in _listed(run):
        what, back = f"{_WHAT[one['kind']]} {one['path']!r}", "put it back as it was"
        if one["kind"] != "model":
            back += f": it is kept at {str(run.path / FOLDER / one['copy'])!r}"
        if (now := _now(one)) is None:
            raise NotFoundError(f"run {run.name!r} cannot resume: {what} is gone", back)
        if now != one["sha256"]:
            raise HftermError(
                f"run {run.name!r} cannot resume: {what} has changed since it began",
                f"{back}; or go on with the new one: hfterm train resume {run.name} --changed-reward",
            )


def accept(run: Run) -> list[str]:
    """Take them as they are now, from here on; those that have changed. The earlier copies stay, numbered.

    Raises:
        NotFoundError: one is gone that is still needed.
    """
    listed, changed, kept = _listed(run), list[str](), run.path / FOLDER
    before = to_json(listed)
    modules = _modules(Path(one["path"]) for one in listed if one["kind"] == "file")
    listed = [one for one in listed if one["kind"] != "module" or Path(one["path"]) in modules]
    for one in listed:
        if (now := _now(one)) is None:
            check(run)
        if now is None or now == one["sha256"]:
            continue
        run.append({"event": "reward", "path": one["path"], "before": one["sha256"], "sha256": now})
        if one["kind"] != "model":
            _renew(Path(one["path"]), kept / one["copy"])
            one["size"] = Path(one["path"]).stat().st_size
        one["sha256"] = now
        changed.append(one["path"])
    known = [one["path"] for one in listed]
    listed += [_copied(path, "module", kept) for path in modules if str(path) not in known]
    if to_json(listed) != before:
        write_text(kept / LIST, to_json(listed, indent=2) + "\n")
    return changed


def model_digest(text: str) -> str:
    """A digest of all that the reward model ``text`` is loaded from, its base model's where it is an adapter.

    Raises:
        NotFoundError: it is not there. HftermError: it is damaged.
    """
    from hfterm import refs
    from hfterm.inference import folder, load

    found = folder.inspect(refs.resolve(text, "model"))
    places = [found.path, *([load.base_folder(found)] if found.is_adapter else [])]
    told = hashlib.sha256()
    for number, place in enumerate(places):
        files = sorted(path for path in place.iterdir() if path.suffix in _LOADED and path.is_file())
        # The Hub's client stores a file under its digest.
        linked = {path.name: digest(path) for path in files if path.is_symlink()}
        rest = whole.digests(place, [path.name for path in files if path.name not in linked])
        for name, value in sorted({**linked, **rest}.items()):
            told.update(f"{number} {name} {value}\n".encode())
    return told.hexdigest()


def _now(one: dict[str, Any]) -> str | None:
    """The digest of what is there now; None where it is gone."""
    if one["kind"] == "model":
        try:
            return model_digest(one["path"])
        except NotFoundError:
            return None
    path = Path(one["path"])
    return digest(path) if path.is_file() else None


def _copied(path: Path, kind: str, kept: Path) -> dict[str, Any]:
    """Copy a file; what the list says of it."""
    copy, number = path.name, 1
    while (kept / copy).exists():
        number += 1
        copy = f"{number}-{path.name}"
    shutil.copyfile(path, kept / copy)
    size = path.stat().st_size
    return {"path": str(path), "kind": kind, "copy": copy, "size": size, "sha256": digest(kept / copy)}


def _renew(path: Path, copy: Path) -> None:
    number = 1
    while (earlier := copy.with_name(f"{copy.name}.{number}")).exists():
        number += 1
    if copy.exists():
        copy.rename(earlier)
    shutil.copyfile(path, copy)


def _files(rewards: list[str]) -> list[Path]:
    """The files of those that are functions, each once."""
    found = [Path(file) for text in rewards for file, colon, _ in [text.rpartition(":")] if file.endswith(".py")]
    return list(dict.fromkeys(path.expanduser().resolve() for path in found))


def _models(rewards: list[str]) -> list[str]:
    """What those that are models are called by, each once."""
    from hfterm.train import rewards as references

    found = [references.parse(text) for text in rewards if not _files([text])]
    return list(dict.fromkeys(one.text for one in found if one.kind == "model"))


def _modules(files: Iterable[Path]) -> list[Path]:
    """What they import from their own folders, each once, and without themselves."""
    files = list(files)
    found = dict.fromkeys(module for file in files for module in local_modules(file))
    return [module for module in found if module not in files]


def _listed(run: Run) -> list[dict[str, Any]]:
    """What the run began with; nothing for one that is older than this, or has no such reward.

    Raises:
        HftermError: the list is damaged.
    """
    path = run.path / FOLDER / LIST
    try:
        found: list[dict[str, Any]] = [{"kind": "file", **one} for one in json.loads(path.read_text("utf-8"))]
        for one in found:
            one |= {name: str(one[name]) for name in ("path", *(["copy"] if one["kind"] != "model" else []))}
            _ = _WHAT[one["kind"]]
        return found
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError) as exc:
        raise HftermError(f"run {run.name!r} is damaged and cannot resume: {str(path)!r}", "start a new one") from exc
