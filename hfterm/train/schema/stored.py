"""The fields of the installed libraries, read once for each set of versions and kept in the cache folder.

``<cache>/train-schema/KEY.json``, as :mod:`hfterm.apart` keeps them. Whoever needs it first makes it, in a
process of its own (a few seconds); others wait for that one.
"""

import contextlib
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from hfterm import apart, extras, paths

NEEDED = ("torch", "transformers", "accelerate")
LIBRARIES = (*NEEDED, "trl", "peft")
# Sets of versions that are kept: an environment or two beside this one.
KEEP = 6
Say = Callable[[str], None]
_loaded: dict[Path, dict[str, Any]] = {}


def versions() -> dict[str, str | None]:
    """The versions of the libraries, told from their metadata: nothing is imported.

    Raises:
        MissingExtraError: one that no training goes without is not installed.
    """
    found: dict[str, str | None] = {}
    for name in LIBRARIES:
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            if name in NEEDED:
                raise extras.missing(name, "train") from None
            found[name] = None
            continue
        # A copy of a repository keeps its version while it changes: its commit counts too.
        found[name] = distribution.version + (distribution.read_text("direct_url.json") or "")
    return found


def key() -> str:
    """What tells one set of versions from another: theirs, Python's, and that of our own reader."""
    reader = b"".join(Path(__file__).with_name(name).read_bytes() for name in ("read.py", "field.py"))
    said = json.dumps([versions(), sys.version_info[:2], hashlib.sha256(reader).hexdigest()])
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def folder() -> Path:
    """Where they are kept."""
    return paths.cache_dir() / "train-schema"


def ready() -> bool:
    """Whether :func:`load` has its answer at hand."""
    path = folder() / f"{key()}.json"
    return path in _loaded or path.is_file()


def load(say: Say | None = None) -> dict[str, Any]:
    """What :mod:`hfterm.train.schema.read` writes: from the cache, or read now (``say`` is told so).

    Raises:
        MissingExtraError: torch and friends are missing. HftermError: the libraries cannot be imported.
    """
    path = folder() / f"{key()}.json"
    if path not in _loaded:
        _loaded[path] = _load(path, say)
    return _loaded[path]


def _load(path: Path, say: Say | None) -> dict[str, Any]:
    found: dict[str, Any] | None = apart.read(path)
    if found is not None:
        return found
    with _alone(path):
        found = apart.read(path)
        if found is not None:  # made by whoever held it
            return found
        if say:
            shown = " ".join(f"{name} {(version or '').partition('{')[0]}" for name, version in versions().items())
            say(f"reading the settings of {shown}; once, it takes some seconds")
        found = _made()
        with contextlib.suppress(OSError):  # no room, or not ours: it is read again next time
            apart.keep(path, found)
            _prune(path)
    return found


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the file's lock; where locks cannot be had, two may do the same work."""
    try:
        import fcntl

        path.parent.mkdir(parents=True, exist_ok=True)
        stream = path.with_suffix(".lock").open("a")
    except (ImportError, OSError):
        yield
        return
    with stream:
        with contextlib.suppress(OSError):
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _made() -> dict[str, Any]:
    found: dict[str, Any] = apart.ask("hfterm.train.schema.read", "the installed libraries' settings", "train")
    return found


def _prune(newest: Path) -> None:
    kept = sorted(newest.parent.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in kept[KEEP:]:
        if old != newest:
            old.unlink(missing_ok=True)
            old.with_suffix(".lock").unlink(missing_ok=True)
