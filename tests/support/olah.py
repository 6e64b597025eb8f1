"""A Hub server that is not ours: olah (a mirror of the Hub), offline, over local git repositories.

Its dependencies contradict hfterm's (it wants psutil 5), so it lives in an environment of its own: the one of
the ``olah-cli`` that ``HFTERM_TEST_OLAH`` names or that is on the path, else one made once under pytest's cache.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from support.cli import environment

VERSION = "0.5.4"
CONFIG = """
[basic]
host = "127.0.0.1"
port = {port}
repos-path = "{home}/cache"
mirrors-path = ["{mirrors}"]
hf-scheme = "http"
hf-netloc = "127.0.0.1:9"
hf-lfs-netloc = "127.0.0.1:9"
[accessibility]
offline = true
"""


def program(cache: Path) -> str:
    """``olah-cli``; installed below ``cache`` when it is nowhere. Skips the test when that fails."""
    if found := os.environ.get("HFTERM_TEST_OLAH") or shutil.which("olah-cli"):
        return found
    made = cache / f"olah-{VERSION}"
    script = made / "bin/olah-cli"
    if not script.exists():
        shutil.rmtree(made, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", made], check=True)
        pip = [sys.executable, "-m", "pip", "--python", made / "bin/python", "--disable-pip-version-check"]
        done = subprocess.run([*pip, "install", "-q", f"olah=={VERSION}"], capture_output=True, text=True)
        if done.returncode:
            shutil.rmtree(made, ignore_errors=True)
            pytest.skip(f"olah cannot be installed: {done.stderr.strip().splitlines()[-1:]}")
    return str(script)


def git_repository(place: Path, files: Mapping[str, str]) -> str:
    """A git repository of these files in one commit; returns its id."""
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    git = ["git", "-C", str(place), "-c", "user.name=ann", "-c", "user.email=ann@localhost"]
    for args in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "one"]):
        subprocess.run([*git, *args], check=True)
    return subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()


@contextlib.contextmanager
def running(script: str, home: Path, mirrors: Path) -> Iterator[str]:
    """The server over ``mirrors/models/OWNER/NAME``, until the block ends; gives its address."""
    home.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (home / "olah.toml").write_text(CONFIG.format(port=port, home=home, mirrors=mirrors))
    log = home / "log"
    with log.open("wb") as stream, subprocess.Popen(
        [script, "-c", "olah.toml"], cwd=home, env=environment(home), stdin=subprocess.DEVNULL, stdout=stream, stderr=stream
    ) as process:  # fmt: skip
        try:
            address, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 120
            while not _answers(address):
                assert process.poll() is None and time.monotonic() < deadline, log.read_text("utf-8", "replace")[-3000:]
                time.sleep(0.1)
            yield address
        finally:
            process.kill()


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=10).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
