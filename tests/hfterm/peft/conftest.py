"""Fixtures for the tests of adapters."""

from pathlib import Path

import pytest


@pytest.fixture
def home(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh folder that everything lies under, and that is the working folder."""
    monkeypatch.chdir(isolated)
    return isolated
