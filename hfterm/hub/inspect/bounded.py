"""JSON from strangers: no depth, number of values or double name that hurts."""

import json
import re
from itertools import accumulate
from typing import Any

# A quote that nothing closes stays, for the parser to refuse.
_TEXTS = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEPS = [{0x5B: 1, 0x7B: 1}.get(byte, -1) for byte in range(256)]
MOST_DEPTH = 64
MOST_VALUES = 6_000_000


def loads(data: bytes, *, depth: int = MOST_DEPTH, values: int = MOST_VALUES) -> Any:
    """The value of a JSON text in UTF-8.

    Raises:
        ValueError: it is none, nested deeper, of more values, or an object names a key twice; says which.
    """
    bare = _TEXTS.sub(b"", data)
    if bare.count(b",") + bare.count(b"[") + bare.count(b"{") > values:
        raise ValueError(f"its JSON holds more than {values} values")
    brackets = bare.translate(None, _NOT_BRACKETS)
    if max(accumulate(map(_STEPS.__getitem__, brackets)), default=0) > depth:
        raise ValueError("its JSON is nested too deeply")
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_once)
    except UnicodeDecodeError as exc:
        raise ValueError(f"it is not UTF-8 (byte {exc.start})") from None
    except json.JSONDecodeError as exc:
        raise ValueError(f"it is not JSON ({exc.msg} at byte {exc.pos})") from None
    except RecursionError:
        raise ValueError("its JSON is nested too deeply") from None
    except ValueError as exc:
        if "digits" in str(exc):  # Python's own guard against numbers that take for ever
            raise ValueError("it holds a number of too many digits") from None
        raise


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"it names {twice[:100]!r} twice")
    return found
