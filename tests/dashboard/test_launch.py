"""Who shows the dashboard: our driver, unless another was chosen."""

import json
import os
import select
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.cli import HFTERM, Hfterm

WEB = {"TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver", "COLUMNS": "100", "ROWS": "30", "LINES": "30"}


def packet(kind: bytes, payload: bytes) -> bytes:
    """As textual-serve sends them: a letter, the length, the payload."""
    return kind + len(payload).to_bytes(4, "big") + payload


@pytest.fixture
def served(hfterm: Hfterm, tmp_path: Path) -> "Iterator[subprocess.Popen[bytes]]":
    process = subprocess.Popen(
        [HFTERM, "ui", "--demo"], env=hfterm.env(WEB), cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    yield process
    process.kill()
    process.communicate()


def test_in_a_browser_textual_s_own_driver_shows_it(served: "subprocess.Popen[bytes]") -> None:
    assert served.stdin and served.stdout
    seen, end, asked = b"", time.monotonic() + 120, False
    while time.monotonic() < end:
        if not select.select([served.stdout], [], [], 1.0)[0]:
            continue
        if not (data := os.read(served.stdout.fileno(), 65536)):
            break
        seen += data
        if not asked and b"GPUs" in seen and b"loss" in seen:
            asked = True
            served.stdin.write(packet(b"M", json.dumps({"type": "quit"}).encode()))
            served.stdin.flush()
    assert seen.startswith(b"__GANGLION__\n"), seen[:200]
    assert asked, seen[-500:]
    assert served.wait(60) == 0
