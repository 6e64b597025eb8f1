"""How many processes a recipe means, on how many nodes."""

from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import HftermError
from hfterm.train.launch.shape import placed, shape
from hfterm.train.recipes import recipe_class

STEP = {
    **{"SLURM_JOB_ID": "31234", "SLURM_NNODES": "2", "SLURM_STEP_ID": "0", "SLURM_STEP_NODELIST": "gpu[07,09]"},
    **{"SLURM_STEP_NUM_NODES": "2", "SLURM_STEP_NUM_TASKS": "2", "SLURM_NODEID": "1"},
}


def recipe(**given: Any) -> Any:
    return recipe_class("sft")("model", "data.jsonl", device="cpu", **given)


@pytest.fixture
def hosts(tmp_path: Path) -> str:
    file = tmp_path / "hosts"
    file.write_text("a slots=3\nb slots=3\n")
    return str(file)


def test_a_file_of_hosts_says_how_many_nodes_and_processes(hosts: str) -> None:
    made = shape(recipe(nodes=hosts))
    assert (made.processes, made.nodes, made.per_node, made.hosts) == (6, 2, 3, hosts)
    assert made.apart and made.elsewhere
    assert made.facts() == {"processes": 6, "nodes": 2}
    assert shape(recipe(nodes=hosts, nproc=2)).processes == 4


def test_a_slurm_job_says_it_too(monkeypatch: pytest.MonkeyPatch, hosts: str) -> None:
    for name, value in STEP.items():
        monkeypatch.setenv(name, value)
    made = shape(recipe(nproc=4))
    assert (made.processes, made.nodes, made.hosts) == (8, 2, None)
    assert shape(recipe(nodes=hosts)).hosts == hosts  # the file counts
    assert shape(recipe(nodes="none", nproc=4)).nodes == 1
    assert shape(recipe(launch="none")).nodes == 1
    monkeypatch.delenv("SLURM_STEP_ID")
    with pytest.raises(HftermError, match="job 31234 has 2 nodes") as refused:
        shape(recipe())
    hint = refused.value.hint or ""
    assert "srun --ntasks-per-node=1" in hint and hint.endswith("or give --nodes none for this one alone")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"nodes": "missing"}, "no such file: 'missing'"),
        ({"launch": "none", "nproc": 2}, "--launch none is one process"),
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(HftermError, match=said):
        shape(recipe(**given))


def test_a_run_knows_its_hosts_from_any_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert placed(recipe(nodes="hosts")).nodes == str(tmp_path / "hosts")
    assert placed(recipe(nodes="none")).nodes == "none" and placed(recipe()).nodes is None
