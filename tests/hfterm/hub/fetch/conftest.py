"""A bad link to the Hub of the session, for calls in this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.hub import Hub
from support.link import Link, bad_link


@pytest.fixture
def link(hub: Hub, isolated: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Link]:
    assert hub.token
    with bad_link(hub.url) as link:
        monkeypatch.setenv("HF_ENDPOINT", link.url)
        monkeypatch.setenv("HF_HUB_OFFLINE", "0")
        monkeypatch.setenv("HF_TOKEN", hub.token)
        yield link


@pytest.fixture
def cache(isolated: Path) -> Path:
    return isolated / "hf" / "hub"
