"""Answers of a process that imports PEFT, kept in the cache folder for each set of versions.

``<cache>/peft/NAME-KEY.json``: the first line is the digest of the rest, so that a torn or damaged file is seen and
made again. Importing PEFT takes seconds; who only asks should not wait for it twice.
"""

import contextlib
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

from hfterm import extras, paths
from hfterm.errors import HftermError, one_line
from hfterm.files import write_text
from hfterm.text import redact

LIBRARIES = ("peft", "transformers", "torch")
# Of one kind of answer: an environment or two beside this one.
KEEP = 4
_TIMEOUT = 900.0
Say = Callable[[str], None]


def versions() -> dict[str, str]:
    """The versions of the libraries, told from their metadata: nothing is imported.

    Raises:
        MissingExtraError: one is not installed.
    """
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            raise extras.missing(name, "peft") from None
    return found


def key(*more: Any) -> str:
    """What tells one answer from another: the libraries, a copy of a repository by its commit, Python, and ``more``."""
    sources = [metadata.distribution(name).read_text("direct_url.json") or "" for name in LIBRARIES]
    said = json.dumps([versions(), sources, sys.version_info[:2], more], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def path(name: str, *more: Any) -> Path:
    """Where the answer ``name`` is kept."""
    return paths.cache_dir() / "peft" / f"{name}-{key(*more)}.json"


def get(name: str, *more: Any) -> Any:
    """A kept answer; None where there is none, or a damaged one."""
    try:
        digest, _, text = path(name, *more).read_text(encoding="utf-8").partition("\n")
    except (OSError, ValueError):
        return None
    return json.loads(text) if hashlib.sha256(text.encode()).hexdigest() == digest else None


def put(answer: Any, name: str, *more: Any, keep: int = KEEP) -> None:
    """Keep an answer, and of its kind the newest ``keep``; where nothing can be written, it is made again next time."""
    text, target = json.dumps(answer), path(name, *more)
    with contextlib.suppress(OSError):
        write_text(target, f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}", fsync=False)
        every = sorted(target.parent.glob(f"{name}-*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in every[keep:]:
            old.unlink(missing_ok=True)


def ask(module: str) -> Any:
    """What ``python -m MODULE`` writes to standard output, as JSON; it alone imports the libraries.

    Raises:
        HftermError: they cannot be imported.
    """
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
            [sys.executable, "-P", "-W", "ignore", "-m", module],
            env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=_TIMEOUT,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise HftermError(f"the installed PEFT cannot be read: {one_line(exc)}") from exc
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode or not text.startswith("{"):
        lines = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        why = redact(one_line(lines[-1])) if lines else f"exit {done.returncode}"
        raise HftermError(
            f"the installed PEFT cannot be imported: {why}", f"see 'hfterm doctor', or {extras.install_line('peft')}"
        )
    return json.loads(text)


def answer(write: Callable[[], Any]) -> None:
    """The child's part: write what ``write`` makes to standard output, whatever libraries print."""
    out = os.dup(1)
    os.dup2(2, 1)
    with contextlib.redirect_stdout(sys.stderr):
        text = json.dumps(write(), indent=1) + "\n"
    with os.fdopen(out, "w", encoding="utf-8") as stream:
        stream.write(text)
