"""Which process failed first, and how that is said."""

import json
from pathlib import Path

from hfterm.errors import OutOfMemoryError
from hfterm.train.launch import failures
from hfterm.train.launch.child import files
from hfterm.train.launch.failures import Failure


def test_who_lost_a_partner_is_not_who_began_it() -> None:
    gloo = Failure(0, 1, 10.0, "RuntimeError", "pair.cc:553] Connection closed by peer [127.0.0.1]:15514")
    killed = Failure(1, -9, 11.0)
    told = Failure(2, -15, 9.0)
    assert failures.first([gloo, killed, told]) is killed
    earlier = Failure(3, 1, 8.0, "ValueError", "x", "t.py:3 in f")
    assert failures.first([gloo, killed, earlier]) is earlier


def test_each_end_in_one_line() -> None:
    assert failures.sentence(Failure(1, 1, 0, "ValueError", "bad", "t.py:3 in f"), 2) == (
        "rank 1 of 2 failed: ValueError: bad (t.py:3 in f)"
    )
    assert failures.sentence(Failure(1, 1, 0, "MemoryError", ""), None) == "rank 1 failed: MemoryError"
    assert failures.sentence(Failure(0, 7, 0), 1) == "rank 0 of 1 ended with exit code 7"
    assert failures.sentence(Failure(0, -9, 0), 4) == "rank 0 of 4 was killed by SIGKILL"
    assert failures.sentence(Failure(0, -11, 0), 4) == "rank 0 of 4 crashed with SIGSEGV"
    assert failures.sentence(Failure(0, -9, 0, oom=True), 4) == (
        "rank 0 of 4 was killed by the system: the machine's memory ran out"
    )


def test_the_exit_code_is_the_process_s_own(tmp_path: Path) -> None:
    assert failures.error(Failure(0, 7, 0), 1).exit_code == 7
    assert failures.error(Failure(0, -9, 0), 1).exit_code == 137
    oom = failures.error(Failure(0, 1, 0, "torch.OutOfMemoryError", "CUDA out of memory", oom=True, text="/x"), 1)
    assert isinstance(oom, OutOfMemoryError) and oom.exit_code == 8
    assert "--zero 3 --offload" in str(oom) and "its traceback is in /x" in str(oom)
    there = failures.error(Failure(0, 1, 0, "E", "m", text="/x"), 2, host="gpu1")
    assert "failed: E: m on gpu1; its traceback is in /x on gpu1" in str(there)


def test_what_a_process_wrote_down_is_read(tmp_path: Path) -> None:
    facts, text = files(tmp_path, 1, 3)
    facts.parent.mkdir()
    facts.write_text(json.dumps({"type": "KeyError", "message": "'a'", "where": "t.py:1", "time": 5.5, "oom": False}))
    text.write_text("Traceback")
    found = failures.read(tmp_path, 1, 3, 1, 9.0)
    assert found == Failure(3, 1, 5.5, "KeyError", "'a'", "t.py:1", False, str(text))
    assert failures.from_facts(json.loads(json.dumps(found.facts()))) == found
    facts.write_text('{"type": "Ke')
    text.write_text("")
    assert failures.read(tmp_path, 1, 3, 1, 9.0) == Failure(3, 1, 9.0)
    assert failures.read(tmp_path, 0, 0, -9, 9.0, killed_for_memory=True).oom
    assert not failures.read(tmp_path, 0, 0, 1, 9.0, killed_for_memory=True).oom


def test_the_kernel_counts_those_it_killed_for_memory(tmp_path: Path) -> None:
    (tmp_path / "vmstat").write_text("pgfault 7\noom_kill 3\noom_kill_x 9\n")
    assert failures.killed_for_memory(str(tmp_path / "vmstat")) == 3
    assert failures.killed_for_memory(str(tmp_path / "none")) == 0
