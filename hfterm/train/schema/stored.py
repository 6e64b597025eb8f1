"""The fields of the installed libraries, read once for each set of versions and kept in the cache folder.

``<cache>/train-schema/KEY.json``: the first line is the digest of the rest, so that a torn or damaged file is seen
and made again. Whoever needs it first makes it, in a process of its own (a few seconds); others wait for that one.
"""

import contextlib
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from hfterm import extras, paths
from hfterm.errors import HftermError, one_line
from hfterm.files import write_text
from hfterm.text import redact

NEEDED = ("torch", "transformers", "accelerate")
LIBRARIES = (*NEEDED, "trl", "peft")
# Sets of versions that are kept: an environment or two beside this one.
KEEP = 6
_TIMEOUT = 900.0
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
    if (kept := _read(path)) is not None:
        return kept
    with _alone(path):
        if (kept := _read(path)) is not None:  # made by whoever held it
            return kept
        if say:
            shown = " ".join(f"{name} {(version or '').partition('{')[0]}" for name, version in versions().items())
            say(f"reading the settings of {shown}; once, it takes some seconds")
        text = _made()
        found: dict[str, Any] = json.loads(text)
        with contextlib.suppress(OSError):  # no room, or not ours: it is read again next time
            write_text(path, f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}", fsync=False)
            _prune(path)
    return found


def _read(path: Path) -> dict[str, Any] | None:
    """What a file keeps; None where there is none, or a damaged one."""
    try:
        digest, _, text = path.read_text(encoding="utf-8").partition("\n")
    except (OSError, ValueError):
        return None
    if hashlib.sha256(text.encode()).hexdigest() != digest:
        return None
    found: dict[str, Any] = json.loads(text)
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


def _made() -> str:
    environment = {
        **os.environ,
        "CUDA_VISIBLE_DEVICES": "",
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "TRANSFORMERS_VERBOSITY": "error",
        "PYTHONIOENCODING": "utf-8",
    }
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-W", "ignore", "-m", "hfterm.train.schema.read"],
            env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=_TIMEOUT,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise HftermError(f"the installed libraries' settings cannot be read: {one_line(exc)}") from exc
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode or not text.startswith("{"):
        lines = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        why = redact(one_line(lines[-1])) if lines else f"exit {done.returncode}"
        raise HftermError(
            f"the installed libraries cannot be imported: {why}",
            f"see 'hfterm doctor', or {extras.install_line('train')}",
        )
    return text


def _prune(newest: Path) -> None:
    kept = sorted(newest.parent.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in kept[KEEP:]:
        if old != newest:
            old.unlink(missing_ok=True)
            old.with_suffix(".lock").unlink(missing_ok=True)
