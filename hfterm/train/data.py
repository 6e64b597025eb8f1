"""The data that a recipe names: any source of the data group, with the digest that tells it from another."""

import contextlib
import dataclasses
import hashlib
import itertools
import os
import re
import shutil
import sys
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from hfterm import records
from hfterm.data.formats import Format
from hfterm.data.source import Source, kind_of, sources
from hfterm.errors import NotFoundError, UsageError
from hfterm.output import Output
from hfterm.text import to_json
from hfterm.train import packs
from hfterm.train.recipe import Recipe

# Data of so many bytes is copied into its run.
COPY_UP_TO = 32 * 2**20
# Splits of a data set that are meant for measuring, in the order in which they are looked for.
EVALUATION_SPLITS = ("validation", "test")
_SUFFIXES = {"text": "txt", "webdataset": "tar"}
_SHA256 = re.compile(r"[0-9a-f]{64}")
# A name for evaluation data: no scheme of an address, no path.
_NAMED = re.compile(r"([A-Za-z_][\w.-]*)=(.+)")
_ZSTD = b"\x28\xb5\x2f\xfd"


@dataclass(frozen=True)
class Piece:
    """One file of the data; of the format ``pack`` it belongs to a pack of token ids.

    ``shown`` is what the user calls it, ``label`` the source that it belongs to.

    ``origin`` is where it was when the run began (standard input: in the working folder); ``path`` may be a copy.
    """

    path: Path
    format: Format | Literal["pack"]
    label: str
    shown: str
    size: int
    sha256: str
    origin: str = ""


@dataclass(frozen=True)
class DataFile:
    """Records in one file or in several; ``name`` is what the user called them, ``keep`` whether the run keeps a copy.

    ``part``: of records of which a share is held out, ``train`` those that are trained on and ``eval`` the others; none
    where no share is. ``label``: of several evaluation data what the metrics of this one are called by;
    ``measures``: it is evaluation data.
    """

    name: str
    pieces: tuple[Piece, ...]
    keep: bool
    part: str | None = None
    label: str = ""
    measures: bool = False

    @property
    def empty(self) -> str:
        """The beginning of what is said where it holds nothing of use."""
        return f"nothing to {'measure' if self.measures else 'train'} on in {self.name}"

    @property
    def path(self) -> Path:
        """Where it is; of several files the folder that they have in common."""
        return self.pieces[0].path if len(self.pieces) == 1 else _root(self.pieces)

    @property
    def folder(self) -> Path:
        """Where the paths in its records lead from: the folder of the file (or files) as the user has it."""
        return _root(self.pieces)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(piece.size for piece in self.pieces)

    @property
    def sha256(self) -> str:
        """The digest of the one file; of several that of their names, formats and digests."""
        if len(self.pieces) == 1:
            return self.pieces[0].sha256
        root = _root(self.pieces)
        listed = [f"{os.path.relpath(p.origin or p.path, root)}\0{p.format}\0{p.sha256}\n" for p in self.pieces]
        return hashlib.sha256("".join(listed).encode("utf-8", "surrogateescape")).hexdigest()

    @property
    def is_pack(self) -> bool:
        """Whether some of it is a pack of token ids, which :mod:`hfterm.train.packs` reads."""
        return any(piece.format == "pack" for piece in self.pieces)

    def packs(self) -> list[packs.Pack]:
        """The packs that it consists of.

        Raises:
            UsageError: some of it is none. HftermError: one is damaged.
        """
        if any(piece.format != "pack" for piece in self.pieces):
            raise UsageError(f"{self.name}: packs of token ids and texts cannot be mixed", "pack the texts, too")
        found, names = [], {piece.path for piece in self.pieces}
        for piece in self.pieces:
            if piece.path.name == packs.INDEX:
                beside = [path.name for path in names if path.parent == piece.path.parent]
                found.append(packs.read(piece.path, piece.label, beside))
        return found

    def sources(self) -> list[tuple[Source, list[str]]]:
        """The files as the data group reads them, those of one source together; with what the user calls each.

        Raises:
            UsageError: it is no data that the group reads, but a pack of token ids.
        """
        if self.is_pack:
            raise UsageError(f"{self.name} is a pack of token ids", "such are for hfterm train clm")
        found: list[tuple[Source, list[str]]] = []
        for piece in self.pieces:
            last = found[-1][0] if found else None
            if last is not None and (last.label, last.format) == (piece.label, piece.format):
                found[-1] = (last._replace(paths=(*last.paths, str(piece.path))), [*found[-1][1], piece.shown])
            else:
                found.append((Source(piece.label, cast(Format, piece.format), (str(piece.path),)), [piece.shown]))
        return found

    def copy_to(self, folder: Path, stem: str) -> dict[str, Any]:
        """What ``run.json`` says about it; copies are put into ``folder`` where that is called for.

        Several files are listed in ``STEM.files.jsonl`` there.
        """
        facts: dict[str, Any] = {"name": self.name, "path": str(self.path), "size": self.size, "sha256": self.sha256}
        if len(self.pieces) == 1:
            piece = self.pieces[0]
            facts |= {"format": piece.format, "origin": piece.origin}
            if self.keep:
                facts["path"] = stem + _suffix(piece)
                shutil.copyfile(piece.path, folder / facts["path"])
            return facts
        facts |= {"files": len(self.pieces), "listed": f"{stem}.files.jsonl"}
        root = _root(self.pieces)
        with (folder / facts["listed"]).open("w", encoding="utf-8") as stream:
            for piece in self.pieces:
                path = str(piece.path)
                if self.keep:
                    path = os.path.join(stem, os.path.relpath(piece.origin or piece.path, root))
                    (folder / path).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(piece.path, folder / path)
                stream.write(to_json({**dataclasses.asdict(piece), "path": path}) + "\n")
        if self.keep:
            facts["path"] = stem
        return facts


# The data, and all evaluation data.
Sources = tuple[DataFile, tuple[DataFile, ...]]


def gather(recipe: Recipe, spool: Path, out: Output | None = None) -> Sources:
    """Find the data of a recipe; standard input (``-``) is written to the folder ``spool`` first.

    Raises:
        NotFoundError, NetworkError, AccessError: as :func:`hfterm.data.source.sources`.
        UsageError: both are standard input. HftermError: it cannot be read.
    """
    wanted = references(recipe)
    if [*wanted, *eval_references(recipe).values()].count("-") > 1:
        raise UsageError("the data and the evaluation data cannot both be standard input", "name a file for one")
    data = take(wanted, spool, out, config=recipe.config, split=recipe.split)
    return data, evaluations(recipe, spool, out)


def parts(data: DataFile) -> Sources:
    """The same data as what is trained on and what is held out; :mod:`hfterm.train.rows` reads each."""
    return dataclasses.replace(data, part="train"), (dataclasses.replace(data, part="eval"),)


def references(recipe: Recipe) -> list[str]:
    """What the recipe names as its data."""
    return recipe.data if isinstance(recipe.data, list) else [recipe.data]


def eval_references(recipe: Recipe) -> dict[str, str]:
    """What the recipe names as its evaluation data, by the names that metrics have: ``NAME=DATA``, else its own.

    Raises:
        UsageError: two have the same name.
    """
    given = recipe.eval_data if isinstance(recipe.eval_data, list) else [recipe.eval_data or ""]
    found: dict[str, str] = {}
    for text in given if recipe.eval_data is not None else ():
        match = _NAMED.fullmatch(text)
        if match is not None and not os.path.lexists(os.path.expanduser(text)):
            name, text = match.groups()
            if name in found:
                raise UsageError(f"--eval-data: two are called {name!r}", "give each a name of its own: NAME=DATA")
        else:
            name = _own_name(text, found)
        found[name] = text
    return found


def _own_name(text: str, taken: Container[str]) -> str:
    """The last part of a path or an id without its ending; where that is taken, the one before it too, or a number."""
    parts = [part for part in re.split(r"[/\\@]", text) if part.strip(".*?")]
    stem = re.sub(r"(?<=.)(\.[A-Za-z]\w*)+$", "", parts[-1]) if parts else "data"
    words = [re.sub(r"[^\w.-]+", "_", word).strip("_") or "data" for word in (*parts[-2:-1], stem)]
    numbered = (f"{words[-1]}-{number}" for number in itertools.count(2))
    return next(name for name in itertools.chain((words[-1], "_".join(words)), numbered) if name not in taken)


def reads_stdin(recipe: Recipe) -> bool:
    """Whether some of the recipe's data is standard input."""
    return "-" in (*references(recipe), *eval_references(recipe).values())


def evaluations(recipe: Recipe, spool: Path, out: Output | None = None) -> tuple[DataFile, ...]:
    """The evaluation data that a recipe names; of a data set the split meant for it, where none is named.

    Raises:
        As :func:`gather`.
    """
    wanted, named = references(recipe), eval_references(recipe)
    if not named:
        return () if recipe.eval_name is None else (_evaluation(recipe, wanted, recipe.config, spool, out),)
    found = []
    for label, text in named.items():
        one = _evaluation(recipe, [text], recipe.config if text in wanted else None, spool, out)
        found.append(dataclasses.replace(one, label=label if len(named) > 1 else "", measures=True))
    return tuple(found)


def _evaluation(recipe: Recipe, wanted: list[str], config: str | None, spool: Path, out: Output | None) -> DataFile:
    split = recipe.eval_name
    plain = any(text == "-" or os.path.isfile(os.path.expanduser(text)) for text in wanted)
    if plain and split is not None:
        what = "standard input" if wanted == ["-"] else repr(wanted[0])
        raise UsageError(f"--eval-split {split}: {what} has no splits", "hold out a share of it: --eval-split 0.1")
    for one in () if split is not None or plain else EVALUATION_SPLITS:
        with contextlib.suppress(NotFoundError, UsageError):  # none of that name, or no data set: then all of it
            return take(wanted, spool, out, config=config, split=one)
    return take(wanted, spool, out, config=config, split=split)


def take(
    named: str | Sequence[str],
    spool: Path,
    out: Output | None = None,
    *,
    config: str | None = None,
    split: str | None = None,
) -> DataFile:
    """The data that is ``named``, of a data set this configuration and split; ``-`` is written to ``spool`` first.

    Raises:
        As :func:`gather`.
    """
    texts = [named] if isinstance(named, str) else list(named)
    name = ", ".join("standard input" if text == "-" else text for text in texts[:3])
    name += f" and {len(texts) - 3} more" if len(texts) > 3 else ""
    if split is not None:
        name += f" [{split}]"
    pieces: list[Piece] = []
    for text in texts:
        if text == "-":
            if config is not None or split is not None:
                raise UsageError("standard input is no data set", "--config and splits are for data sets")
            path = _spooled(spool)
            piece = _piece(path, kind_of(str(path)), "standard input", "standard input")
            pieces.append(dataclasses.replace(piece, origin=os.path.abspath("standard-input")))
            continue
        # A home folder is the shell's to expand, but not behind an equals sign or in a file.
        given = os.path.expanduser(text) if text.startswith("~") else text
        if (pack := packs.find(given)) is not None:
            if config is not None or split is not None:
                raise UsageError(
                    f"{text!r} is a pack of token ids, no data set", "--config and splits are for data sets"
                )
            pieces += [_piece(path, "pack", text, str(path)) for path in pack]
            continue
        for source in _sources(given, out, config, split):
            one = len(source.paths) == 1 and os.path.isfile(given)
            for path_text in source.paths:
                path = Path(os.path.abspath(path_text))
                pieces.append(_piece(path, source.format, source.label, text if one else path_text))
    if not pieces:
        raise NotFoundError(f"no data files in {name}")
    small = sum(piece.size for piece in pieces) <= COPY_UP_TO
    return DataFile(name, tuple(pieces), small or "-" in texts)


def _sources(text: str, out: Output | None, config: str | None, split: str | None) -> list[Source]:
    try:
        return sources([text], note=out.note if out else None, config=config, split=split)
    except UsageError as exc:
        if "--input-format" in (exc.hint or ""):  # which no recipe has
            exc.hint = "name a file of records with the ending of its format: .jsonl, .csv, .parquet, ..."
        raise


def _spooled(spool: Path) -> Path:
    """Standard input as a file."""
    if sys.stdin is None or sys.stdin.closed:
        raise UsageError("standard input is closed", "name a file, or pipe records in")
    path = spool / "stdin"
    with path.open("wb") as stream:
        shutil.copyfileobj(sys.stdin.buffer, stream, 1 << 20)
    return path


def _piece(path: Path, format: Format | Literal["pack"], label: str, shown: str) -> Piece:
    return Piece(path, format, label, shown, path.stat().st_size, digest(path), str(path))


def digest(path: Path) -> str:
    """The SHA-256 of a file; of the Hub's large files, which are stored under theirs, it is not computed again."""
    if path.is_symlink() and (blob := path.resolve()).parent.name == "blobs" and _SHA256.fullmatch(blob.name):
        return blob.name
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _root(pieces: Iterable[Piece]) -> Path:
    return Path(os.path.commonpath([os.path.dirname(piece.origin or piece.path) for piece in pieces]))


def _suffix(piece: Piece) -> str:
    """What a copy's name ends in, so that it is read the same way again; nothing where only the content tells."""
    name = piece.path.name
    if records.format_of(name) is None and "." not in name:
        return ""
    with piece.path.open("rb") as stream:
        packed = ".zst" if stream.read(4) == _ZSTD else ""
    if piece.format in ("images", "audio"):
        return piece.path.suffix
    return f".{_SUFFIXES.get(piece.format, piece.format)}{packed}"
