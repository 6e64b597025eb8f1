"""Data sets that are folders: their configurations, splits and files; the same of the Hub's: ``hub_sets``."""

import json
import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hfterm.data.splits import Layout, has_splits, kind_of, named
from hfterm.errors import HftermError, NotFoundError, UsageError

Say = Callable[[str], None]
CARD, EXTRA = "README.md", ".huggingface.yaml"
MOST_CARD = 4 << 20
# What is told apart by configurations and splits here.
TABLES = ("parquet", "arrow", "json", "csv", "text", "image", "audio", "webdataset")


class Want(NamedTuple):
    """What is wanted of a data set. ``partly``: formats whose files may stay on the Hub, to be read in part."""

    config: str | None = None
    split: str | None = None
    partly: Collection[str] = ()

    @property
    def said(self) -> bool:
        """Whether the user chose something."""
        return self.config is not None or self.split is not None


class Found(NamedTuple):
    """Files that belong together: what they are called, where they are."""

    label: str
    paths: list[str]


def metadata(name: str, card: bytes, extra: bytes, say: Say) -> Mapping[str, Any]:
    """What a card says of its data set, and the file of metadata beside it."""
    from hfterm.hub import card as cards

    found = cards.split(card.decode("utf-8", "replace"))["data"]
    more = cards.metadata(extra.decode("utf-8", "replace")) if extra else {}
    if found is None or more is None:
        say(f"{name}: the metadata of its card cannot be read; its files tell its splits by their names")
    return {**(found or {}), **(more or {})}


def in_folder(folder: str, want: Want, note: Say | None) -> list[Found] | None:
    """The files of a data set that is a folder here; None: it is a folder of files without such an order.

    Raises:
        NotFoundError, UsageError, HftermError.
    """
    found = splits_in_folder(folder, want, note)
    return None if found is None else list(found.values())


def splits_in_folder(folder: str, want: Want, note: Say | None) -> dict[str, Found] | None:
    """The same, by splits."""
    saved = Path(folder, "dataset_dict.json")
    if saved.is_file():
        return _saved(folder, saved, want, note)
    listed = _walk(folder)
    said = {name: Path(folder, name).read_bytes()[:MOST_CARD] for name in (CARD, EXTRA) if name in listed}
    card = metadata(folder, said.get(CARD, b""), said.get(EXTRA, b""), note or (lambda text: None))
    ordered = bool(card.get("configs")) or (kind_of(listed) in TABLES and has_splits(listed))
    if "state.json" in listed or not ordered:
        if want.config not in (None, "default") or want.split not in (None, "train", "all"):
            raise NotFoundError(f"{folder!r} has no configurations and splits", "name its files")
        return None
    laid = Layout(folder, listed, card)
    chosen, splits = laid.choose(want.config, want.split)
    rest = sum(map(len, laid.splits(chosen[0].config).values())) if want.split is None else 0
    if want.split is None and len(splits) > 1:
        more = len([path for path in listed if kind_of([path]) in TABLES]) - rest if not laid.told else 0
        beside = f" ({more} files are in none of them)" if more > 0 else ""
        _tell(note, folder, chosen[0].split, splits, beside)
    return {
        one.split: Found(
            folder if len(chosen) == 1 else f"{folder} [{one.split}]", [os.path.join(folder, p) for p in one.paths]
        )
        for one in chosen
    }


def _tell(note: Say | None, label: str, split: str, splits: list[str], beside: str = "") -> None:
    if note is not None:
        note(f"{label}: split {split} of {', '.join(splits)}{beside}; --split chooses")


def _walk(folder: str) -> list[str]:
    found = []
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        base = os.path.relpath(here, folder)
        found += [name if base == "." else f"{base}/{name}".replace(os.sep, "/") for name in files]
    return sorted(found)


def _saved(folder: str, saved: Path, want: Want, note: Say | None) -> dict[str, Found]:
    """The splits of what ``DatasetDict.save_to_disk`` made."""
    if want.config is not None:
        raise UsageError(f"{folder!r} is a saved data set: it has no configurations", "say --split alone")
    try:
        splits = [str(name) for name in json.loads(saved.read_text(encoding="utf-8"))["splits"]]
        chosen = named(repr(folder), splits, want.split)
        if want.split is None and len(splits) > 1:
            _tell(note, folder, chosen[0], splits)
        return {one: Found(os.path.join(folder, one), saved_files(os.path.join(folder, one))) for one in chosen}
    except (ValueError, KeyError, TypeError) as exc:
        raise HftermError(f"cannot read {saved}: damaged or half-written") from exc


def saved_files(folder: str) -> list[str]:
    """The files of a data set that ``Dataset.save_to_disk`` made.

    Raises:
        HftermError: what it says of them cannot be read.
    """
    state = Path(folder, "state.json")
    try:
        listed = json.loads(state.read_text(encoding="utf-8")).get("_data_files") or []
        return [os.path.join(folder, entry["filename"]) for entry in listed]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise HftermError(f"cannot read {state}: damaged or half-written") from exc
