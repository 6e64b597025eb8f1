"""Which files of a data set's repository are which configuration's splits, as ``datasets`` tells it.

By the card's ``configs``, else by the names of files and folders, else all are ``train``:
https://huggingface.co/docs/hub/datasets-manual-configuration and
https://huggingface.co/docs/datasets/repository_structure (``datasets/data_files.py``, ``datasets/load.py``).
"""

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from hfterm.data.globs import is_pattern, matching
from hfterm.errors import HftermError, NotFoundError, UsageError

KEYWORDS = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "dev", "val"),
    "test": ("test", "testing", "eval", "evaluation"),
}
_SEP = "[-._ 0-9]"
_IN_FOLDER = ("**/{k}/**", "**/{k}{s}*/**", "**/*{s}{k}/**", "**/*{s}{k}{s}*/**")
_IN_NAME = ("**/{k}{s}*", "**/*{s}{k}{s}*")
_SHARD = "-[0-9][0-9][0-9][0-9][0-9]-of-[0-9][0-9][0-9][0-9][0-9]*.*"
_SHARDED = re.compile(r"(.+)-[0-9]{5}-of-[0-9]{5}.*")
_NAME = re.compile(r"\w+(\.\w+)*")
_NO_DATA = (
    "README.md",
    "config.json",
    "dataset_info.json",
    "dataset_infos.json",
    "dummy_data.zip",
    "dataset_dict.json",
)
# The kind of data that a suffix tells; those of one kind are read together.
_KINDS = {
    "parquet": "parquet geoparquet gpq", "arrow": "arrow", "json": "jsonl json ndjson", "csv": "csv tsv", "text": "txt",
    "webdataset": "tar", "archive": "zip", "xml": "xml", "hdf5": "hdf5 h5", "lance": "lance", "vortex": "vortex",
    "image": "png jpg jpeg jpe jfif gif bmp dib tif tiff webp jp2 ico ppm pgm pbm pnm tga dds psd",
    "audio": "wav mp3 flac ogg opus aiff au caf raw w64 voc wma 3gp",
    "video": "mp4 mkv avi mov mpeg webm", "pdf": "pdf", "eval": "eval", "conll": "conll conllu",
}  # fmt: skip
KIND_OF = {suffix: kind for kind, suffixes in _KINDS.items() for suffix in suffixes.split()}
# Of as many files each, the kind that comes first.
_FIRST = ("parquet", "lance", "vortex", "arrow", "jsonl", "json", "csv")
_METADATA = ("metadata.csv", "metadata.jsonl", "metadata.parquet")


class Chosen(NamedTuple):
    """A split: its configuration, its name, its files."""

    config: str
    split: str
    paths: list[str]


def kind_of(paths: Iterable[str]) -> str | None:
    """The kind of data that most of the files hold, as their suffixes say."""
    seen = Counter(
        (suffix.lower(), posixpath.basename(path) in _METADATA)
        for path in paths
        for suffix in posixpath.basename(path).split(".")[1:]
    )
    found = [(not meta, count, *(suffix == one for one in _FIRST), suffix) for (suffix, meta), count in seen.items()]
    return next((KIND_OF[one[-1]] for one in sorted(found, reverse=True) if one[-1] in KIND_OF), None)


def _is_data(path: str) -> bool:
    return any(suffix.lower() in KIND_OF for suffix in posixpath.basename(path).split(".")[1:])


class Layout:
    """The configurations of a repository with these files; ``name`` is for messages, ``card`` its card's metadata.

    ``configs`` are its configurations, ``default`` the one that is meant when none is named (None: none is).

    Raises:
        HftermError: the card's ``configs`` make no sense.
    """

    def __init__(self, name: str, paths: Iterable[str], card: Mapping[str, Any] | None = None) -> None:
        self.name, self.paths = name, sorted(paths)
        self._said = _configs(name, (card or {}).get("configs"))
        self.told = bool(self._said)
        self.configs = list(self._said) or ["default"]
        marked = [one for one, how in self._said.items() if one == "default" or how.get("default")]
        if len(marked) > 1:
            raise HftermError(f"{name}: its card says that {' and '.join(marked)} are the default configuration")
        self.default = marked[0] if marked else self.configs[0] if len(self.configs) == 1 else None

    def splits(self, config: str) -> dict[str, list[str]]:
        """The splits of a configuration and their files.

        Raises:
            HftermError: a file that the card names is not there, or a pattern can be none.
        """
        how = self._said.get(config, {})
        base = posixpath.normpath(str(how.get("data_dir") or ""))
        base = "" if base == "." else f"{base}/"
        below = [path[len(base) :] for path in self.paths if path.startswith(base)]
        patterns = how["data_files"] if how.get("data_files") is not None else _by_name(self.name, below)
        found: dict[str, list[str]] = {}
        for split, wanted in patterns.items():
            hits: dict[str, None] = {}
            for pattern in wanted:
                hits.update(dict.fromkeys(self._files(pattern, below)))
            if hits:
                found[split] = [base + path for path in hits]
        if not self.told:
            found = {split: kept for split, files in found.items() if (kept := _of_one_kind(files))}
        return found

    def _files(self, pattern: str, below: Sequence[str]) -> list[str]:
        if "://" in pattern or pattern.startswith("/"):
            raise UsageError(f"{self.name}: its data lies elsewhere ({pattern})", "name these files themselves")
        pattern = posixpath.normpath(pattern)
        hits = [path for path in _matching(self.name, below, pattern) if _is_data(path)]
        if not hits and not is_pattern(pattern):
            raise NotFoundError(f"{self.name}: its card names {pattern!r}, and there is no such data file")
        return hits

    def choose(self, config: str | None = None, split: str | None = None) -> tuple[list[Chosen], list[str]]:
        """What is meant: the splits chosen, and the names of all there are to choose from.

        ``split``: a name, several with ``+`` between them, or ``all``; None: ``train``, else the only one.

        Raises:
            NotFoundError: there is none of that name. UsageError: which of them is not said.
        """
        config = config if config is not None else self.default
        if config is None:
            some = ", ".join(self.configs[:20]) + (", ..." if len(self.configs) > 20 else "")
            raise UsageError(f"{self.name} has several configurations: {some}", f"say --config {self.configs[0]}")
        if config not in self.configs:
            raise _none("configuration", config, self.name, self.configs)
        found = self.splits(config)
        if not found:
            raise NotFoundError(f"{self.name}: no data files" + (f" in configuration {config!r}" if self.told else ""))
        return [Chosen(config, one, found[one]) for one in named(self.name, list(found), split)], list(found)


def named(name: str, there: Sequence[str], split: str | None) -> list[str]:
    """The splits meant by what a user says, of those that there are.

    Raises:
        NotFoundError: there is none of that name. UsageError: which of them is not said.
    """
    if split == "all" and "all" not in there:
        return list(there)
    if split is not None:
        for one in split.split("+"):
            if one not in there:
                raise _none("split", one, name, there)
        return list(dict.fromkeys(split.split("+")))
    if "train" in there or len(there) == 1:
        return ["train" if "train" in there else there[0]]
    raise UsageError(f"{name} has several splits: {', '.join(there)}", f"say --split {there[0]}, or --split all")


def _none(what: str, name: str, where: str, there: Sequence[str]) -> NotFoundError:
    import difflib

    near = difflib.get_close_matches(name, there, n=1)
    hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(there[:20])}"
    return NotFoundError(f"{where} has no {what} {name!r}", hint)


def split_of(path: str) -> str | None:
    """The split that a file's name tells, if it does."""
    found = _SHARDED.fullmatch(posixpath.basename(path))
    if found is not None and _NAME.fullmatch(found[1]):
        return found[1]
    name = posixpath.basename(path)
    return next((split for split in KEYWORDS if _hits([name], split, _IN_NAME)), None)


def _hits(paths: Sequence[str], split: str, forms: Sequence[str]) -> bool:
    for k in KEYWORDS[split]:
        with_it = [path for path in paths if k in path]
        if any(matching(with_it, form.format(k=k, s=_SEP)) for form in forms):
            return True
    return False


def _by_name(name: str, paths: Sequence[str]) -> dict[str, list[str]]:
    """The patterns of splits, told by the names of data: of shards, of folders, of files; else all is ``train``."""
    known = [path for path in paths if posixpath.basename(path) not in _NO_DATA and _is_data(path)]
    shards = matching(known, f"data/*{_SHARD}")
    if shards:
        splits = {m[1] for path in shards if (m := _SHARDED.fullmatch(posixpath.basename(path)))}
        if odd := sorted(split for split in splits if not _NAME.fullmatch(split)):
            raise UsageError(f"{name}: {odd[0]!r} is no name of a split", "name its files: letters, digits, _ and .")
        ordered = [split for split in KEYWORDS if split in splits] + sorted(splits - KEYWORDS.keys())
        return {split: [f"data/{split}{_SHARD}"] for split in ordered}
    for forms in (_IN_FOLDER, _IN_NAME):
        found = [split for split in KEYWORDS if _hits(known, split, forms)]
        if found:
            return {split: [f.format(k=k, s=_SEP) for k in KEYWORDS[split] for f in forms] for split in found}
    return {"train": ["**"]}


def has_splits(paths: Sequence[str]) -> bool:
    """Whether the names of data files tell of splits."""
    return _by_name("", paths) != {"train": ["**"]}


def _of_one_kind(paths: Sequence[str]) -> list[str]:
    """The files of the kind that most of them are; what says something about images and sounds goes with them."""
    kind = kind_of(paths)
    beside = _METADATA if kind in ("image", "audio") else ()
    return [
        path
        for path in paths
        if any(KIND_OF.get(suffix.lower()) == kind for suffix in posixpath.basename(path).split(".")[1:])
        or posixpath.basename(path) in beside
    ]


def _matching(name: str, paths: Iterable[str], pattern: str) -> list[str]:
    try:
        found = matching(paths, pattern)
    except ValueError as exc:
        raise HftermError(f"{name}: its card's pattern {pattern!r} can be none: {exc}") from exc
    last = posixpath.basename(pattern)
    return [path for path in found if posixpath.basename(path) not in _NO_DATA or posixpath.basename(path) == last]


def _configs(name: str, said: Any) -> dict[str, dict[str, Any]]:
    """The card's ``configs`` by their names, ``data_files`` as patterns by split."""
    if not said:
        return {}
    found: dict[str, dict[str, Any]] = {}
    for one in said if isinstance(said, list) else [said]:
        if not isinstance(one, dict) or not isinstance(one.get("config_name"), str):
            raise HftermError(f"{name}: the configs of its card are no list of mappings with a config_name")
        try:
            files = one.get("data_files")
            found[one["config_name"]] = {**one, "data_files": None if files is None else _patterns(files)}
        except (TypeError, ValueError) as exc:
            raise HftermError(f"{name}: the data_files of configuration {one['config_name']!r} make no sense") from exc
    return found


def _patterns(said: Any) -> dict[str, list[str]]:
    if isinstance(said, str):
        return {"train": [said]}
    if isinstance(said, dict):
        return {str(split): _list(paths) for split, paths in said.items()}
    if not isinstance(said, list):
        raise TypeError(said)
    if not any(isinstance(one, dict) for one in said):
        return {"train": _list(said)}
    found = {}
    for one in said:
        if not isinstance(one, dict) or one.keys() != {"split", "path"} or one["split"] in found:
            raise ValueError(one)
        found[str(one["split"])] = _list(one["path"])
    return found


def _list(said: Any) -> list[str]:
    paths = said if isinstance(said, list) else [said]
    if not all(isinstance(path, str) for path in paths):
        raise TypeError(said)
    return paths
