"""A data set's card: what is said of its configurations, splits and features; all else in it stays as it was.

https://huggingface.co/docs/hub/datasets-manual-configuration, and ``dataset_info`` as ``datasets`` writes it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from hfterm.errors import HftermError, UsageError

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*\r?$\n?", re.DOTALL | re.MULTILINE)
_KEY = re.compile(r"(?P<quote>['\"]?)(?P<name>[\w.-]+)(?P=quote)\s*:(?:\s|$)")


class Split(NamedTuple):
    """A split that is put: its bytes in memory, its rows, where its files are."""

    name: str
    bytes: int
    rows: int
    pattern: str


def changed(text: str, values: Mapping[str, Any]) -> str:
    """A card with these entries of its metadata; comments, order and every other line are kept.

    Raises:
        HftermError: its metadata cannot be read.
    """
    import yaml

    from hfterm.hub import card

    front = _FRONT.match(text)
    head = front[1] if front else ""
    before = card.metadata(head)
    if before is None:
        raise HftermError("the metadata of the card (README.md) cannot be read", "mend the part between its --- lines")
    blocks = list(_blocks(head))
    for name, value in values.items():
        new = yaml.safe_dump({name: value}, sort_keys=False, allow_unicode=True, width=120)
        at = next((at for at, (key, _) in enumerate(blocks) if key == name), None)
        if at is None:
            blocks.append((name, new))
        else:
            blocks[at] = (name, new)
    made = "".join(block if block.endswith("\n") else f"{block}\n" for _, block in blocks)
    if card.metadata(made) != {**before, **values}:  # written in a way that lines do not tell
        made = yaml.safe_dump({**before, **values}, sort_keys=False, allow_unicode=True, width=120)
    return f"---\n{made}---\n{text[front.end() :] if front else text}"


def _blocks(head: str) -> Iterable[tuple[str | None, str]]:
    """The lines of each key at the top, by its name; what stands before the first key has none."""
    name: str | None = None
    held: list[str] = []
    for line in head.splitlines(keepends=True):
        found = _KEY.match(line)
        if found:
            if held:
                yield name, "".join(held)
            name, held = found["name"], []
        held.append(line)
    if held:
        yield name, "".join(held)


def configs(
    said: Any, config: str, splits: Sequence[Split], others: Mapping[str, Mapping[str, Sequence[str]]]
) -> list[dict[str, Any]]:
    """The card's ``configs`` with these splits in one of them.

    ``others``: splits and their files that the card has been silent about, by configuration.
    """
    found = [dict(one) for one in said] if isinstance(said, list) else []
    for name, files in others.items():
        if files and all(one.get("config_name") != name for one in found):
            listed = [{"split": split, "path": _path(split, paths)} for split, paths in files.items()]
            found.append({"config_name": name, "data_files": listed})
    mine = next((one for one in found if one.get("config_name") == config), None)
    if mine is None:
        mine = {"config_name": config, "data_files": []}
        found.append(mine)
    put = {split.name: split.pattern for split in splits}
    kept = [
        {"split": one["split"], "path": put.pop(one["split"])} if one["split"] in put else one
        for one in _entries(mine.get("data_files"))
    ]
    mine["data_files"] = kept + [{"split": name, "path": pattern} for name, pattern in put.items()]
    return found


def _entries(said: Any) -> list[dict[str, Any]]:
    """``data_files`` as a list of splits."""
    if not said:
        return []
    if isinstance(said, dict):
        return [{"split": str(split), "path": paths} for split, paths in said.items()]
    if isinstance(said, list) and all(isinstance(one, dict) for one in said):
        return [dict(one) for one in said]
    return [{"split": "train", "path": said}]


def _path(split: str, paths: Sequence[str]) -> Any:
    """Files as a pattern, where one says them all."""
    pattern = f"data/{split}-*"
    return pattern if all(path.startswith(pattern[:-1]) for path in paths) else list(paths)


def _newly(said: Any) -> Any:
    """Features as they are written now: lists of one kind were once sequences."""
    if isinstance(said, list):
        return [_newly(one) for one in said]
    if not isinstance(said, dict):
        return said
    plain = isinstance(said.get("sequence"), str | dict)
    return {"list" if name == "sequence" and plain else name: _newly(value) for name, value in said.items()}


def _infos(said: Any) -> dict[str, dict[str, Any]]:
    """The card's ``dataset_info``, by configuration."""
    listed = said if isinstance(said, list) else [{"config_name": "default", **said}] if isinstance(said, dict) else []
    return {str(one.get("config_name", "default")): dict(one) for one in listed if isinstance(one, dict)}


def told(said: Any, config: str) -> dict[str, dict[str, Any]]:
    """What the card's ``dataset_info`` tells of the splits of a configuration: their rows and bytes."""
    found = _infos(said).get(config, {}).get("splits")
    listed = found if isinstance(found, list) else []
    return {str(one["name"]): one for one in listed if isinstance(one, dict) and "name" in one}


def entry(split: Split) -> dict[str, Any]:
    """The same of a split."""
    return {"name": split.name, "num_bytes": split.bytes, "num_examples": split.rows}


def infos(
    said: Any, config: str, splits: Sequence[Split], features: list[dict[str, Any]],
    kept: Mapping[str, dict[str, Any]], download: int,
) -> Any:  # fmt: skip
    """The card's ``dataset_info`` with these splits; ``kept`` are the configuration's others, and what is told of them.

    All of them must be told: a reader checks that none is missing. ``download``: the bytes of all files.

    Raises:
        UsageError: the other splits have other columns.
    """
    found = _infos(said)
    mine = found.get(config, {})
    if kept and mine.get("features") and _newly(mine["features"]) != features:
        old, new = ({one["name"] for one in some} for some in (mine["features"], features))
        what = f"only one has {', '.join(sorted(old ^ new))}" if old ^ new else "some are of another kind"
        raise UsageError(
            f"the columns are not those of the split {next(iter(kept))}: {what}",
            "put it under another name: --config NAME",
        )
    listed = [*kept.values(), *map(entry, splits)]
    size = sum(int(one.get("num_bytes") or 0) for one in listed)
    found[config] = {"features": features, "splits": listed, "download_size": download, "dataset_size": size}
    for name, one in found.items():
        found[name] = {"config_name": name, **{key: value for key, value in one.items() if key != "config_name"}}
    if len(found) > 1:
        return list(found.values())
    if config == "default":
        del found[config]["config_name"]
    return found[config]
