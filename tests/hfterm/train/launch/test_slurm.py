"""Where Slurm put a process."""

import pytest

from hfterm.errors import UsageError
from hfterm.train.launch import slurm

STEP = {
    "SLURM_JOB_ID": "31234",
    "SLURM_NNODES": "2",
    "SLURM_STEP_ID": "0",
    "SLURM_STEP_NODELIST": "gpu[07,09]",
    "SLURM_STEP_NUM_NODES": "2",
    "SLURM_STEP_NUM_TASKS": "2",
    "SLURM_NODEID": "1",
}


@pytest.mark.parametrize(
    ("nodelist", "hosts"),
    [
        ("node1", ["node1"]),
        ("gpu[01-03,07],login1", ["gpu01", "gpu02", "gpu03", "gpu07", "login1"]),
        ("r[1-2]n[08-09]", ["r1n08", "r1n09", "r2n08", "r2n09"]),
        ("a-b[9-11].site", ["a-b9.site", "a-b10.site", "a-b11.site"]),
    ],
)
def test_node_lists_are_written_out(nodelist: str, hosts: list[str]) -> None:
    assert slurm.expand(nodelist) == hosts


@pytest.mark.parametrize("nodelist", ["", "gpu[1-", "gpu[a-b]", "gpu[3-1000000000]", "[]"])
def test_node_lists_that_make_no_sense_are_refused(nodelist: str) -> None:
    with pytest.raises(UsageError, match="cannot read Slurm's list"):
        slurm.expand(nodelist)


def test_a_step_says_who_is_first_and_where_all_meet() -> None:
    place = slurm.place(STEP)
    assert place is not None
    assert (place.nodes, place.rank, place.first, place.job) == (2, 1, "gpu07", "31234")
    assert place.port == slurm.place({**STEP, "SLURM_NODEID": "0"}).port  # type: ignore[union-attr]


def test_outside_slurm_and_on_one_node_there_is_nothing_to_say() -> None:
    assert slurm.place({}) is None
    assert slurm.place({"SLURM_JOB_ID": "1", "SLURM_NNODES": "1"}) is None


def test_several_nodes_need_srun_with_one_task_each() -> None:
    with pytest.raises(UsageError, match="runs on one of them only; start it with 'srun"):
        slurm.place({"SLURM_JOB_ID": "1", "SLURM_NNODES": "2"})
    with pytest.raises(UsageError, match="16 tasks on 2 nodes"):
        slurm.place({**STEP, "SLURM_STEP_NUM_TASKS": "16"})
