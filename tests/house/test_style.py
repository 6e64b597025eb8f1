"""Lint, format and types; the README's generated parts. Cheap checks run first by name."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--no-cache", "."],
        ["ruff", "format", "--no-cache", "--check", "."],
        ["cog", "--check", "README.md"],
        ["mypy", "--cache-dir", "{tmp}"],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_passes(command: list[str], tmp_path: Path) -> None:
    argv = [str(BIN / command[0]), *(part.format(tmp=tmp_path) for part in command[1:])]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
