"""The real client in this process, against the session's Hub, over plain HTTP; Xet only in processes of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.hub import Hub

if TYPE_CHECKING:
    from huggingface_hub import HfApi


@pytest.fixture
def api(hub: Hub, isolated: Path, monkeypatch: pytest.MonkeyPatch) -> "Iterator[HfApi]":
    """The client with a token that may write and a cache of its own; Xet is off."""
    from huggingface_hub import HfApi, constants

    # Read from the environment when it was first imported, by whichever test that was.
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_PROGRESS_BARS", True)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(isolated / "cache"))
    monkeypatch.setattr(constants, "HF_XET_CACHE", str(isolated / "xet"))
    yield HfApi(endpoint=hub.url, token=hub.token)
