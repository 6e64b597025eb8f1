"""AMD GPUs. There is no AMD driver to be had here: a small module stands in for ``amdsmi``, with the answers
that its reference documents, so this shows only that we read those answers right.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.fakeamd import STAND_IN


def read(folder: Path, code: str, **settings: str) -> object:
    (folder / "amdsmi.py").write_text(STAND_IN.format(init=settings.pop("init", "pass")))
    program = f"import json; from hfterm.monitor import amd; print(json.dumps({code}))"
    env = {"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", **settings}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_records(tmp_path: Path) -> None:
    first, second = read(tmp_path, "amd.devices()", HIP_VISIBLE_DEVICES="0")
    assert first == {
        "device": "0",
        "kind": "amd",
        "index": 0,
        "mig": None,
        "uuid": "2bff74a1-0000-1000-80bf-first",
        "name": "AMD Instinct MI300X",
        "utilization": 12,
        "memory_used": 3 << 30,
        "memory_total": 192 << 30,
        "memory_free": 189 << 30,
        "temperature": 45.0,
        "power": 140.0,
        "power_limit": 750.0,
        "clock": 2100,
        "clock_memory": 1300,
        "fan": None,
        "throttle": None,
        "ecc_errors": None,
        "driver": "6.12.12",
        "visible": True,
        "error": None,
    }
    assert (second["utilization"], second["temperature"], second["visible"]) == (None, None, False)


def test_processes(tmp_path: Path) -> None:
    row = {"kind": "amd", "gpu": "0", "pid": 4242, "memory": 1 << 30, "utilization": None}
    assert read(tmp_path, "amd.processes()") == [row]


@pytest.mark.parametrize("init", ["raise AmdSmiException('no driver')", "print('noise'); raise KeyError('x')"])
def test_no_driver_is_no_gpu(tmp_path: Path, init: str) -> None:
    assert read(tmp_path, "[amd.devices(), amd.processes()]", init=init) == [[], []]
