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


def carrier(exc: MediaError | ValueError) -> RuntimeError:
    """An exception whose text survives the engine; a ValueError is about a function's arguments."""
    what = [exc.path, exc.why] if isinstance(exc, MediaError) else [str(exc)]
    return RuntimeError(_MARK + json.dumps(what))


def carried(exc: BaseException) -> MediaError | UsageError | None:
    """What :func:`carrier` was made for, out of the engine's error, if that goes back to one."""
    _, mark, rest = str(exc).partition(_MARK)
    if not mark:
        return None
    try:
        what = json.JSONDecoder().raw_decode(rest)[0]
    except ValueError:
        return None
    return MediaError(*what) if len(what) == 2 else UsageError(what[0])
