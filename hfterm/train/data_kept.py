"""The data of a run, kept: small data is copied into the run, larger is remembered by its digests.

Either way a resumed run sees the records it began with, or says that they have changed.
"""

import dataclasses
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hfterm import records
from hfterm.data.source import kind_of
from hfterm.errors import HftermError, NotFoundError
from hfterm.runs import Run
from hfterm.train import data
from hfterm.train.data import DataFile, Piece, Sources, digest
from hfterm.train.recipe import Recipe
from hfterm.train.templates import NONE

TEMPLATE = "chat_template.jinja"


def kept(found: Sources, folder: Path) -> dict[str, Any]:
    """The facts ``data`` and ``eval_data`` of ``run.json``; copies are put into ``folder``."""
    data, evals = found
    facts = {"data": data.copy_to(folder, "data")}
    if len(evals) == 1:
        facts["eval_data"] = evals[0].copy_to(folder, "eval-data")
    elif evals:
        several = [{"label": one.label, **one.copy_to(folder, f"eval-data-{n}")} for n, one in enumerate(evals, 1)]
        whole = {"name": ", ".join(one.name for one in evals), "size": sum(one.size for one in evals)}
        facts["eval_data"] = {**whole, "sha256": digest_of(evals), "sources": several}
    return facts


def digest_of(evals: Sequence[DataFile]) -> str | None:
    """The digest of evaluation data: that of the only one, or one of all by their names; None of none."""
    if len(evals) < 2:
        return evals[0].sha256 if evals else None
    return hashlib.sha256("".join(f"{one.label}\0{one.sha256}\n" for one in evals).encode()).hexdigest()


def again(run: Run, facts: dict[str, Any]) -> Sources:
    """The data that a run began with; ``facts`` are those of its ``run.json``.

    Raises:
        NotFoundError: it is gone. HftermError: it has changed since.
    """
    measured = facts.get("eval_data")
    if not measured:
        return of_run(run, facts["data"]), ()
    several = measured.get("sources", [measured])
    evals = [dataclasses.replace(of_run(run, one), label=one.get("label", "")) for one in several]
    return of_run(run, facts["data"]), tuple(evals)


def of_run(run: Run, facts: dict[str, Any]) -> DataFile:
    """The data that a run began with, by what its ``run.json`` says of it.

    Raises:
        NotFoundError: it is gone. HftermError: it has changed since.
    """
    if "listed" in facts:
        try:
            listed = [*records.read(run.path / facts["listed"])]
            pieces = [_checked(run, Piece(**{**one, "path": run.path / one["path"]})) for one in listed]
        except (NotFoundError, TypeError, KeyError, records.BadRecord) as exc:
            if isinstance(exc, NotFoundError) and "cannot resume" in exc.message:
                raise
            raise HftermError(f"run {run.name!r} is damaged and cannot resume: {facts['listed']}") from exc
        if len(pieces) != facts["files"]:
            raise HftermError(f"run {run.name!r} is damaged and cannot resume: {facts['listed']}")
        return DataFile(facts["name"], tuple(pieces), keep=True)
    path = run.path / facts["path"]  # an absolute path stays itself
    _there(run, path)
    # A run that is older than the format in its facts took what the file's name or content tells.
    kind = facts.get("format") or kind_of(str(path))
    found = Piece(path, kind, facts["name"], facts["name"], facts["size"], facts["sha256"])
    found = dataclasses.replace(found, origin=facts.get("origin", ""))
    return DataFile(facts["name"], (_checked(run, found),), keep=True)


def _checked(run: Run, piece: Piece) -> Piece:
    _there(run, piece.path)
    if piece.path.stat().st_size != piece.size or digest(piece.path) != piece.sha256:
        raise HftermError(
            f"run {run.name!r} cannot resume: its data {str(piece.path)!r} has changed since it began",
            "put the file back as it was, or start a new run",
        )
    return piece


def _there(run: Run, path: Path) -> None:
    if not path.exists():
        raise NotFoundError(f"run {run.name!r} cannot resume: its data {str(path)!r} is gone", _how_to_get(path))


def _how_to_get(path: Path) -> str:
    """How a file that is gone comes back: of the Hub's cache by its commit."""
    parts = path.parts
    at = parts.index("snapshots") if "snapshots" in parts else 0
    if at and len(parts) > at + 2 and parts[at - 1].startswith("datasets--"):
        name = parts[at - 1].removeprefix("datasets--").replace("--", "/")
        return f"get it again: hfterm data get {name}@{parts[at + 1]}"
    return "put the file back"


def keep_template(recipe: Recipe, processor: Any, folder: Path) -> None:
    """Write the chat template that the recipe asked for into ``folder``: its file may change."""
    if getattr(recipe, "chat_template", None) not in (None, NONE):
        (folder / TEMPLATE).write_text(processor.chat_template, "utf-8")


def with_template(recipe: Recipe, run: Run) -> Recipe:
    """The recipe of a run with the chat template that the run began with."""
    kept = run.path / TEMPLATE
    return dataclasses.replace(recipe, chat_template=str(kept)) if kept.is_file() else recipe  # type: ignore[call-arg]


def differs(run: Run, facts: dict[str, Any], recipe: Recipe, own: str) -> str | None:
    """The name of the data in ``recipe`` that is not what the run began with; None: it is all the same.

    ``own`` stands for the run's own data. Standard input is not compared: it is gone.
    """
    wanted = data.references(recipe)
    named = own not in wanted and "-" not in wanted
    if named:
        given = data.take(wanted, run.path, config=recipe.config, split=recipe.split)
        if given.sha256 != facts["data"]["sha256"]:
            return given.name
    whose = recipe.eval_data
    if whose != own and "-" not in data.eval_references(recipe).values():
        if not named and whose is None and recipe.eval_name is not None:
            return None
        evals, stored = data.evaluations(recipe, run.path), facts.get("eval_data")
        if digest_of(evals) != (stored and stored["sha256"]):
            return ", ".join(one.name for one in evals) or "none"
    return None
