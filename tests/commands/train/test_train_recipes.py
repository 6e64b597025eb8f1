"""``hfterm train init``, ``schema``, ``validate``, ``run`` and ``sweep`` as a user calls them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support import schema
from support.cli import Hfterm
from support.tiny import facts_file, tiny_model

HEAVY = {"torch", "transformers", "trl", "peft", "accelerate", "datasets", "numpy", "pyarrow", "huggingface_hub"}
SCRIPT = """
import sys
from hfterm import cli
code = cli.run(sys.argv[1:])
print(code, *{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
"""
BAD = "method: sft\nmodel: ./none\ndata: facts.jsonl\nlearning_rat: 1\nset:\n  optim: adamx\n"


@pytest.fixture
def place(hfterm: Hfterm) -> Path:
    """Where hfterm works: a tiny model, data, and an hfterm that has read the installed libraries."""
    schema.lay(hfterm.home / "hfterm")
    tiny_model(hfterm.home / "tiny")
    facts_file(hfterm.home / "facts.jsonl", repeat=4)
    return hfterm.home


def test_a_recipe_is_written_explained_and_checked(hfterm: Hfterm, place: Path) -> None:
    made = hfterm("train", "init", "sft", "./tiny", "facts.jsonl", "-o", "r.yaml", check=0)
    assert made.stdout == "r.yaml\n" and "train validate r.yaml" in made.stderr
    assert "exists" in hfterm("train", "init", "sft", "-o", "r.yaml", check=2).stderr
    assert hfterm("train", "init", "sft", "./tiny", "facts.jsonl", check=0).stdout.endswith((place / "r.yaml").read_text()[-200:])  # fmt: skip
    assert "did you mean 'sft'" in hfterm("train", "init", "stf", check=2).stderr
    sound = hfterm("train", "validate", "r.yaml", check=0)
    assert (sound.stdout, sound.stderr) == ("", "r.yaml: sound: sft of ./tiny on facts.jsonl\n")
    (place / "bad.yaml").write_text(BAD)
    bad = hfterm("train", "validate", "r.yaml", "bad.yaml", "gone.yaml", check=6)
    rows = [json.loads(line) for line in bad.lines]
    assert [row["where"] for row in rows] == ["bad.yaml:2", "bad.yaml:4", "bad.yaml:6", "gone.yaml"]
    assert [row["key"] for row in rows] == ["model", "learning_rat", "set.optim", None]
    assert "2 of 3 recipes: 4 problems" in bad.stderr
    assert "train init" in hfterm("train", "validate", "gone.yaml", check=3).stderr
    piped = hfterm("train", "validate", "-", "-f", "quiet", stdin=BAD, check=6)
    assert piped.lines == ["standard input:2", "standard input:4", "standard input:6"]
    refused = hfterm("train", "run", "bad.yaml", check=2)
    assert refused.stderr.startswith("hfterm: bad.yaml:4: learning_rat") and "1 more" in refused.stderr
    field = json.loads(hfterm("train", "schema", "sft", "lr", check=0).stdout)
    assert (field["field"], field["kinds"]) == ("learning_rate", ["float", "none"])
    assert "max_grad_norm" in hfterm("train", "schema", "sft", "--all", "-f", "quiet", check=0).lines
    assert "did you mean 'max_grad_norm'" in hfterm("train", "schema", "sft", "max_grad_nrm", check=3).stderr
    assert "sft" in hfterm("train", "schema", "-f", "quiet", check=0).lines


@pytest.mark.parametrize(
    ("code", "args"),
    [(0, ["schema", "sft"]), (0, ["validate", "r.yaml"]), (6, ["validate", "bad.yaml"]), (0, ["init", "sft"]),
     (0, ["sweep", "r.yaml", "--grid", "lr=1,2", "-n"]), (2, ["run", "bad.yaml"])],
)  # fmt: skip
def test_recipes_are_checked_without_the_libraries(hfterm: Hfterm, place: Path, code: int, args: list[str]) -> None:
    (place / "r.yaml").write_text("method: sft\nmodel: ./tiny\ndata: facts.jsonl\nmax_grad_norm: 1.0\n")
    (place / "bad.yaml").write_text(BAD)
    done = subprocess.run(
        [sys.executable, "-P", "-c", SCRIPT, "train", *args],
        env=hfterm.env(),
        cwd=place,
        capture_output=True,
        text=True,
    )
    ended, *modules = done.stderr.splitlines()[-1].split()
    assert (int(ended), HEAVY & set(modules)) == (code, set()), done.stderr


def test_a_sweep_goes_on_when_a_run_fails_and_leaves_what_is_done(hfterm: Hfterm, place: Path) -> None:
    (place / "r.yaml").write_text("method: sft\nmodel: ./tiny\ndata: facts.jsonl\nmax_steps: 3\nlogging_steps: 1\n")
    grid = ("train", "sweep", "r.yaml", "--grid", "target_modules=[nope],all-linear", "--name", "x")
    plan = hfterm(*grid, "-n", check=0)
    assert [json.loads(line)["run"] for line in plan.lines] == ["x-1", "x-2"]
    done = hfterm(*grid, "--progress", "none", check=7)
    best, failed = (json.loads(line) for line in done.lines)
    assert (best["run"], best["state"], best["steps"], best["peft.target_modules"]) == ("x-2", "done", 3, "all-linear")
    assert best["loss"] > 0 and Path(best["output"]).is_dir() and best["error"] is None
    assert (failed["run"], failed["state"]) == ("x-1", "failed") and "nope" in failed["error"]
    assert "1 of 2 runs did not come to their end: x-1" in done.stderr
    states = [json.loads(line)["state"] for line in hfterm(*grid, "-n", check=0).lines]
    assert states == ["failed", "done"]
    # Left at work it tries the failed one again, and not the one that is done; the sweep is a run.
    left = hfterm(*grid, "-d", check=0)
    assert left.stdout == f"{hfterm.home / 'hfterm/runs/x'}\n"
    attached = hfterm("train", "attach", "x", timeout=300)
    assert attached.code == 7 and "1 of 2 runs did not come to their end: x-1" in attached.stderr
    rows = {row["name"]: row for row in map(json.loads, hfterm("train", "ls", check=0).lines)}
    assert (rows["x"]["state"], rows["x"]["method"], rows["x"]["step"], rows["x"]["max_steps"]) == (
        "failed",
        "sweep",
        2,
        2,
    )
    shown = json.loads(hfterm("train", "show", "x", check=0).stdout)
    assert shown["trials"] == ["x-1", "x-2"] and shown["ending"].endswith("resume it with 'hfterm train resume x'")
    told = hfterm("train", "logs", "x", check=0).stdout
    assert "2/2 x-2: done already" in told and '"run": "x-2"' in told and "nope" in told
    again = hfterm(
        "train", "sweep", "r.yaml", "--grid", "target_modules=[nope]", "--set", "peft=none", "--name", "y", "-n"
    )
    assert again.code == 2 and "peft is none" in again.stderr
    (place / "r.yaml").write_text("method: sft\nmodel: ./tiny\ndata: facts.jsonl\nmax_steps: 4\n")
    assert "began with max_steps=3" in hfterm(*grid, check=2).stderr
