"""All that the headers of a model, an adapter or a data set tell, as one record."""

import fnmatch
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from hfterm.errors import AccessError, HftermError, NotFoundError
from hfterm.hub import card
from hfterm.hub.inspect import data, facts, groups, summary
from hfterm.hub.inspect.groups import Group
from hfterm.hub.inspect.source import Place
from hfterm.hub.inspect.source import place as place_of
from hfterm.hub.inspect.tensors import Parsed, Tensor

# A card's metadata stands at its beginning.
CARD_BYTES = 1 << 18


class Weights(NamedTuple):
    """A set of weights whose headers were read; ``config`` tells how they are packed."""

    group: Group
    files: list[tuple[str, Parsed]]
    facts: Mapping[str, Any]
    config: Mapping[str, Any]

    def tensors(self) -> Iterator[Tensor]:
        """All tensors of all files."""
        for _, parsed in self.files:
            yield from parsed.tensors


class Found(NamedTuple):
    """A place that was looked at: its weights (several for a pipeline), or its tables."""

    place: Place
    weights: list[Weights]
    others: list[Group]
    tables: data.Tables | None
    card: dict[str, Any]


def look(
    text: str, *, repo_type: str | None = None, revision: str | None = None, file: str | None = None,
    whole: bool = False, note: Callable[[str], None] | None = None,
) -> Found:  # fmt: skip
    """Read the headers of what a reference names. ``file`` picks files by a glob; ``whole``: of all tables' files.

    Raises:
        NotFoundError, AccessError, NetworkError, UsageError. CheckFailedError: a file is damaged, or lies.
    """
    place = place_of(text, repo_type, revision, note)
    if place.more and note:
        note(f"{place.name} has more than {len(place.files)} files; the first of them were looked through")
    if file is not None:
        chosen = {path: f for path, f in place.files.items() if _matches(path, file)}
        if not chosen:
            raise NotFoundError(f"no file like {file!r} in {place.name}", f"see: hfterm hub ls {text} -R")
    else:
        chosen = place.files
    metadata = card.split(place.text("README.md", CARD_BYTES))["data"] or {}
    is_data = place.repo is not None and place.repo.type == "dataset"
    sets = [] if is_data else groups.groups(place._replace(files=chosen))
    if not sets:
        tables = data.tables(place._replace(files=chosen), whole=whole, always=is_data)
        if tables is None and place.kind == "file":
            sets = [_any_file(place)]
        elif tables is None and not any(name in chosen for name in ("config.json", "adapter_config.json")):
            raise _nothing(place)
        else:
            return Found(place, [], [], tables, metadata)
    wanted = _parts(place, sets) if file is None else sets[:1]
    return Found(place, [_read(place, group) for group in wanted], [g for g in sets if g not in wanted], None, metadata)


def _matches(path: str, pattern: str) -> bool:
    return (
        path == pattern or fnmatch.fnmatchcase(path, pattern) or fnmatch.fnmatchcase(path.rpartition("/")[2], pattern)
    )


def _any_file(place: Place) -> Group:
    """One file whose name says nothing."""
    path, file = next(iter(place.files.items()))
    kind = groups.format_of(place.window(path), path)
    if kind is None or kind == "parquet":
        raise _nothing(place)
    return Group(path, kind, (path,), file.size)


def _nothing(place: Place) -> HftermError:
    other = groups.others(place.files)
    if other:
        return AccessError(
            f"{place.name} has only {' and '.join(other)} files, whose headers are not read here",
            "ask for safetensors, GGUF, PyTorch or Parquet files",
        )
    return NotFoundError(f"{place.name} has no weights and no tables that are known here", "see: hfterm hub ls")


def _parts(place: Place, sets: list[Group]) -> list[Group]:
    """The set that a library would load; of a pipeline (diffusers' model_index.json) one for each part."""
    index = place.json("model_index.json")
    folders = [name for name, told in index.items() if isinstance(told, list)]
    parts = [next((g for g in sets if g.folder == folder), None) for folder in folders]
    return [part for part in parts if part is not None] or sets[:1]


def _read(place: Place, group: Group) -> Weights:
    parsed, told = groups.load(place, group)
    folder = f"{group.folder}/" if group.folder else ""
    return Weights(group, parsed, told, place.json(f"{folder}config.json") or place.json("config.json"))


def report(found: Found) -> dict[str, Any]:
    """The record: who and what it is, what it holds, what it takes."""
    place = found.place
    record: dict[str, Any] = {"id": place.name, "kind": "model"}
    if place.kind == "cache":
        record["from"] = "cache"
    if found.tables is not None:
        return record | {"kind": "dataset", **facts.of_card(found.card), **found.tables.record(found.card)}
    adapter = place.json("adapter_config.json")
    config = found.weights[0].config if len(found.weights) == 1 else place.json("config.json")
    record |= {**facts.of_card(found.card), **facts.of_config(config)}
    if adapter:
        told = facts.of_adapter(adapter)
        record |= {"kind": "adapter", "adapter": told}
        record["base_model"] = told.get("base_model") or record.get("base_model")
    if len(found.weights) > 1:
        index = place.json("model_index.json")
        record |= {"kind": "pipeline", "architecture": index.get("_class_name")}
    for weights in found.weights[:1]:
        record |= {name: value for name, value in weights.facts.items() if name not in ("metadata", "version")}
        record["format"] = weights.group.format
    sums = [summary.totals(weights.tensors(), weights.config) for weights in found.weights]
    if sums:
        record |= _added(sums)
        record["memory"] = summary.memory(record["parameters"])
        record["weights"] = [
            {**weights.group.record(), "parameters": total["parameters"]}
            for weights, total in zip(found.weights, sums, strict=True)
        ]
    record["others"] = [group.record() for group in found.others]
    record["size"] = sum(file.size for file in place.files.values())
    return record


def _added(sums: list[dict[str, Any]]) -> dict[str, Any]:
    kinds: dict[str, int] = {}
    for total in sums:
        for kind, number in total["dtypes"].items():
            kinds[kind] = kinds.get(kind, 0) + number
    names = ("parameters", "tensors", "bytes")
    return {"dtypes": kinds, **{name: sum(total[name] for total in sums) for name in names}}


def tensors(found: Found, pattern: str | None = None) -> Iterator[dict[str, Any]]:
    """A row a tensor whose name matches the glob (of a data set a row a column): name, dtype, shape, bytes, file."""
    if found.tables is not None:
        for name, kind in found.tables.columns.items():
            if pattern is None or fnmatch.fnmatchcase(name, pattern):
                yield {"name": name, "dtype": kind}
        return
    for weights in found.weights:
        for path, parsed in weights.files:
            for tensor in parsed.tensors:
                if pattern is None or fnmatch.fnmatchcase(tensor.name, pattern):
                    yield {**tensor.record(), "file": path}


def modules(found: Found, depth: int, pattern: str | None = None) -> Iterator[dict[str, Any]]:
    """A row a module down to ``depth``; those of a pipeline below the name of their part."""
    for weights in found.weights:
        prefix = f"{weights.group.folder}." if len(found.weights) > 1 else ""
        chosen = [
            tensor._replace(name=prefix + tensor.name)
            for tensor in weights.tensors()
            if pattern is None or fnmatch.fnmatchcase(tensor.name, pattern)
        ]
        yield from summary.modules(chosen, weights.config, depth)
