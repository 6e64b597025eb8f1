"""Errors that survive the engine."""

from hfterm.data.media.errors import MediaError, carried, carrier
from hfterm.errors import HftermError, UsageError


def test_there_and_back() -> None:
    for error in (MediaError('a "b".png', "is\ntorn"), MediaError(None, "is torn"), HftermError("cut off", "wait")):
        back = carried(ValueError(f"Invalid Input Error: Python exception: {carrier(error)} in row 3"))
        assert type(back) is type(error) and str(back) == str(error)
    usage = carried(ValueError(str(carrier(ValueError("no such mode")))))
    assert isinstance(usage, UsageError) and str(usage) == "no such mode"


def test_other_errors_are_left_alone() -> None:
    assert carried(ValueError("Invalid Input Error: hfterm")) is None
    assert carried(ValueError("hfterm-media:[torn")) is None
