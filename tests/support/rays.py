"""A small Ray cluster on loopback, in processes of its own, that tests join by its address."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil

_CODE = """
import json, logging, sys
import ray
context = ray.init(
    address="local", num_cpus=2, include_dashboard=False, object_store_memory=128 << 20, log_to_driver=False,
    logging_level=logging.ERROR, _temp_dir=sys.argv[1], _node_ip_address="127.0.0.1",
)
print("at", context.address_info["gcs_address"], flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def running() -> Iterator[dict[str, str]]:
    """What the environment of a process needs to work on the cluster; nothing of it is left afterwards."""
    folder = tempfile.mkdtemp(prefix="hfray-", dir="/tmp")  # short, for Ray's sockets
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(16), "RAY_USAGE_STATS_ENABLED": "0"}
    env = {**os.environ, **token, "HOME": folder, "OMP_NUM_THREADS": "1"}
    env.pop("RAY_ADDRESS", None)
    log = Path(folder) / "said"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", _CODE, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said,
            env=env, start_new_session=True,
        )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    try:
        found = next((line for line in process.stdout if line.startswith(b"at ")), b"")
        assert found, log.read_text()
        yield {**token, "RAY_ADDRESS": found.split()[1].decode()}
    finally:
        below = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(60)
        process.stdout.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for left in psutil.wait_procs(below, timeout=30)[1]:
            with contextlib.suppress(psutil.NoSuchProcess):
                left.kill()
        shutil.rmtree(folder, ignore_errors=True)
