"""``hfterm gpu``: the real command and the real client against a pretended driver."""

import csv
import io
import json
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from support.cli import Hfterm
from support.fakenvml.build import Machine

GIB = 1 << 30


def rows(hfterm: Hfterm, machine: Machine, *args: str, **env: str) -> list[dict]:
    result = hfterm("gpu", *args, env=machine.env | env, check=0)
    return [json.loads(line) for line in result.lines]


def test_a_gpu_is_one_record_with_raw_values(hfterm: Hfterm, machine: Machine) -> None:
    machine.set(gpus=2, used="100,62000", util="0,97")
    first, second = rows(hfterm, machine)
    assert second == {
        "device": "1",
        "kind": "nvidia",
        "index": 1,
        "mig": None,
        "uuid": "GPU-000000a1-0000-4000-8000-000000000000",
        "name": "NVIDIA H100 80GB HBM3",
        "utilization": 97,
        "memory_used": 62000 << 20,
        "memory_total": 80 * GIB,
        "memory_free": (80 << 30) - (62500 << 20),  # 500 MiB are the driver's own
        "temperature": 41,
        "power": 197.5,
        "power_limit": 700.0,
        "clock": 1980,
        "clock_memory": 2619,
        "fan": None,
        "throttle": [],
        "ecc_errors": 0,
        "driver": "570.86.15",
        "visible": True,
        "error": None,
    }
    assert first["device"] == "0"


def test_formats(hfterm: Hfterm, machine: Machine) -> None:
    machine.set(gpus=2, used="100,62000", util="0,97")
    assert [d["index"] for d in json.loads(hfterm("gpu", "-f", "json", env=machine.env).stdout)] == [0, 1]
    assert hfterm("gpu", "-f", "quiet", env=machine.env).lines == ["0", "1"]
    table = list(csv.DictReader(io.StringIO(hfterm("gpu", "-f", "csv", env=machine.env).stdout)))
    assert [row["memory_used"] for row in table] == [str(100 << 20), str(62000 << 20)]
    shown = hfterm("gpu", "-f", "table", env=machine.env).lines
    assert shown[0].split() == ["GPU", "name", "util", "memory", "temp", "power", "clock"]
    assert " ".join(shown[3].split()) == "1 H100 80GB HBM3 97% ██████·· 60.5/80.0 GiB 41°C 198/700 W 1980 MHz"
    assert shown[-1] == "NVIDIA driver 570.86.15"


def test_what_a_driver_cannot_say_is_null(hfterm: Hfterm, machine: Machine) -> None:
    calls = "PowerUsage EnforcedPowerLimit UtilizationRates TemperatureV Temperature ClockInfo MemoryInfo_v2 MemoryInfo"
    machine.set(fail=",".join(f"nvmlDeviceGet{call}:3" for call in calls.split()))
    (gpu,) = rows(hfterm, machine)
    nulls = {name for name, value in gpu.items() if value is None} - {"mig", "error", "fan"}
    assert nulls == {
        *("power", "power_limit", "utilization", "temperature", "clock", "clock_memory"),
        *("memory_used", "memory_total", "memory_free"),
    }
    assert "H100" in hfterm("gpu", "-f", "table", env=machine.env, check=0).stdout


def test_fans_slow_clocks_and_memory_errors(hfterm: Hfterm, machine: Machine) -> None:
    machine.set(gpus=3, fan="30,55", throttle="1,68", ecc="0,2")  # 1 is an idle GPU, 68 too hot and at the power limit
    found = [(gpu["fan"], gpu["throttle"], gpu["ecc_errors"]) for gpu in rows(hfterm, machine)]
    assert found == [(30, [], 0), *[(55, ["power limit", "too hot"], 2)] * 2]


def test_an_old_driver_without_the_newer_calls(hfterm: Hfterm, old_machine: Machine) -> None:
    old_machine.set(used="1000", procs="0:1:5", throttle="64")
    (gpu,) = rows(hfterm, old_machine)
    assert gpu["throttle"] == ["too hot"]
    assert (gpu["memory_used"], gpu["memory_free"]) == (1000 << 20, (80 << 30) - (1000 << 20))
    assert gpu["temperature"] == 40
    assert rows(hfterm, old_machine, "procs")[0]["memory"] == 5 << 20


def test_mig_devices_follow_their_gpu(hfterm: Hfterm, machine: Machine) -> None:
    machine.set(gpus=2, mig="1:2")
    found = rows(hfterm, machine)
    assert [d["device"] for d in found] == ["0", "1", "1:0", "1:1"]
    assert found[2]["uuid"].startswith("MIG-")
    assert found[2]["memory_total"] == 10 * GIB
    assert found[1]["utilization"] is None


def test_a_lost_gpu_does_not_hide_the_others(hfterm: Hfterm, machine: Machine) -> None:
    machine.set(gpus=3, fail="nvmlDeviceGetHandleByIndex_v2@1:15")
    zero, lost, two = rows(hfterm, machine)
    assert "GPU is lost" in lost["error"] and "reboot" in lost["error"]
    assert lost["memory_free"] is None
    assert zero["error"] is two["error"] is None
    assert "GPU 1: GPU is lost" in hfterm("gpu", "-f", "table", env=machine.env).stdout


@pytest.mark.parametrize(
    ("code", "exit_code", "says"),
    [
        (18, 1, "of different versions"),
        (4, 4, "/dev/nvidia"),
        (999, 1, "the NVIDIA driver fails: Unknown Error; see 'nvidia-smi'"),
    ],
)
def test_a_broken_driver_is_one_line_with_a_remedy(
    hfterm: Hfterm, machine: Machine, code: int, exit_code: int, says: str
) -> None:
    machine.set(fail=f"nvmlInitWithFlags:{code}")
    result = hfterm("gpu", env=machine.env, check=exit_code)
    assert result.stdout == ""
    assert says in result.stderr and result.stderr.count("\n") == 1


@pytest.mark.parametrize("settings", [{"gpus": 0}, {"fail": "nvmlInitWithFlags:9"}])
def test_no_gpu_is_a_fact(hfterm: Hfterm, machine: Machine, settings: dict) -> None:
    machine.set(**settings)
    result = hfterm("gpu", env=machine.env, check=0)
    (cpu,) = map(json.loads, result.lines)
    assert (cpu["device"], cpu["kind"]) == ("cpu", "cpu")
    assert 0 < cpu["memory_free"] <= cpu["memory_total"]
    assert ("modprobe" in result.stderr) == ("fail" in settings)


def test_without_a_driver_there_is_the_cpu(hfterm: Hfterm, tmp_path: Path) -> None:
    (tmp_path / "libnvidia-ml.so.1").touch()  # no library, even where the machine has one
    env = {"LD_LIBRARY_PATH": str(tmp_path)}
    (cpu,) = map(json.loads, hfterm("gpu", env=env, check=0).lines)
    assert cpu["kind"] == "cpu"
    assert cpu["cores"] >= 1 and len(cpu["load"]) == 3
    assert "memory" in hfterm("gpu", "-f", "table", env=env, check=0).lines[0]


@pytest.mark.parametrize(
    ("value", "visible"),
    [
        ("1", [False, True, False]),
        ("2,0", [True, False, True]),
        ("0,9,1", [True, False, False]),  # what follows an invalid entry is hidden too
        ("GPU-000000a2", [False, False, True]),
        ("", [False] * 3),
        ("-1", [False] * 3),
    ],
)
def test_visible(hfterm: Hfterm, machine: Machine, value: str, visible: list[bool]) -> None:
    machine.set(gpus=3)
    assert [d["visible"] for d in rows(hfterm, machine, CUDA_VISIBLE_DEVICES=value)] == visible


def test_hidden_gpus_are_named_so_in_the_table(hfterm: Hfterm, machine: Machine) -> None:
    machine.set(gpus=2)
    lines = hfterm("gpu", "-f", "table", env=machine.env | {"CUDA_VISIBLE_DEVICES": "1"}).lines
    assert "(hidden)" in lines[2] and "(hidden)" not in lines[3]
    assert lines[-1] == "NVIDIA driver 570.86.15, CUDA_VISIBLE_DEVICES=1"


def test_terminal_escapes_in_a_name_are_neutralised(hfterm: Hfterm, machine: Machine) -> None:
    machine.set(name="NVIDIA \x1b[2JX")
    assert "\x1b" not in hfterm("gpu", "-f", "table", env=machine.env).stdout


def test_watch_streams_records_with_a_time(hfterm: Hfterm, machine: Machine) -> None:
    machine.set(gpus=2)
    found = rows(hfterm, machine, "--watch", "0.05", "--count", "3")
    assert [d["device"] for d in found] == ["0", "1"] * 3
    times = [d["time"] for d in found]
    assert times[0] == times[1] < times[2]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", t) for t in times)


def test_watch_shows_changes_and_ends_with_the_reader(hfterm: Hfterm, machine: Machine) -> None:
    machine.set(used="10")
    with hfterm.popen("gpu", "-w", "0.05", env=machine.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        assert json.loads(process.stdout.readline())["memory_used"] == 10 << 20
        machine.set(used="20")
        while json.loads(process.stdout.readline())["memory_used"] != 20 << 20:
            pass
        process.stdout.close()
        assert process.wait(30) == 141
        assert process.stderr.read() == b""


def test_ctrl_c_ends_a_watch_with_130(hfterm: Hfterm, machine: Machine) -> None:
    with hfterm.popen("gpu", "-w", "30", env=machine.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read().decode() == "hfterm: interrupted\n"


def test_watch_of_a_format_with_an_end_needs_one(hfterm: Hfterm, machine: Machine) -> None:
    assert "--count" in hfterm("gpu", "-w", "-f", "json", env=machine.env, check=2).stderr
    rounds = json.loads(hfterm("gpu", "-w", "0.05", "-f", "json", "--count", "2", env=machine.env, check=0).stdout)
    assert len(rounds) == 2


@pytest.mark.parametrize("args", [["--watch=-1"], ["--count", "0"], ["--watch", "x"], ["prox"]])
def test_bad_usage(hfterm: Hfterm, args: list[str]) -> None:
    result = hfterm("gpu", *args, check=2)
    assert result.stderr.startswith("hfterm: ") and result.stderr.count("\n") == 1


def test_stdin_is_left_alone(hfterm: Hfterm, machine: Machine) -> None:
    with hfterm.popen("gpu", env=machine.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.wait(60) == 0  # it does not wait for input
        assert process.stdout and process.stdout.read()


def test_nothing_heavy_is_imported(hfterm: Hfterm, machine: Machine) -> None:
    for args in (["gpu"], ["gpu", "procs"], ["gpu", "wait"]):
        result = hfterm(*args, env=machine.env | {"PYTHONPROFILEIMPORTTIME": "1"}, check=0)
        loaded = {line.rpartition("|")[2].strip().split(".")[0] for line in result.stderr.splitlines()}
        assert "pynvml" in loaded
        assert loaded.isdisjoint({"torch", "transformers", "textual", "huggingface_hub", "rich", "numpy"})
        assert result.lines or args[-1] == "procs"


class Screen:
    """``hfterm`` on a real pseudo-terminal, with what the terminal would show."""

    def __init__(self, hfterm: Hfterm, machine: Machine, columns: int, lines: int, *args: str) -> None:
        import pexpect
        import pyte

        self.screen = pyte.Screen(columns, lines)
        self.stream = pyte.Stream(self.screen)
        self.raw = ""
        env = hfterm.env(machine.env)
        self.child = pexpect.spawn("hfterm", [*args], env=env, dimensions=(lines, columns), encoding="utf-8")

    def until(self, text: str) -> list[str]:
        """Read until the screen shows ``text``; return its lines."""
        import pexpect

        end = time.monotonic() + 30
        while text not in "\n".join(self.screen.display):
            assert time.monotonic() < end, "\n".join(self.screen.display)
            try:
                self.feed(self.child.read_nonblocking(65536, timeout=1))
            except pexpect.TIMEOUT:
                continue
        return [line.rstrip() for line in self.screen.display]

    def feed(self, text: str) -> None:
        self.raw += text
        self.stream.feed(text)

    def end(self) -> int | None:
        import pexpect

        try:
            while True:
                self.feed(self.child.read_nonblocking(65536, timeout=30))
        except pexpect.EOF:
            self.child.close()
        return self.child.exitstatus


@pytest.fixture
def on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    import os
    from pathlib import Path

    from support.cli import HFTERM

    monkeypatch.setenv("PATH", f"{Path(HFTERM).parent}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.usefixtures("on_path")
def test_live_table_on_a_terminal(hfterm: Hfterm, machine: Machine) -> None:
    machine.set(gpus=8, used="62000", util="97")
    screen = Screen(hfterm, machine, 80, 24, "gpu", "-w", "0.1")
    shown = screen.until("driver 570")
    assert shown[0].startswith("GPU  name")
    assert [line.split()[0] for line in shown[2:10]] == list("01234567")
    assert max(map(len, shown)) <= 79
    machine.set(gpus=8, used="100", util="3")
    shown = screen.until("0.1/80.0 GiB")
    assert shown[0].startswith("GPU  name")  # in place, not below
    screen.child.setwinsize(24, 60)
    screen.screen.resize(24, 60)
    screen.raw = ""
    while "clock" in "\n".join(screen.screen.display):
        screen.until("GPU")
        screen.feed(screen.child.read_nonblocking(65536, timeout=30))
    screen.child.sendintr()
    assert screen.end() == 130
    assert screen.raw.count("\x1b[?25h") == 1  # the cursor is back
    assert "driver 570" in "\n".join(screen.screen.display)  # the last state stays
    assert "\x1b[2J" not in screen.raw  # never blank


@pytest.mark.usefixtures("on_path")
def test_more_gpus_than_lines(hfterm: Hfterm, machine: Machine) -> None:
    machine.set(gpus=16)
    screen = Screen(hfterm, machine, 80, 10, "gpu", "-w", "0.1", "--count", "3")
    assert "more lines: make the window taller" in screen.until("more lines")[8]
    assert screen.end() == 0
