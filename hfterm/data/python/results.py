"""What a user's function returns, as lines of JSON."""

import base64
import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hfterm.errors import HftermError


class WrongResult(HftermError):
    """A function returned what is no row, and what it should have."""


def dumps(value: Any) -> bytes:
    """One JSON text: arrays and tensors as lists, times in ISO 8601, bytes in Base64, no NaN.

    Raises:
        WrongResult: something in it has no JSON.
    """
    try:
        try:
            text = _encoder().encode(value)
        except ValueError:  # NaN, which JSON has not; the default reader takes it
            finite = json.loads(json.dumps(value, default=plain), parse_constant=lambda name: None)
            text = json.dumps(finite, ensure_ascii=False, separators=(",", ":"))
        return text.encode()
    except TypeError as exc:
        raise WrongResult(f"a value that it returns has no JSON ({exc})") from exc
    except UnicodeEncodeError as exc:
        raise WrongResult("a text that it returns holds half of a surrogate pair") from exc
    except (ValueError, RecursionError) as exc:
        raise WrongResult(f"what it returns has no JSON ({exc})") from exc


@functools.cache
def _encoder() -> json.JSONEncoder:
    return json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=plain, allow_nan=False)


def plain(value: Any) -> Any:
    """A value of another type as one that JSON has.

    Raises:
        TypeError: there is none.
    """
    import decimal
    import pathlib
    import uuid

    if hasattr(value, "tolist"):  # numpy, torch
        return value.tolist()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset | range) or (hasattr(value, "__next__") and hasattr(value, "__iter__")):
        return list(value)
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, pathlib.PurePath | uuid.UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__}")


def merged(line: bytes, names: frozenset[str], made: Mapping[str, Any], replace: bool) -> bytes:
    """A record (its text and the names in it) with what was made of it; ``replace``: that alone.

    Fields that are only added leave the others as they are written.
    """
    if replace:
        return dumps(dict(made))
    if not made:
        return line
    if not all(isinstance(name, str) for name in made):
        raise WrongResult("a name of a field that it returns is no text")
    if names.isdisjoint(made):
        start = line.rstrip()[:-1].rstrip()
        return start + (b"" if start == b"{" else b",") + dumps(dict(made))[1:]
    return dumps({**json.loads(line), **made})


def rows_of(result: Any) -> list[Mapping[str, Any]] | None:
    """The rows that stand for one record: none, one or several; None: it stays as it is.

    Raises:
        WrongResult: they are none.
    """
    if result is None:
        return None
    if isinstance(result, Mapping):
        return [result]
    if isinstance(result, str | bytes) or not isinstance(result, Iterable):
        raise WrongResult(f"it returns {_kind(result)}, where a dict is wanted")
    rows = list(result)
    for row in rows:
        if not isinstance(row, Mapping):
            raise WrongResult(f"one of the rows that it returns is {_kind(row)}, where a dict is wanted")
    return rows


def batch_rows(result: Any, count: int, columns: Sequence[str], replace: bool) -> list[Mapping[str, Any]] | None:
    """The rows in what was made of a batch of ``count`` records: a dict of lists, or a list of dicts.

    Raises:
        WrongResult: it is neither, lists differ in length, or other rows are made without all the columns.
    """
    if result is None:
        return None
    rows: list[Mapping[str, Any]]
    if isinstance(result, Mapping):
        lists = {name: _list(name, values) for name, values in result.items()}
        sizes = {name: len(values) for name, values in lists.items()}
        if len(set(sizes.values())) > 1:
            told = ", ".join(f"{name!r}: {size}" for name, size in list(sizes.items())[:6])
            raise WrongResult(f"its lists are of different lengths ({told})")
        if not lists:
            return [] if replace else None
        rows = [dict(zip(lists, values, strict=True)) for values in zip(*lists.values(), strict=True)]
        names = set(lists)
    else:
        rows = rows_of(result) or []
        names = set(rows[0]) if rows else set(columns)
    missing = [name for name in columns if name not in names]
    if len(rows) != count and not replace and missing and rows:
        raise WrongResult(
            f"it returns {len(rows)} rows for {count}, without the field {missing[0]!r}",
            "return all fields, or say --replace to keep only what it returns",
        )
    return rows


def _list(name: str, values: Any) -> list[Any]:
    if hasattr(values, "tolist"):
        values = values.tolist()
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise WrongResult(f"its field {name!r} is {_kind(values)}, where a list is wanted: one value for each row")
    return list(values)


def truths(result: Any, count: int) -> list[bool]:
    """Which of a batch of ``count`` records are kept.

    Raises:
        WrongResult: it is no list of so many truth values.
    """
    if hasattr(result, "tolist"):
        result = result.tolist()
    if isinstance(result, str | bytes | Mapping) or not isinstance(result, Iterable):
        raise WrongResult(f"it returns {_kind(result)}, where a list of truth values is wanted")
    found = [bool(value) for value in result]
    if len(found) != count:
        raise WrongResult(f"it returns {len(found)} truth values for {count} rows")
    return found


def _kind(value: Any) -> str:
    name = type(value).__name__
    return "None" if value is None else f"{'an' if name[:1] in 'aeiou' else 'a'} {name}"
