"""The libraries' fields, for the tests of this folder."""

from pathlib import Path

import pytest

from support import schema


@pytest.fixture
def known(isolated: Path) -> Path:
    """An isolated hfterm that has read the installed libraries; returns its folder."""
    schema.lay(isolated / "hfterm")
    return isolated
