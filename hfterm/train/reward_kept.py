"""The files of a run's reward functions, kept: one that is edited between two lives of the run must not go unnoticed.

``rewards/`` in the run's folder holds a copy of each file, and ``files.json``: a list of objects with ``path``,
``copy``, ``size`` and ``sha256``. What such a file imports is not looked at.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from hfterm.errors import HftermError, NotFoundError
from hfterm.files import write_text
from hfterm.runs import Run
from hfterm.text import to_json
from hfterm.train.data import digest
from hfterm.train.recipe import Recipe

FOLDER, LIST = "rewards", "files.json"


def keep(recipe: Recipe, folder: Path) -> None:
    """Copy the files of the functions that ``recipe`` is rewarded by into the run ``folder``; nothing without any."""
    paths = _files(getattr(recipe, "reward", []))
    if not paths:
        return
    kept = folder / FOLDER
    kept.mkdir(exist_ok=True)
    listed: list[dict[str, Any]] = []
    for number, path in enumerate(paths, 1):
        copy = path.name if path.name not in [one["copy"] for one in listed] else f"{number}-{path.name}"
        shutil.copyfile(path, kept / copy)
        listed.append({"path": str(path), "copy": copy, "size": path.stat().st_size, "sha256": digest(kept / copy)})
    write_text(kept / LIST, to_json(listed, indent=2) + "\n")


def check(run: Run) -> None:
    """Refuse to go on with other rewards than the run began with.

    Raises:
        NotFoundError: a file is gone. HftermError: one has changed since.
    """
    for one in _listed(run):
        path = Path(one["path"])
        kept = run.path / FOLDER / one["copy"]
        back = f"put it back as it was: it is kept at {str(kept)!r}"
        if not path.is_file():
            raise NotFoundError(f"run {run.name!r} cannot resume: the file of its reward {str(path)!r} is gone", back)
        if digest(path) != one["sha256"]:
            raise HftermError(
                f"run {run.name!r} cannot resume: the file of its reward {str(path)!r} has changed since it began",
                f"{back}; or go on with the new one: hfterm train resume {run.name} --changed-reward",
            )


def accept(run: Run) -> list[str]:
    """Take the files as they are now, from here on; those that have changed. The earlier copies stay, numbered.

    Raises:
        NotFoundError: a file is gone.
    """
    listed, changed = _listed(run), []
    for one in listed:
        path, kept = Path(one["path"]), run.path / FOLDER
        if not path.is_file():
            check(run)
        if (now := digest(path)) == one["sha256"]:
            continue
        number = 1
        while (earlier := kept / f"{one['copy']}.{number}").exists():
            number += 1
        if (kept / one["copy"]).exists():
            (kept / one["copy"]).rename(earlier)
        shutil.copyfile(path, kept / one["copy"])
        run.append({"event": "reward", "path": str(path), "before": one["sha256"], "sha256": now})
        one |= {"size": path.stat().st_size, "sha256": now}
        changed.append(str(path))
    if changed:
        write_text(run.path / FOLDER / LIST, to_json(listed, indent=2) + "\n")
    return changed


def _files(rewards: list[str]) -> list[Path]:
    """The files of those that are functions, each once."""
    found = [Path(file) for text in rewards for file, colon, _ in [text.rpartition(":")] if file.endswith(".py")]
    return list(dict.fromkeys(path.expanduser().resolve() for path in found))


def _listed(run: Run) -> list[dict[str, Any]]:
    """What the run began with; nothing for one that is older than this, or has no such reward.

    Raises:
        HftermError: the list is damaged.
    """
    path = run.path / FOLDER / LIST
    try:
        found = json.loads(path.read_text("utf-8"))
        return [{**one, "path": str(one["path"]), "copy": str(one["copy"])} for one in found]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError) as exc:
        raise HftermError(f"run {run.name!r} is damaged and cannot resume: {str(path)!r}", "start a new one") from exc
