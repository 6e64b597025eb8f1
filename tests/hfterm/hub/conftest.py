"""A Hub's address for calls of the library in this process, and no waiting."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hfterm.hub import answers, read


@pytest.fixture
def at(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Ask the Hub at an address, with a token; who is asked again is not waited for."""
    for module in (answers, read):
        monkeypatch.setattr(module, "WAITS", (0.0, 0.0, 0.0))

    def ask(url: str) -> None:
        monkeypatch.setenv("HF_ENDPOINT", url)
        monkeypatch.setenv("HF_TOKEN", "hf_" + "s3cret" * 6)

    return ask
