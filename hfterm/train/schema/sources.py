"""Whether a recipe's model and data are there, and whether the first rows of the data fit the method; without Hub."""

import os
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from hfterm import records, refs
from hfterm.data.source import Source, sources
from hfterm.errors import HftermError
from hfterm.inference import device
from hfterm.train import methods
from hfterm.train.columns import Mapper
from hfterm.train.data import eval_references, references
from hfterm.train.recipe import Recipe
from hfterm.train.schema import names

# Rows that are looked at; 'hfterm data validate' looks at all.
ROWS = 200
_ZSTD = b"\x28\xb5\x2f\xfd"
# Key, message, hint.
Found = tuple[str, str, str | None]


def look(recipe: Recipe) -> Iterator[Found]:
    """What is wrong with the model, the data and the device. What lies on the Hub is taken to be there."""
    yield from _tried("device", lambda: device.checked(recipe.device))
    yield from _tried("model", lambda: _model(recipe))
    own = references(recipe)
    for text in own:
        yield from _tried("data", lambda text=text: _data(text, recipe, recipe.split))  # type: ignore[misc]
    for text in eval_references(recipe).values():
        if text not in own:
            yield from _tried("eval_data", lambda text=text: _data(text, recipe, None))  # type: ignore[misc]


def _tried(key: str, look: Callable[[], Any]) -> Iterator[Found]:
    try:
        look()
    except HftermError as exc:
        yield key, f"{key}: {names.as_keys(exc.message)}", names.as_keys(exc.hint)
    except OSError as exc:
        yield key, f"{key}: it cannot be read: {exc.strerror or exc}", None


def _model(recipe: Recipe) -> None:
    if not recipe.model or refs.parse(recipe.model).where not in ("path", "run"):
        return
    method = methods.of(recipe)
    method.check(recipe, method.model_folder(refs.resolve(recipe.model, "model")).config)


def _data(text: str, recipe: Recipe, split: str | None) -> None:
    given = os.path.expanduser(text)
    here = os.path.lexists(given) or any(char in text for char in "*?[")
    if not text or text == "-" or (not here and refs.parse(text, "dataset").where == "hub"):
        return
    for source in sources([given], config=recipe.config, split=split):
        rows(source, recipe, text)


def rows(source: Source, recipe: Recipe, name: str) -> None:
    """Look at the first rows of local files; of formats that a library must read, at none.

    Raises:
        HftermError: there are none, or one cannot be used for the method (its number is named).
    """
    check = _check(recipe)
    path = source.paths[0]
    with open(path, "rb") as stream:
        head = stream.read(4)
    if not head:
        raise HftermError(f"{name} is empty")
    if source.format not in records.FORMATS or head == _ZSTD or check is None:
        return
    mapper, number = Mapper(recipe.columns), 0
    read = records.read(path, format=source.format, skip_bad=recipe.skip_bad)
    for number, row in enumerate(islice(read, ROWS), 1):
        try:
            check(mapper(row, name, first=number == 1))
        except HftermError as exc:
            if exc.exit_code == 2:
                raise
            if not recipe.skip_bad:
                hint = exc.hint or "leave such rows out with skip_bad: true"
                raise HftermError(
                    f"{name}: row {number} cannot be used for {recipe.METHOD}: {exc.message}", hint
                ) from exc
    if not number:
        raise HftermError(f"{name} holds no records")


def _check(recipe: Recipe) -> Callable[[dict[str, Any]], Any] | None:
    """What finds fault with a row; None for methods whose rows only the model can judge."""
    if recipe.METHOD == "sft":
        from hfterm.data import checks

        return checks.sft if getattr(recipe, "assistant_only_loss", True) else None
    return getattr(methods.of(recipe), "rows_of", None)
