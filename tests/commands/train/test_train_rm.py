"""``hfterm train rm``: it asks, it frees, it leaves what is at work."""

import json
import os
import pty
import re
import select
from pathlib import Path

import pytest

from hfterm import runs
from support.cli import HFTERM, Hfterm


@pytest.fixture
def three(state: Path) -> Path:
    for name in ("one", "two"):
        run = runs.create(name, {"method": "sft"})
        run.write_status({**run.status(), "state": "failed"})
        (run.path / "weights").write_bytes(b"x" * 100_000)
    runs.create("busy", {"method": "sft"})  # by this process, which lives
    return state


def left(state: Path) -> list[str]:
    return sorted(os.listdir(state))


def test_names_bytes_and_what_stays(hfterm: Hfterm, three: Path) -> None:
    plan = [json.loads(line) for line in hfterm("train", "rm", "one", "busy", "-n", check=0).lines]
    assert [(row["name"], row["state"]) for row in plan] == [("one", "failed"), ("busy", "running")]
    assert left(three) == ["busy", "one", "two"]
    done = hfterm("train", "rm", "-y", stdin="one\nrun:busy\nnope\n", check=7)
    (row,) = map(json.loads, done.lines)
    assert row["name"] == "one" and 100_000 < row["freed_bytes"] < 110_000
    assert done.stderr == (
        "hfterm: 2 of 3 runs could not be removed: no run named 'nope'; run 'busy' is running, at step 0\n"
    )
    assert left(three) == ["busy", "two"]
    assert re.fullmatch(r"two +9[78]\.\d KiB *", hfterm("train", "rm", "two", "-y", "-f", "table", check=0).lines[-1])
    assert "stop it first: hfterm train stop busy" in hfterm("train", "rm", "busy", "-y", check=2).stderr


def test_without_a_terminal_it_does_not_ask(hfterm: Hfterm, three: Path) -> None:
    done = hfterm("train", "rm", "one", check=2)
    assert done.stderr == "hfterm: removing runs asks first; add -y to remove them without asking\n"
    assert "no run named 'nope'" in hfterm("train", "rm", "nope", check=3).stderr
    assert left(three) == ["busy", "one", "two"]


@pytest.mark.parametrize(
    ("answer", "stays"), [("n", ["busy", "one", "two"]), ("", ["busy", "one", "two"]), ("y", ["busy"])]
)
def test_it_asks(hfterm: Hfterm, three: Path, answer: str, stays: list[str]) -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(HFTERM, [HFTERM, "train", "rm", "one", "two"], hfterm.env())
    said, told = b"", False
    while select.select([terminal], [], [], 60)[0]:
        try:
            said += os.read(terminal, 65536)
        except OSError:
            break
        if b"[y/N]" in said and not told:
            told = True
            os.write(terminal, f"{answer}\r".encode())
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert b"Remove one (failed, 9" in said and left(three) == stays
    assert (b"nothing was removed" in said) == (answer != "y")


def test_a_damaged_run_goes_too(hfterm: Hfterm, state: Path) -> None:
    (state / "rubbish").mkdir(parents=True)
    hfterm("train", "rm", "rubbish", "-y", check=0)
    assert left(state) == []
