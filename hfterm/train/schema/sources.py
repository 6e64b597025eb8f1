"""Whether a recipe's model and data are there, and whether the first rows of the data fit the method; without Hub."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from hfterm import records, refs
from hfterm.errors import HftermError
from hfterm.train.recipe import Recipe

# Rows that are looked at; 'hfterm data validate' looks at all.
ROWS = 200
_SAMPLE_BYTES = 2**24
Found = tuple[str, str, str | None]


def look(recipe: Recipe) -> Iterator[Found]:
    """Problems as (key, message, hint). What lies on the Hub is taken to be there."""
    yield from _device(recipe)
    for key in ("model", "data", "eval_data"):
        reference = getattr(recipe, key, None)
        if not reference or reference == "-":
            continue
        kind: refs.Kind = "model" if key == "model" else "dataset"
        try:
            where = refs.parse(reference, kind).where
            path = refs.resolve(reference, kind) if where in ("path", "run") else None
            if kind == "dataset" and path is not None and path.is_file():
                rows(path, reference, recipe)
        except HftermError as exc:
            yield key, f"{key}: {exc.message}", exc.hint
        except OSError as exc:
            yield key, f"{key}: {reference!r} cannot be read: {exc.strerror or exc}", None


def rows(path: Path, name: str, recipe: Recipe) -> None:
    """Look at the first rows of a local file of records.

    Raises:
        HftermError: it holds none, or one of them cannot be used for the method (its number is named).
    """
    from hfterm.data import checks

    if path.stat().st_size == 0:
        raise HftermError(f"{name} is empty")
    if records.format_of(path.name) is None or recipe.METHOD not in checks.KINDS:
        return
    check = checks.KINDS[recipe.METHOD]()
    number = 0
    for number, row in enumerate(islice(records.read(path, skip_bad=recipe.skip_bad), ROWS), 1):
        try:
            check(row)
        except HftermError as exc:
            if not recipe.skip_bad:
                hint = f"see them all with 'hfterm data validate {name} --for {recipe.METHOD}'"
                raise HftermError(
                    f"{name}: row {number} cannot be used for {recipe.METHOD}: {exc.message}", hint
                ) from exc
    if not number:
        raise HftermError(f"{name} holds no records")


def _device(recipe: Recipe) -> Iterator[Found]:
    from hfterm.inference import device

    try:
        device.checked(recipe.device)
    except HftermError as exc:
        yield "device", f"device: {exc.message}", exc.hint
