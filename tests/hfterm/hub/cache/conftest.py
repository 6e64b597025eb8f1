"""A cache made by the real client, once; a copy of it a test."""

from pathlib import Path

import pytest

from support.caches import Made, make
from support.hub import Hub


@pytest.fixture(scope="session")
def first_cache(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(hub, tmp_path_factory.mktemp("cache"))


@pytest.fixture
def cache(first_cache: Made, isolated: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    made = first_cache.copy(isolated)
    monkeypatch.setenv("HF_HOME", str(isolated / "hf"))
    return made
