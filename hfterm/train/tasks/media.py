"""Images and sounds with labels, read when a batch needs them: what is kept is a file's path, or its bytes."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hfterm.data.media.errors import MediaError
from hfterm.errors import HftermError
from hfterm.train.data import DataFile
from hfterm.train.methods.base import Inputs, Material
from hfterm.train.places import Place
from hfterm.train.tasks import labels
from hfterm.train.tasks.base import material
from hfterm.train.tasks.reading import Read, column, read
from hfterm.train.tasks.table import Table

LABELS = ("label", "labels", "class", "category", "target")
# Of so many files each is looked into before the training begins, of more only when it is needed.
LOOKED_INTO = 50_000
Value = dict[str, Any]


def turned(data: DataFile, names: tuple[str, ...], look: Callable[[Value], Any]) -> Callable[..., Any]:
    """What makes of a record its image or sound and its label; ``look`` raises a MediaError for a bad one."""
    folder, what = data.folder, names[0]
    ours = {str(piece.path) for piece in data.pieces}
    in_folders = any(piece.format in ("images", "audio") for piece in data.pieces)
    seen = 0

    def turn(row: Mapping[str, Any]) -> tuple[Value, str]:
        nonlocal seen
        value = _value(column(row, names, what), folder, ours, what)
        if in_folders and not any(row.get(name) is not None for name in LABELS):
            raise HftermError("no label in it", "put the files of each label into a folder of its own")
        label = labels.name(column(row, LABELS, "label"))
        seen += 1
        if seen <= LOOKED_INTO:
            look(value)
        return value, label

    return turn


def _value(found: Any, folder: Path, ours: set[str], what: str) -> Value:
    if isinstance(found, str):
        path = os.path.join(folder, os.path.expanduser(found))
        if not os.path.isfile(path):
            raise HftermError(f"its {what} {found!r} is not there", f"paths lead from {str(folder)!r}")
        return {"bytes": None, "path": path}
    if isinstance(found, Mapping) and found.get("bytes") is not None:
        held = found.get("path")
        # The user's own file is there when it is needed; anything else is kept.
        return {"bytes": None if held in ours else found["bytes"], "path": held}
    if isinstance(found, bytes):
        return {"bytes": found, "path": None}
    raise HftermError(f"its {what} is neither a path nor bytes")


def held(value: Value) -> Value:
    """A value that can be opened: with its bytes.

    Raises:
        MediaError: its file is gone, or cannot be read.
    """
    if value["bytes"] is not None:
        return value
    try:
        return {**value, "bytes": Path(value["path"]).read_bytes()}
    except OSError as exc:
        raise MediaError(value["path"], f"cannot be read: {exc.strerror or exc}") from exc


def agree(found: Sequence[tuple[str, Sequence[Any]]], model: Mapping[str, Any] | None) -> None:
    """As :func:`hfterm.train.tasks.labels.agree`, of what :func:`turned` makes.

    Raises:
        HftermError: the labels do not agree.
    """
    labels.agree([(name, {label for _, label in some}) for name, some in found], model)


class Media:
    """The data and evaluation data of a task of images or sounds, read and their labels numbered."""

    def __init__(
        self,
        given: Inputs[Any],
        config: Mapping[str, Any],
        names: tuple[str, ...],
        look: Callable[[Value], Any],
    ) -> None:
        self.given, self.sources = given, given.sources
        self.found: list[Read] = [
            read(one, given.recipe, given.progress, turned(one, names, look)) for one in self.sources
        ]
        seen = [{label for _, (_, label) in one.found} for one in self.found]
        self.labels = labels.agree([(one.name, some) for one, some in zip(self.sources, seen, strict=True)], config)
        for one, held in zip(self.sources, self.found, strict=True):
            if held.bad:
                given.out.warn(f"{one.name}: {held.bad} records left out (--skip-bad)")

    def material(
        self, processor: Any, name: str, more: dict[str, Any], trained: Mapping[str, Any] | None = None
    ) -> Material:
        """The material, in a column ``name`` and one of labels; ``more`` as the method has it.

        ``trained``: what every row that is trained on has beside.
        """
        number = labels.numbers(self.labels)
        made = []
        for source, one in zip(self.sources, self.found, strict=True):
            files = {str(piece.path): piece.shown for piece in source.pieces}
            beside = (trained or {}) if one is self.found[0] else {}
            table = Table((name, "labels", *beside))
            for place, (value, label) in one.found:
                # A file is named, not its number in a folder.
                file = files.get(value["path"] or "") if len(files) > 1 else None
                table.add(Place(file, 0) if file else place, {name: value, "labels": number[label], **beside})
            made.append((table, {"examples": len(table), "records": len(table) + one.bad, "bad": one.bad,
                           "labels": len(self.labels)}))  # fmt: skip
        return material(self.given, processor, made, more={"labels": labels.settings(self.labels), **more})
