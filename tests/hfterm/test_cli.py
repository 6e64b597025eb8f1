"""What every command sets for the libraries that it may call."""

import os
import subprocess
import sys

import pytest

CODE = "import os; from hfterm.cli import run; run(['help', '--help']); print(os.environ['HF_HUB_DISABLE_TELEMETRY'])"


@pytest.mark.parametrize(("given", "left"), [(None, "1"), ("0", "0")])
def test_the_libraries_tell_nobody_what_is_trained(given: str | None, left: str) -> None:
    env = {k: v for k, v in os.environ.items() if k != "HF_HUB_DISABLE_TELEMETRY"}
    env |= {"HF_HUB_DISABLE_TELEMETRY": given} if given else {}
    done = subprocess.run([sys.executable, "-c", CODE], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == left
