"""Where the library writes what it tells, in memory."""

import io

from hfterm.output import Output


def quiet() -> Output:
    """An output without progress that keeps what is written to it."""
    return Output(progress="none", stdout=io.StringIO(), stderr=io.StringIO())


def said(out: Output) -> str:
    """What went to a :func:`quiet` output's standard error."""
    assert isinstance(out.stderr, io.StringIO)
    return out.stderr.getvalue()
