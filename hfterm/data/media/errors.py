"""Errors about one value, carried through the engine, which passes on texts only."""

import json

from hfterm.errors import HftermError, UsageError, one_line

_MARK = "hfterm-media:"


class MediaError(HftermError):
    """An image or sound that cannot be read or worked on; ``path`` names it, ``why`` follows ``it``."""

    def __init__(self, path: str | None, why: str) -> None:
        self.path, self.why = path, one_line(why)
        super().__init__(
            f"{path or 'an image or sound without a name'}: it {self.why}", "leave such rows out with --skip-bad"
        )


def carrier(exc: HftermError | ValueError) -> RuntimeError:
    """An exception whose text survives the engine; a ValueError is about a function's arguments."""
    if isinstance(exc, MediaError):
        return RuntimeError(_MARK + json.dumps(["value", exc.path, exc.why]))
    if isinstance(exc, HftermError):
        return RuntimeError(_MARK + json.dumps(["failed", exc.message, exc.hint]))
    return RuntimeError(_MARK + json.dumps(["usage", str(exc), None]))


def carried(exc: BaseException) -> HftermError | None:
    """What :func:`carrier` was made for, out of the engine's error, if that goes back to one."""
    _, mark, rest = str(exc).partition(_MARK)
    if not mark:
        return None
    try:
        kind, *what = json.JSONDecoder().raw_decode(rest)[0]
    except ValueError:
        return None
    if kind == "value":
        return MediaError(*what)
    return UsageError(*what) if kind == "usage" else HftermError(*what)
