"""Where hfterm keeps things: settings, state (runs, chats), caches.

``HFTERM_HOME`` moves all of it under one folder; otherwise the platform's own folders are used
(XDG on Linux). ``HF_HOME`` and the libraries' other variables keep their meaning for theirs.
"""

import os
from pathlib import Path


def _home() -> Path | None:
    home = os.environ.get("HFTERM_HOME")
    return Path(home).expanduser() if home else None


def config_file() -> Path:
    """The user's settings file, ``config.toml`` (it need not exist)."""
    if home := _home():
        return home / "config.toml"
    from platformdirs import user_config_path

    return user_config_path("hfterm") / "config.toml"


def state_dir() -> Path:
    """Folder of what must not be lost: runs, servers, saved chats."""
    if home := _home():
        return home
    from platformdirs import user_state_path

    return user_state_path("hfterm")


def cache_dir() -> Path:
    """Folder of what can be made again."""
    if home := _home():
        return home / "cache"
    from platformdirs import user_cache_path

    return user_cache_path("hfterm")


def runs_dir() -> Path:
    """Folder that holds one folder a run."""
    return state_dir() / "runs"


def hf_home() -> Path:
    """``HF_HOME`` as the Hub client resolves it, without importing the client."""
    default = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface"
    return Path(os.path.expandvars(os.environ.get("HF_HOME") or default)).expanduser()


def hub_cache() -> Path:
    """The Hub client's repository cache (``HF_HUB_CACHE``)."""
    given = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    return Path(os.path.expandvars(given)).expanduser() if given else hf_home() / "hub"
