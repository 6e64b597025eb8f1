"""A training for the tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.cli import Hfterm
from support.trainers import Trainer


@pytest.fixture
def trainer(hfterm: Hfterm, tmp_path: Path) -> Iterator[Trainer]:
    """Starts real runs on a tiny model; they end with the test."""
    made = Trainer(hfterm, tmp_path)
    yield made
    made.end()


@pytest.fixture
def state(hfterm: Hfterm, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state folder of ``hfterm``, used by the library in this process too; returns where runs lie."""
    monkeypatch.setenv("HFTERM_HOME", str(hfterm.home / "hfterm"))
    return hfterm.home / "hfterm" / "runs"
