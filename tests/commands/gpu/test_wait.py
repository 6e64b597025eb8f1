"""``hfterm gpu wait``."""

import json
import subprocess

import pytest

from support.cli import HFTERM, Hfterm
from support.fakenvml.build import Machine


def test_the_freest_indices_joined_for_a_shell(hfterm: Hfterm, machine: Machine) -> None:
    machine.set(gpus=4, used="60000,100,30000,500")
    result = hfterm("gpu", "wait", "--free", "40G", "--gpus", "3", env=machine.env, check=0)
    assert (result.stdout, result.stderr) == ("1,3,2\n", "")
    line = f'CUDA_VISIBLE_DEVICES=$({HFTERM} gpu wait --free 40G) && echo "got $CUDA_VISIBLE_DEVICES"'
    done = subprocess.run(["sh", "-c", line], env=hfterm.env(machine.env), capture_output=True, text=True)
    assert done.stdout == "got 1\n"


def test_it_waits_until_memory_is_freed(hfterm: Hfterm, machine: Machine) -> None:
    machine.set(gpus=2, used="70000,80000", util="90")
    args = ("gpu", "wait", "--free", "40G", "--interval", "0.05", "--util-below", "50")
    with hfterm.popen(*args, env=machine.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        said = process.stderr.readline().decode()
        assert said.startswith(
            "waiting for 1 GPU with 40.0 GiB free and under 50 % busy: GPU 0 11.2 GiB free, 90 % busy"
        )
        machine.set(gpus=2, used="70000,100", util="90")  # free, but busy
        assert process.poll() is None
        machine.set(gpus=2, used="70000,100", util="90,10")
        assert process.wait(60) == 0
        assert process.stdout.read() == b"1\n"


def test_json_is_an_object(hfterm: Hfterm, machine: Machine) -> None:
    found = json.loads(hfterm("gpu", "wait", "-f", "json", env=machine.env, check=0).stdout)
    assert found["gpus"] == "0"
    assert found["devices"][0]["memory_free"] > 40 << 30


def test_uuid(hfterm: Hfterm, machine: Machine) -> None:
    assert hfterm("gpu", "wait", "--uuid", env=machine.env).stdout.startswith("GPU-000000a0-")


def test_mig_devices_are_what_can_be_used(hfterm: Hfterm, machine: Machine) -> None:
    machine.set(gpus=1, mig="0:2", used="40960")
    assert hfterm("gpu", "wait", "--free", "9G", env=machine.env, check=0).stdout.startswith("MIG-00000000-")
    assert "largest has 10.0 GiB" in hfterm("gpu", "wait", "--free", "40G", env=machine.env, check=2).stderr


def test_hidden_gpus_do_not_count(hfterm: Hfterm, machine: Machine) -> None:
    machine.set(gpus=3, used="0,0,50")
    shown = machine.env | {"CUDA_VISIBLE_DEVICES": "2"}
    assert hfterm("gpu", "wait", env=shown, check=0).stdout == "2\n"
    result = hfterm("gpu", "wait", env=machine.env | {"CUDA_VISIBLE_DEVICES": ""}, check=3)
    assert "all 3 GPUs are hidden" in result.stderr


def test_timeout_says_how_much_was_free(hfterm: Hfterm, machine: Machine) -> None:
    machine.set(gpus=6, used="60000")
    result = hfterm(
        "-q", "gpu", "wait", "--free", "40G", "--timeout", "0.2", "--interval", "0.1", env=machine.env, check=1
    )
    assert result.stdout == ""
    assert result.stderr.startswith("hfterm: no 1 GPU with 40.0 GiB free within 0.2 s: GPU 0 20.9 GiB free, 0 % busy; ")
    assert "2 more have no more free" in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("settings", "args", "code", "says"),
    [
        ({"gpus": 0}, [], 3, "no GPU on this machine"),
        ({"gpus": 2}, ["--free", "200G"], 2, "no GPU here has 200.0 GiB of memory (the largest has 80.0 GiB)"),
        ({"gpus": 2}, ["--gpus", "3"], 2, "3 GPUs wanted, but there are only 2 here"),
        ({"gpus": 2, "total": "81920,8192"}, ["--gpus", "2", "--free", "9G"], 2, "only 1 of the GPUs here have"),
        ({"gpus": 1, "fail": "nvmlDeviceGetHandleByIndex_v2:15"}, [], 1, "no GPU can be read: GPU is lost"),
        ({"gpus": 1, "fail": "nvmlDeviceGetUtilizationRates:3"}, ["--util-below", "5"], 2, "leave out --util-below"),
        (
            {"gpus": 1, "fail": "nvmlDeviceGetMemoryInfo_v2:3,nvmlDeviceGetMemoryInfo:3"},
            [],
            1,
            "does not tell how much memory",
        ),
        ({"gpus": 1}, ["--free", "lots"], 2, "not an amount of memory: 'lots'"),
        ({"gpus": 1}, ["--free", "101%"], 2, "not an amount of memory"),
        ({"gpus": 1}, ["--timeout", "-1"], 2, "timeout"),
    ],
)
def test_what_cannot_be_is_refused_at_once(
    hfterm: Hfterm, machine: Machine, settings: dict, args: list[str], code: int, says: str
) -> None:
    machine.set(**settings)
    result = hfterm("gpu", "wait", *args, env=machine.env, check=code)
    assert says in result.stderr and result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_several_kinds_of_gpu_are_worth_a_note(hfterm: Hfterm, machine: Machine) -> None:
    """CUDA counts the fastest first, the driver by the bus."""
    machine.set(gpus=2)
    assert hfterm("gpu", "wait", env=machine.env, check=0).stderr == ""
    machine.set(gpus=2, other="NVIDIA T4")
    assert "use --uuid" in hfterm("gpu", "wait", env=machine.env, check=0).stderr
    assert hfterm("gpu", "wait", "--uuid", env=machine.env, check=0).stderr == ""
    by_bus = machine.env | {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    assert hfterm("gpu", "wait", env=by_bus, check=0).stderr == ""
