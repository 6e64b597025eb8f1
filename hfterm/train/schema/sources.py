"""Whether a recipe's model and data are there, and whether the first rows of the data fit the method; without Hub."""

import contextlib
import math
import os
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, cast

from hfterm import refs
from hfterm.data.source import Source, sources
from hfterm.errors import HftermError, UsageError
from hfterm.inference import device
from hfterm.train import methods, packs
from hfterm.train.columns import Mapper
from hfterm.train.data import DataFile, Piece, eval_references, references
from hfterm.train.methods.base import Method
from hfterm.train.recipe import Recipe
from hfterm.train.rows import raw
from hfterm.train.schema import names

# Rows that are looked at; 'hfterm data validate' looks at all.
ROWS = 200
# ... where all together tell something, such as labels; rows of images and sounds are files that must be opened.
LABELLED_ROWS = 20_000
# Key, message, hint.
Found = tuple[str, str, str | None]
# What the rows of a source are, judged; and whether those are all of it.
Judged = tuple[list[Any], bool]
T = TypeVar("T")


def look(recipe: Recipe) -> Iterator[Found]:
    """What is wrong with the model, the data and the device. What lies on the Hub is taken to be there."""
    yield from _tried("device", lambda: device.checked(recipe.device))
    model: list[dict[str, Any] | None] = []
    yield from _tried("model", lambda: _model(recipe), model)
    own, measured = references(recipe), eval_references(recipe)
    data: list[Judged | None] = []
    for text in own:
        yield from _tried("data", lambda text=text: _data(text, recipe, recipe.split), data)  # type: ignore[misc]
    evals: list[tuple[str, Sequence[Any]]] = []
    for text in measured.values():
        some: list[Judged | None] = []
        if text not in own:
            yield from _tried("eval_data", lambda text=text: _data(text, recipe, None), some)  # type: ignore[misc]
        if some and some[0] is not None:
            evals.append((text, some[0][0]))
    whole = [one[0] for one in data if one is not None and one[1]]
    if len(whole) == len(own):
        found = [(", ".join(own), [value for values in whole for value in values]), *evals]
        config = model[0] if model else None
        yield from _tried("data", lambda: methods.of(recipe).agree(recipe, found, config))


def _tried(key: str, look: Callable[[], T], found: list[T] | None = None) -> Iterator[Found]:
    """What ``look`` raises; what it returns is put into ``found``."""
    try:
        value = look()
    except HftermError as exc:
        yield key, f"{key}: {names.as_keys(exc.message)}", names.as_keys(exc.hint)
    except OSError as exc:
        yield key, f"{key}: it cannot be read: {exc.strerror or exc}", None
    else:
        if found is not None:
            found.append(value)


def _model(recipe: Recipe) -> dict[str, Any] | None:
    """The model's config.json, where it is on this machine."""
    if not recipe.model or refs.parse(recipe.model).where not in ("path", "run"):
        return None
    method = methods.of(recipe)
    config = method.model_folder(refs.resolve(recipe.model, "model")).config
    method.check(recipe, config)
    return dict(config)


def _data(text: str, recipe: Recipe, split: str | None) -> Judged | None:
    given = os.path.expanduser(text)
    here = os.path.lexists(given) or any(char in text for char in "*?[")
    if not text or text == "-" or (not here and refs.parse(text, "dataset").where == "hub"):
        return None
    if packs.find(given) is not None:
        if recipe.METHOD != "clm":
            raise UsageError(f"{text} is a pack of token ids", "such are for clm")
        return None
    values: list[Any] = []
    whole = True
    for source in sources([given], config=recipe.config, split=split):
        judged = rows(source, recipe, text)
        values += judged[0]
        whole = whole and judged[1]
    return values, whole


def rows(source: Source, recipe: Recipe, name: str) -> Judged:
    """Look at the first rows of local files; of images and sounds at some of all.

    Raises:
        HftermError: there are none, or one cannot be used for the method (its number is named).
    """
    method, media = methods.of(recipe), source.format in ("images", "audio")
    if len(source.paths) == 1 and os.path.getsize(source.paths[0]) == 0:
        raise HftermError(f"{name} is empty")
    paths = source.paths[:: math.ceil(len(source.paths) / ROWS)] if media else source.paths
    pieces = [Piece(Path(os.path.abspath(path)), source.format, source.label, path, 0, "") for path in paths]
    data = DataFile(name, tuple(pieces), keep=False)
    judge = method.judge(recipe, data)
    if judge is None:
        return [], False
    most = LABELLED_ROWS if type(method).agree is not Method.agree and not media else ROWS
    most = min(most, recipe.max_samples or most)
    mapper, values, number = Mapper(recipe.columns), list[Any](), 0
    records = raw(data, (lambda *_: None) if recipe.skip_bad else None)
    with contextlib.closing(cast(Any, records)):
        for number, one in enumerate(islice(records, most), 1):
            try:
                values.append(judge(mapper(one.value, name, first=number == 1)))
            except HftermError as exc:
                if exc.exit_code == 2:
                    raise
                if not recipe.skip_bad:
                    hint = exc.hint or "leave such rows out with skip_bad: true"
                    raise HftermError(
                        f"{name}: row {one.number} cannot be used for {recipe.METHOD}: {exc.message}", hint
                    ) from exc
    if not number:
        raise HftermError(f"{name} holds no records")
    if not values:
        raise HftermError(f"{name}: none of its first {number} rows can be used for {recipe.METHOD}")
    return values, (number < most or number == recipe.max_samples) and len(paths) == len(source.paths)
