"""Rows to a data set of the Hub: as Parquet, with a card that tells its splits and columns, in one commit."""

import contextlib
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hfterm.data import features, noted, put_card, put_parts
from hfterm.data.formats import Format
from hfterm.data.hub_sets import Place, layout, place
from hfterm.data.lines import OnBad
from hfterm.data.repository import CARD, Want
from hfterm.data.rows import is_empty
from hfterm.data.shape import cleaned
from hfterm.data.source import Source, of_files, sources
from hfterm.data.splits import kind_of, split_of
from hfterm.data.table import Tables
from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.hub.client import Repo
from hfterm.hub.push.put import Wish

MOST_BYTES = 500_000_000
# Of these the files' names tell splits.
TABLES = ("jsonl", "json", "csv", "tsv", "text", "parquet", "arrow")
_SPLIT = re.compile(r"\w+(\.\w+)*")
_CONFIG = re.compile(r"[^<>:\"/\\|?*\x00-\x1f]+")


class Splits(NamedTuple):
    """What goes where: the sources of each split."""

    of: dict[str, list[Source]]

    def add(self, split: str, found: Iterable[Source]) -> None:
        """More sources of a split."""
        self.of.setdefault(split, []).extend(found)


def by_split(
    texts: Iterable[str], format: Format | None, *, split: str | None, config: str | None,
    note: Callable[[str], None] | None,
) -> dict[str, list[Source]]:  # fmt: skip
    """The sources by the splits that they become.

    A folder or data set with splits keeps them (``split`` chooses of them); files are ``split``, else what their
    names tell, else ``train``.

    Raises:
        UsageError, NotFoundError, AccessError, NetworkError, HftermError.
    """
    found = Splits({})
    for text in list(texts) or ["-"]:
        told = _told(text, split, config)
        if told:
            for name, paths in told.items():
                found.add(name, of_files(text, paths, format))
            continue
        for source in sources([text], format, note=note):
            parts: dict[str, list[str]] = {}
            for path in source.paths:
                named = split_of(path) if path != "-" and source.format in TABLES else None
                parts.setdefault(split or named or "train", []).append(path)
            for name, paths in parts.items():
                found.add(name, [source._replace(paths=tuple(paths))])
    return found.of


def _told(text: str, split: str | None, config: str | None) -> dict[str, list[str]] | None:
    """The files of a data set that has splits, by these; None: it has none, or is no data set."""
    from hfterm import naming
    from hfterm.data import hub_sets, repository

    want = Want(None, "all")
    ref = None
    if text == "-" or (not os.path.isdir(text) and os.path.lexists(text)):
        return None
    if not os.path.isdir(text):
        if any(char in text for char in "*?[") and not text.startswith("hf://"):
            return None
        ref = naming.parse(text, "dataset")
        if ref.where != "hub":
            return None

    def look(want: Want) -> Mapping[Any, Any] | None:
        if ref is None:
            return repository.splits_in_folder(text, want, None)
        return hub_sets.splits_on_hub(ref, want, None)

    try:
        found = look(want)
    except UsageError:
        if config is None:
            raise
        found = look(want._replace(config=config))  # of several configurations, the one of the same name
    if not found or None in found:
        return None
    if split is not None and split in found:
        found = {split: found[split]}
    elif split is not None and len(found) == 1:
        found = {split: next(iter(found.values()))}
    elif split is not None:
        raise NotFoundError(f"{text} has no split {split!r}", f"it has {', '.join(found)}")
    return {name: one.paths for name, one in found.items()}


class Put(NamedTuple):
    """What is ready to be sent: a folder of files, what they replace, the commit that this is made for."""

    repo: Repo
    folder: Path
    replaced: list[str]
    head: str | None
    rows: int
    splits: list[str]

    def wish(self, *, private: bool | None = None, title: str | None = None) -> Wish:
        """What is to be done with them (:mod:`hfterm.hub.push.put`)."""
        title = title or f"Put {self.rows} row{'s' if self.rows != 1 else ''} as {', '.join(self.splits)}"
        gone = tuple("".join(f"[{char}]" if char in "*?[" else char for char in path) for path in self.replaced)
        return Wish(
            self.repo, (str(self.folder),), delete=gone, secrets=True, create=True, private=private,
            title=title, parent=self.head,
        )  # fmt: skip


def check(repo: Repo, config: str, splits: Iterable[str]) -> None:
    """Check names before any work.

    Raises:
        UsageError: a name can be none. NetworkError: offline.
    """
    from hfterm.hub.writes import writing

    if repo.type != "dataset" or repo.path:
        raise UsageError(f"{repo} is no data set", "write org/name")
    if not _CONFIG.fullmatch(config) or config in (".", ".."):
        raise UsageError(f"--config {config!r} can be no name", "letters, digits, '.', '_' and '-' are safe")
    for split in splits:
        if not _SPLIT.fullmatch(split):
            raise UsageError(f"{split!r} can be no split's name", "letters, digits, '_', with '.' between: train")
    with writing(repo):
        pass


@contextlib.contextmanager
def ready(
    con: Any, repo: Repo, splits: Mapping[str, Sequence[Source]], *, config: str = "default",
    most: int = MOST_BYTES, all_text: bool = False, on_bad: OnBad | None = None,
    moved: Callable[[int], Any] = lambda rows: None, note: Callable[[str], None] = lambda text: None,
) -> Iterator[Put]:  # fmt: skip
    """Write what is to be sent into a folder that is gone when the block ends.

    Raises:
        UsageError: what is there does not go with it. HftermError: a source cannot be read.
    """
    at = _there(repo, note)
    others = _others(at, config, splits) if at is not None else {}
    with tempfile.TemporaryDirectory(prefix="hfterm-put-") as made:
        folder = Path(made)
        base = "data" if config == "default" else config
        told: list[put_card.Split] = []
        columns: features.Features | None = None
        rows = 0
        for split, listed in splits.items():
            with (
                cleaned(con, listed, on_bad) as clean,
                Tables(con, all_text=all_text) as tables,
                tables.errors(clean, f"the split {split}"),
            ):
                query = tables.several(clean)
                if is_empty(con, query):
                    raise UsageError(f"the split {split} holds no rows and no columns: nothing to put")
                features_of = noted.features(con, listed[0]) if "-" not in listed[0].paths else None
                parts = put_parts.write(con, query, folder / base, split, most, features_of, moved)
            if columns is not None and columns != parts.features:
                odd = [n for n in {**columns, **parts.features} if columns.get(n) != parts.features.get(n)]
                raise UsageError(
                    f"the columns of the split {split} are not those of {told[0].name}: {', '.join(odd)}",
                    "make them alike (hfterm data map), or put one under another name: --config NAME",
                )
            columns, rows = parts.features, rows + parts.rows
            told.append(put_card.Split(split, parts.bytes, parts.rows, f"{base}/{split}-*"))
        assert columns is not None
        card, replaced = _card(at, repo, config, told, columns, others, folder)
        (folder / CARD).write_text(card, encoding="utf-8", newline="")
        # A branch that is to be made begins with this commit, but cannot have it as its own yet.
        head = at.sha if at is not None and at.repo == repo else None
        yield Put(repo, folder, replaced, head, rows, list(splits))


def _there(repo: Repo, note: Callable[[str], None]) -> Place | None:
    """What is there already; of a branch that is not, what it will begin with. None: nothing is."""
    for one in dict.fromkeys((repo, repo._replace(revision=None))):
        with contextlib.suppress(NotFoundError):
            return place(one, note)
    return None


def _others(at: Place, config: str, splits: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    """The splits that are there already, by configuration.

    Raises:
        UsageError: they are of another format: a data set's must all be alike.
    """
    laid = layout(at)
    if not laid.told and kind_of(laid.paths) is None:
        return {}
    found = {}
    for name in laid.configs:
        try:
            found[name] = laid.splits(name)
        except NotFoundError:
            found[name] = {}  # of a configuration whose files are gone
    for name, there in found.items():
        for split, paths in there.items():
            kind = kind_of(paths)
            if kind not in ("parquet", None) and not (name == config and split in splits):
                raise UsageError(
                    f"{at.repo.id} holds {kind} files ({paths[0]}), and a data set's splits must all be of one format",
                    f"remove them (hfterm hub rm -t dataset {at.repo.id} {paths[0]}), or choose another name",
                )
    return found


def _card(
    at: Place | None, repo: Repo, config: str, told: Sequence[put_card.Split], columns: features.Features,
    others: Mapping[str, Mapping[str, Sequence[str]]], folder: Path,
) -> tuple[str, list[str]]:  # fmt: skip
    """The new card, and the files that are replaced."""
    from hfterm.hub import card as cards

    try:
        text = at.read(CARD).decode("utf-8") if at is not None else ""
    except UnicodeDecodeError as exc:
        raise HftermError(f"the card of {repo.id} (README.md) is not UTF-8", "mend it, then put again") from exc
    before: Mapping[str, Any] = cards.split(text)["data"] or {}
    new = {split.name for split in told}
    mine = others.get(config, {})
    kept = {split: paths for split, paths in mine.items() if split not in new}
    used = {path for name, there in others.items() if name != config for paths in there.values() for path in paths}
    used |= {path for paths in kept.values() for path in paths}
    replaced = [path for split, paths in mine.items() if split in new for path in paths if path not in used]
    size = sum(path.stat().st_size for path in folder.rglob("*.parquet"))
    if at is not None:
        size += sum(at.entries[path].size for paths in kept.values() for path in paths)
    silent = {name: there if name != config else kept for name, there in others.items()}
    known = put_card.told(before.get("dataset_info"), config)
    rest = {split: known.get(split) or _counted(at, split, paths) for split, paths in kept.items()}
    values = {
        "dataset_info": put_card.infos(before.get("dataset_info"), config, told, features.as_yaml(columns), rest, size),
        "configs": put_card.configs(before.get("configs"), config, told, silent),
    }
    return put_card.changed(text or f"# {repo.id.rpartition('/')[2]}\n", values), replaced


def _counted(at: Place | None, split: str, paths: Sequence[str]) -> dict[str, Any]:
    """The rows and bytes of a split of the Hub that its card does not tell, as its files' footers do."""
    from hfterm.data.remote import HubFile, footer

    rows = size = 0
    for path in paths:
        assert at is not None and at.hub is not None
        table = footer(HubFile.of(at.hub, at.pinned, at.entries[path]))
        rows, size = rows + table.rows, size + table.raw_bytes
    return put_card.entry(put_card.Split(split, size, rows, ""))
