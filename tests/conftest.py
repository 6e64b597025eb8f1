"""Fixtures every test may use."""

import importlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.cli import Hfterm
from support.hub import Hub, running

# tests/ is on sys.path for ``support``; there its folder hfterm/ would hide an editable install of hfterm.
_path = sys.path[:]
sys.path[:] = [entry for entry in _path if Path(entry) != Path(__file__).parent]
importlib.import_module("hfterm")
sys.path[:] = _path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
# Under nohup programs would rightly ignore the hang-ups that tests send them.
signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what the tests may be asked for."""
    parser.addoption(
        "--renew-snapshots", action="store_true", help="write the dashboard's snapshots anew instead of comparing them"
    )


@pytest.fixture
def hfterm(tmp_path: Path) -> Hfterm:
    """The installed ``hfterm``, with settings, state and caches under a fresh folder."""
    home = tmp_path / "home"
    home.mkdir()
    return Hfterm(home)


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A Hub on loopback, one for the whole session; see support/hub.py."""
    with running(tmp_path_factory.mktemp("hub") / "store") as hub:
        yield hub


@pytest.fixture
def isolated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """For calls of the library in this process: everything hfterm keeps lies under the returned folder."""
    for name in [n for n in os.environ if n.startswith(("HF_", "HFTERM_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HFTERM_HOME", str(tmp_path / "hfterm"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return tmp_path
