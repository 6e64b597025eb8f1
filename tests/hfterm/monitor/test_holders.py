"""Which process has a GPU's number in a container: real processes, with an ordinary file in the device's place."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfterm.monitor.holders import DEVICE_FILES, holds_gpu
from hfterm.monitor.procs import OUTSIDE, UNCHECKED, Details, warnings
from support.cli import Hfterm
from support.fakenvml.build import Machine
from support.fakenvml.fixtures import machine, nvml_library

__all__ = ["machine", "nvml_library"]
pytestmark = pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs Linux's /proc")

WORKS = {
    "open": "f = open(sys.argv[1])",
    "mapped": "f = open(sys.argv[1], 'rb'); m = mmap.mmap(f.fileno(), 4, prot=mmap.PROT_READ); f.close()",
    "neither": "",
}


@pytest.fixture(params=WORKS)
def process(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, int]]:
    (tmp_path / "nvidia0").write_bytes(b"data")
    code = f"import mmap, sys\n{WORKS[request.param]}\nprint('ready', flush=True)\nsys.stdin.read()"
    argv = [sys.executable, "-c", code, str(tmp_path / "nvidia0")]
    child = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout and child.stdout.readline() == b"ready\n"
    yield request.param, child.pid
    child.kill()
    child.communicate()


@pytest.mark.usefixtures("isolated")
def test_it_is_the_gpu_s_when_it_has_the_device_open(process: tuple[str, int], tmp_path: Path) -> None:
    how, pid = process
    assert holds_gpu(pid, (str(tmp_path / "nvidia"),)) is (how != "neither")
    assert holds_gpu(pid, DEVICE_FILES) is False
    details = Details(apart=True, files=(str(tmp_path / "nvidia"),))
    details.begin()
    row = details.on_gpu(pid)
    if how == "neither":
        assert row.pop("foreign") is True and set(row.values()) == {None}, "nothing is said of the wrong process"
    else:
        assert row["foreign"] is False and "nvidia0" in row["command"]
    there = Details(apart=False)
    there.begin()
    assert there.on_gpu(pid)["foreign"] is False, "on the machine itself numbers are what they are"


@pytest.mark.usefixtures("isolated")
def test_a_number_that_nobody_has_here_is_foreign() -> None:
    assert holds_gpu(4194303) is False
    for apart in (True, False):
        details = Details(apart=apart)
        details.begin()
        assert details.on_gpu(4194303)["foreign"] is apart


@pytest.mark.usefixtures("isolated")
def test_what_may_not_be_looked_at_is_not_vouched_for() -> None:
    details, root = Details(apart=True), os.geteuid() == 0
    details.begin()
    details.of(1)
    if root:
        os.seteuid(65534)
    try:
        if (told := holds_gpu(1)) is False:
            pytest.skip("here everybody may look at the first process")
        row = details.on_gpu(1)
    finally:
        if root:
            os.seteuid(0)
    assert told is None and row["foreign"] is None and row["run"] is None and row["started"] is not None
    assert warnings([row]) == [UNCHECKED] and warnings([{"foreign": True}, row]) == [OUTSIDE, UNCHECKED]


def test_the_command_in_a_container(hfterm: Hfterm, machine: Machine) -> None:
    machine.set(procs=f"0:{os.getpid()}:5")
    machine.apart = True
    found = hfterm("gpu", "procs", env=machine.env, check=0)
    (row,) = map(json.loads, found.lines)
    assert (row["pid"], row["memory"], row["command"], row["foreign"]) == (os.getpid(), 5 << 20, None, True)
    assert OUTSIDE in found.stderr
