"""``hfterm train compare`` and ``attach``, of runs that have ended."""

import json
from pathlib import Path

import pytest

from support.cli import Hfterm
from support.told_runs import told


def test_records_in_a_pipe_a_column_a_run_in_a_table(hfterm: Hfterm, state: Path) -> None:
    told("a")
    told("b", learning_rate=1e-3, steps=20, state="stopped")
    rows = [json.loads(line) for line in hfterm("train", "compare", stdin="a\nrun:b\n", check=0).lines]
    assert [(r["name"], r["loss"], r["learning_rate"]) for r in rows] == [("a", 2.0, 2e-4), ("b", 3.0, 1e-3)]
    assert "git_commit" not in rows[0] and "git_commit" in hfterm("train", "compare", "a", "b", "--all", check=0).stdout
    table = [line.split() for line in hfterm("train", "compare", "a", "b", "-f", "table", check=0).lines]
    assert (
        ["a", "b"] in table and ["learning_rate", "0.0002", "0.001"] in table and ["seconds", "20.0s", "10.0s"] in table
    )
    assert ["peak_memory", "1.0", "GiB", "-"] in table
    partly = hfterm("train", "compare", "a", "nope", check=7)
    assert json.loads(partly.stdout)["name"] == "a" and "no run named 'nope'" in partly.stderr


@pytest.mark.parametrize(("end", "code", "words"), [("done", 0, "run 'a' is done: step 40"), ("failed", 1, "failed: ")])
def test_attach_to_one_that_has_ended(hfterm: Hfterm, state: Path, end: str, code: int, words: str) -> None:
    run = told("a", state=end)
    done = hfterm("train", "attach", "a", check=code)
    assert words in done.stderr and done.stdout == (f"{run.path / 'output'}\n" if end == "done" else "")
