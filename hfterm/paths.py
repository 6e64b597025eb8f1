"""Where hfterm keeps things: settings, state (runs, chats), caches.

``HFTERM_HOME`` moves all of it under one folder; otherwise the platform's own folders are used
(XDG on Linux). ``HF_HOME`` and the libraries' other variables keep their meaning for theirs.

The functions named ``*_name`` return text and import nothing: Tab and the settings use them.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

_XDG = {
    "config": ("XDG_CONFIG_HOME", "~/.config"),
    "state": ("XDG_STATE_HOME", "~/.local/state"),
    "cache": ("XDG_CACHE_HOME", "~/.cache"),
}


def _base(kind: str) -> str:
    """Our folder of a kind as platformdirs chooses it; on Linux without its import (a test holds them equal)."""
    platform = sys.platform  # by a variable: type checkers would call the rest unreachable
    if platform.startswith("linux"):
        variable, default = _XDG[kind]
        given = os.environ.get(variable, "").strip()
        return os.path.join(given if os.path.isabs(given) else os.path.expanduser(default), "hfterm")
    import platformdirs

    return {
        "config": platformdirs.user_config_dir,
        "state": platformdirs.user_state_dir,
        "cache": platformdirs.user_cache_dir,
    }[kind]("hfterm")


def _home() -> str:
    return os.path.expanduser(os.environ.get("HFTERM_HOME", ""))


def config_file_name() -> str:
    """The user's settings file, ``config.toml`` (it need not exist)."""
    return os.path.join(_home() or _base("config"), "config.toml")


def state_dir_name() -> str:
    """Folder of what must not be lost: runs, servers, saved chats."""
    return _home() or _base("state")


def cache_dir_name() -> str:
    """Folder of what can be made again."""
    return os.path.join(_home(), "cache") if _home() else _base("cache")


def runs_dir_name() -> str:
    """Folder that holds one folder a run."""
    return os.path.join(state_dir_name(), "runs")


def hf_home_name() -> str:
    """``HF_HOME`` as the Hub client resolves it, without importing the client."""
    default = os.path.join(os.environ.get("XDG_CACHE_HOME") or "~/.cache", "huggingface")
    return os.path.expanduser(os.path.expandvars(os.environ.get("HF_HOME") or default))


def hub_cache_name() -> str:
    """The Hub client's repository cache (``HF_HUB_CACHE``)."""
    given = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    return os.path.expanduser(os.path.expandvars(given)) if given else os.path.join(hf_home_name(), "hub")


def _path(name: str) -> Path:
    from pathlib import Path

    return Path(name)


def config_file() -> Path:
    """:func:`config_file_name` as a path."""
    return _path(config_file_name())


def state_dir() -> Path:
    """:func:`state_dir_name` as a path."""
    return _path(state_dir_name())


def cache_dir() -> Path:
    """:func:`cache_dir_name` as a path."""
    return _path(cache_dir_name())


def runs_dir() -> Path:
    """:func:`runs_dir_name` as a path."""
    return _path(runs_dir_name())


def hf_home() -> Path:
    """:func:`hf_home_name` as a path."""
    return _path(hf_home_name())


def hub_cache() -> Path:
    """:func:`hub_cache_name` as a path."""
    return _path(hub_cache_name())
