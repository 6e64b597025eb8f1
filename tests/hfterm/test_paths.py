"""Folders: the platform's own, moved as a whole by HFTERM_HOME."""

from pathlib import Path

import platformdirs
import pytest

from hfterm import paths


@pytest.mark.parametrize("given", [None, "", "  ", "relative/x", "/abs/x", "/abs/x/"])
def test_the_same_as_platformdirs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: str | None) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("HFTERM_HOME", raising=False)
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        if given is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, given)
    assert paths.config_file() == platformdirs.user_config_path("hfterm") / "config.toml"
    assert paths.state_dir() == platformdirs.user_state_path("hfterm")
    assert paths.cache_dir() == platformdirs.user_cache_path("hfterm")


def test_one_variable_moves_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HFTERM_HOME", "~/h")
    home = tmp_path / "h"
    assert (paths.config_file(), paths.runs_dir(), paths.cache_dir()) == (
        home / "config.toml",
        home / "runs",
        home / "cache",
    )


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"HF_HOME": "~/hf"},
        {"HF_HOME": "$HOME/hf"},
        {"HF_HUB_CACHE": "/x/hub", "HF_HOME": "/y"},
        {"XDG_CACHE_HOME": "/c"},
    ],
)
def test_the_hub_cache_as_the_client_sees_it(env: dict[str, str], tmp_path: Path) -> None:
    import os
    import subprocess
    import sys

    code = (
        "from huggingface_hub import constants as c; from hfterm import paths as p\n"
        "print(c.HF_HUB_CACHE == str(p.hub_cache()), c.HF_HOME == str(p.hf_home()))"
    )
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("HF", "XDG"))}
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], env=clean | env | {"HOME": str(tmp_path)}, capture_output=True, text=True
    )
    assert done.stdout == "True True\n", done.stderr
