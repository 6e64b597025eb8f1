"""The CPU's record, and limits read from control-group files laid out as the kernel does."""

from pathlib import Path

import psutil
import pytest

from hfterm.monitor import host

GIB = 1 << 30


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
    return root


@pytest.fixture
def membership(tmp_path: Path) -> Path:
    path = tmp_path / "cgroup"
    path.write_text("0::/user.slice/job_7\n")
    return path


def test_this_machine() -> None:
    row = host.record(interval=None)
    assert row["memory_total"] <= psutil.virtual_memory().total
    assert row["memory_free"] + row["memory_used"] <= row["memory_total"] + 1
    assert row["name"] and 0 <= row["utilization"] <= 100


def test_the_lowest_limit_up_the_tree_counts(tmp_path: Path, membership: Path) -> None:
    root = write(
        tmp_path / "fs",
        {
            "user.slice/memory.max": str(4 * GIB),
            "user.slice/memory.current": str(3 * GIB),
            "user.slice/memory.stat": f"anon 5\ninactive_file {GIB}",
            "user.slice/job_7/memory.max": "max",
            "user.slice/job_7/cpu.max": "150000 100000",
            "user.slice/cpu.max": "max 100000",
        },
    )
    assert host.memory_limit(root, membership) == (4 * GIB, 2 * GIB)
    assert host.cpu_limit(root, membership) == 1.5
    assert host.cpu_seconds(root, membership) is None
    write(root, {"user.slice/job_7/cpu.stat": "usage_usec 2500000\nuser_usec 5", "user.slice/cpu.stat": "usage_usec 9"})
    assert host.cpu_seconds(root, membership) == 2.5, "of the group that is limited"


def test_a_container_sees_its_own_group_at_the_root(tmp_path: Path, membership: Path) -> None:
    root = write(tmp_path / "fs", {"memory.max": str(GIB), "memory.current": "5", "cpu.max": "200000 100000"})
    assert host.memory_limit(root, membership) == (GIB, 5)
    assert host.cpu_limit(root, membership) == 2.0


def test_version_1(tmp_path: Path, membership: Path) -> None:
    root = write(
        tmp_path / "fs",
        {
            "memory/memory.limit_in_bytes": str(2 * GIB),
            "memory/memory.usage_in_bytes": str(GIB),
            "memory/memory.stat": f"total_inactive_file {GIB // 2}",
            "cpu/cpu.cfs_quota_us": "50000",
            "cpu/cpu.cfs_period_us": "100000",
        },
    )
    assert host.memory_limit(root, membership) == (2 * GIB, GIB // 2)
    assert host.cpu_limit(root, membership) == 0.5
    assert host.cpu_seconds(write(root, {"cpu/cpuacct.usage": "1500000000"}), membership) == 1.5


def test_no_limit_is_none(tmp_path: Path, membership: Path) -> None:
    huge = {"memory/memory.limit_in_bytes": "9223372036854771712", "cpu/cpu.cfs_quota_us": "-1", "memory.max": "max"}
    root = write(tmp_path / "fs", huge)
    assert host.memory_limit(root, membership) == (None, None)
    assert host.cpu_limit(root, membership) is None and host.cpu_seconds(root, membership) is None
    assert host.memory_limit(tmp_path / "none", tmp_path / "none") == (None, None)
