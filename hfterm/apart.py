"""Answers of a process that imports heavy libraries, kept in files whose first line is the digest of the rest.

The digest tells a torn or damaged file, which is then made again. Who only asks what a library has need not import it.
"""

import contextlib
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hfterm import extras
from hfterm.errors import HftermError, one_line
from hfterm.files import write_text
from hfterm.text import redact

_TIMEOUT = 900.0


def ask(module: str, what: str, extra: str) -> Any:
    """What ``python -m MODULE`` writes by :func:`answer`; ``what`` names the libraries, ``extra`` brings them.

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
        raise HftermError(f"{what} cannot be read: {one_line(exc)}") from exc
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode or not text.startswith("{"):
        lines = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        why = redact(one_line(lines[-1])) if lines else f"exit {done.returncode}"
        hint = f"see 'hfterm doctor', or {extras.install_line(extra)}"
        raise HftermError(f"{what} cannot be imported: {why}", hint)
    return json.loads(text)


def answer(make: Callable[[], Any]) -> None:
    """The child's part: write what ``make`` gives to standard output, whatever libraries print."""
    out = os.dup(1)
    os.dup2(2, 1)
    with contextlib.redirect_stdout(sys.stderr):
        text = json.dumps(make(), indent=1) + "\n"
    with os.fdopen(out, "w", encoding="utf-8") as stream:
        stream.write(text)


def read(path: Path) -> Any:
    """What a file keeps; None where there is none, or a damaged one."""
    try:
        digest, _, text = path.read_text(encoding="utf-8").partition("\n")
    except (OSError, ValueError):
        return None
    return json.loads(text) if hashlib.sha256(text.encode()).hexdigest() == digest else None


def keep(path: Path, found: Any) -> None:
    """Keep an answer in a file.

    Raises:
        OSError: it cannot be written.
    """
    text = json.dumps(found)
    write_text(path, f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}", fsync=False)
