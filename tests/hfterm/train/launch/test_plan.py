"""What a launch will do, from options, Slurm's environment and accelerate's files. Imports torch, once."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import CheckFailedError, HftermError
from hfterm.text import to_json
from hfterm.train.launch.plan import Asked, Plan, plan
from hfterm.train.launch.settings import Settings, parse_offload
from hfterm.train.launch.shape import Shape, shape, told_shape
from hfterm.train.recipes import SftRecipe

SLURM = {
    **{"SLURM_JOB_ID": "31234", "SLURM_STEP_ID": "0", "SLURM_STEP_NODELIST": "gpu[07,09]", "SLURM_NODEID": "1"},
    **{"SLURM_STEP_NUM_NODES": "2", "SLURM_STEP_NUM_TASKS": "2"},
}
CONFIG = """
compute_environment: LOCAL_MACHINE
distributed_type: MULTI_CPU
mixed_precision: bf16
num_processes: 4
num_machines: 1
use_cpu: true
dynamo_config: {dynamo_backend: EAGER}
"""


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    (tmp_path / "t.py").touch()
    return Asked(str(tmp_path / "t.py"), ("--x",), gpus="none")


def words(made: Plan) -> str:
    return " ".join(made.options)


def test_processes_on_a_cpu(asked: Asked) -> None:
    made = plan(replace(asked, nproc=2, settings=Settings("bf16"), max_restarts=3), {})
    assert (made.world, made.device, made.backend) == (2, "cpu", "gloo")
    assert set(made.env) == {
        *("ACCELERATE_MIXED_PRECISION", "ACCELERATE_USE_CPU", "OMP_NUM_THREADS", "TORCH_DISABLE_SHARE_RDZV_TCP_STORE")
    }
    assert "--nproc-per-node 2 --standalone" in words(made) and "--max-restarts 3" in words(made)
    facts = made.facts()
    assert facts["command"][-4:] == ["-m", "hfterm.train.launch.child", asked.script, "--x"]
    assert facts["shell"].startswith("ACCELERATE_MIXED_PRECISION=bf16 ACCELERATE_USE_CPU=true ")
    assert "OMP_NUM_THREADS" not in plan(replace(asked, nproc=2), {"OMP_NUM_THREADS": "1"}).env
    alone = plan(asked, {})
    assert (alone.world, alone.backend, alone.env["HFTERM_LAUNCH_PLAIN"]) == (1, None, "1")


def test_nodes_by_hand_and_by_slurm(asked: Asked) -> None:
    by_hand = plan(replace(asked, nnodes="2", node_rank=1, rdzv="gpu1"), {})
    assert "--nnodes 2 --node-rank 1 --master-addr gpu1 --master-port 29400" in words(by_hand)
    elastic = plan(replace(asked, nnodes="1:3", rdzv="127.0.0.1:5000"), {})
    assert elastic.world is None and "--nnodes 1:3 --rdzv-backend c10d --rdzv-endpoint 127.0.0.1:5000" in words(elastic)
    slurm = plan(replace(asked, nproc=4), SLURM)
    assert slurm.world == 8
    assert "--nnodes 2 --node-rank 1 --master-addr gpu07 --master-port 21234" in words(slurm)
    restarted = plan(replace(asked, max_restarts=1), SLURM)
    assert "--rdzv-backend c10d --rdzv-endpoint gpu07:21234 --rdzv-id 31234" in words(restarted)
    assert plan(replace(asked, nnodes="1"), SLURM).world == 1


def test_a_config_file_of_accelerate_is_read(asked: Asked, tmp_path: Path) -> None:
    file = tmp_path / "accelerate.yaml"
    file.write_text(CONFIG)
    before = dict(os.environ)
    made = plan(replace(asked, config=file), {})
    assert (made.world, made.env["ACCELERATE_MIXED_PRECISION"]) == (4, "bf16")
    assert made.env["ACCELERATE_DYNAMO_BACKEND"] == "EAGER"
    over = plan(replace(asked, config=file, nproc=2, settings=Settings("no")), {})
    assert (over.world, over.env["ACCELERATE_MIXED_PRECISION"]) == (2, "no")
    assert dict(os.environ) == before
    file.write_text(CONFIG.replace("MULTI_CPU", "FSDP"))
    with pytest.raises(CheckFailedError, match="FSDP was asked for, but accelerate leaves it out on a CPU"):
        plan(replace(asked, config=file), {})


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"script": "none.py"}, 3, "no such script: 'none.py'"),
        ({"settings": Settings(fsdp=True)}, 6, "FSDP was asked for, but accelerate leaves it out on a CPU"),
        ({"settings": Settings(zero=2)}, 6, "DeepSpeed was asked for"),
        ({"settings": Settings(zero=2, fsdp=True)}, 2, "exclude each other"),
        ({"settings": Settings(offload=("params",))}, 2, "--offload needs --zero or --fsdp"),
        ({"settings": Settings(zero=2, offload=("params",))}, 2, "--offload params needs --zero 3"),
        ({"nnodes": "2"}, 2, "2 nodes need a meeting point"),
        ({"nnodes": "3:2"}, 2, "MIN no more than MAX"),
        ({"nnodes": "two"}, 2, "not a number of nodes"),
        ({"nnodes": "2", "rdzv": "h:70000"}, 2, "not HOST:PORT"),
        ({"nnodes": "2", "rdzv": "h", "node_rank": 2}, 2, "of 2 nodes the first is 0, the last 1"),
    ],
)
def test_what_cannot_be_is_refused(asked: Asked, changes: dict[str, Any], code: int, said: str) -> None:
    with pytest.raises(HftermError, match=said) as caught:
        plan(replace(asked, **changes), {})
    assert caught.value.exit_code == code


@pytest.mark.parametrize("text", ["a: [", "7", "compute_environment: AMAZON_SAGEMAKER", "mixed_precision: fp7"])
def test_a_config_file_that_is_none_is_refused(asked: Asked, tmp_path: Path, text: str) -> None:
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(HftermError) as caught:
        plan(replace(asked, config=tmp_path / "c.yaml"), {})
    assert caught.value.exit_code == 2


def recipe(**fields: Any) -> SftRecipe:
    return SftRecipe("m", "d", **{"device": "cpu", **fields})


def test_a_recipe_says_how_many_processes() -> None:
    assert shape(recipe()) == Shape()
    two = shape(recipe(nproc=2))
    assert (two.processes, two.device, two.apart) == (2, "cpu", True)
    assert told_shape(to_json({**vars(two), "settings": vars(two.settings)})) == two
    zero = shape(recipe(nproc=2, zero=3, offload="optimizer,params"))
    assert zero.facts() == {"processes": 2, "zero": 3, "offload": ["optimizer", "params"]}
    assert shape(recipe(launch="deepspeed")).settings.zero == 2
    assert shape(recipe(max_restarts=1)).apart and shape(recipe(launch="torchrun")).apart
    assert parse_offload("params, optimizer,params") == ("params", "optimizer")


@pytest.mark.parametrize(
    ("fields", "code", "said"),
    [
        ({"nproc": 2, "launch": "none"}, 2, "--launch none is one process"),
        ({"fsdp": True}, 6, "FSDP was asked for"),
        ({"zero": 1, "fsdp": True}, 2, "exclude each other"),
        ({"gpus": "2"}, 2, "--gpus 2: this machine has none"),
        ({"offload": "disk", "zero": 3}, 2, "no such part 'disk'"),
        ({"device": "cuda:1", "nproc": 2}, 2, "--device cuda:1 names one"),
    ],
)
def test_a_recipe_that_contradicts_itself_is_refused(fields: dict[str, Any], code: int, said: str) -> None:
    with pytest.raises(HftermError, match=said) as caught:
        shape(recipe(**fields))
    assert caught.value.exit_code == code
