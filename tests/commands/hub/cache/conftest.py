"""A cache made by the real client, once; a copy of it a test."""

import pytest

from support.caches import Made, make
from support.cli import Hfterm
from support.hub import Hub


@pytest.fixture(scope="session")
def first_cache(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(hub, tmp_path_factory.mktemp("cache"))


@pytest.fixture
def cache(first_cache: Made, hfterm: Hfterm) -> Made:
    return first_cache.copy(hfterm.home)
