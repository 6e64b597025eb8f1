"""All about one process: a real one, one that has ended, one whose number was another's."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hfterm.errors import NotFoundError
from hfterm.monitor.particulars import particulars
from hfterm.processes import process_start


def test_a_process_of_ours(tmp_path: Path) -> None:
    argv = ["sleep", "600"]
    environ = {**os.environ, "SECRET_IN_THE_ENVIRONMENT": "x"}
    process = subprocess.Popen(argv, cwd=tmp_path, env=environ, stdin=subprocess.DEVNULL)
    try:
        while particulars(process.pid)["state"] != "sleeping":  # it is still being loaded
            time.sleep(0.02)
        found = particulars(process.pid, process_start(process.pid))
        assert (found["command"], found["cwd"], found["threads"]) == ("sleep 600", str(tmp_path), 1)
        assert found["parent"] == os.getpid() and "python" in found["parent_command"]
        assert found["executable"].endswith("sleep") and found["state"] == "sleeping" and found["cpu_seconds"] >= 0
        assert "SECRET_IN_THE_ENVIRONMENT" not in str(found)
        with pytest.raises(NotFoundError, match="has ended"):
            particulars(process.pid, process_start(process.pid) - 100)  # type: ignore[operator]
    finally:
        process.kill()
        process.wait()
    with pytest.raises(NotFoundError, match=f"no process {process.pid}"):
        particulars(process.pid)


def test_secrets_of_the_command_line_are_blanked_out() -> None:
    code = "import time; print(flush=True); time.sleep(600)"
    argv = [sys.executable, "-S", "-c", code, "--token", "hf_" + "a" * 30, "--api-key=verysecret"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout and process.stdout.readline()
            command = particulars(process.pid)["command"]
        finally:
            process.kill()
    assert command.endswith("--token *** '--api-key=***'") or command.endswith("--token *** --api-key=***")
    assert "secret" not in command and "hf_a" not in command


@pytest.mark.parametrize("pid", [-1, 1 << 40, 4_194_303])
def test_numbers_that_are_nobody(pid: int) -> None:
    with pytest.raises(NotFoundError):
        particulars(pid)
