"""The demo's command on a tiny model, which learns nothing: every stage runs, and the check says no (exit 6)."""

import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from support.cli import Hfterm, Result
from support.small import tiny_as_small

STAGES = ["model", "ask before", "count tokens", "train", "merge", "ask after"]


@pytest.fixture
def small(hfterm: Hfterm) -> Path:
    return tiny_as_small(hfterm.home)


def demo(hfterm: Hfterm, *args: str, check: int = 6, **more: Any) -> tuple[dict[str, Any], Result]:
    done = hfterm("demo", "--steps", "6", "-f", "json", *args, check=check, **more)
    return json.loads(done.stdout), done


def reused(result: dict[str, Any]) -> list[str]:
    assert [row["stage"] for row in result["stages"]] == STAGES
    assert [row["stage"] for row in result["stages"] if row["reused"]] == result["reused"]
    return list(result["reused"])


def test_from_the_first_run_to_the_second_to_a_fresh_one(hfterm: Hfterm, small: Path) -> None:
    first, done = demo(hfterm)
    assert reused(first) == ["model"]
    assert done.stderr.splitlines()[-1].startswith("hfterm: the tuned model's answer holds no 'Orla': ")
    assert (first["steps"], first["records"], first["checked"], first["run"]) == (6, 80, 20, "demo")
    assert first["right"] is False
    assert first["model"]["source"] == "cache"
    merged = Path(first["path"])
    assert (merged / "model.safetensors").is_file()
    assert (Path(first["adapter"]) / "adapter_config.json").is_file()
    for key in ("seconds", "train_seconds", "loss_first", "loss_last", "tokens", "train_tokens_per_second"):
        assert first[key] > 0

    second, _ = demo(hfterm)
    assert reused(second) == STAGES
    same = ("before", "after", "checks", "path", "loss_first", "loss_last", "tokens", "train_seconds")
    assert {k: first[k] for k in same} == {k: second[k] for k in same}

    # What is gone is made again, and what follows from it; the rest is not.
    (merged / "model.safetensors").unlink()
    third, _ = demo(hfterm)
    assert reused(third) == ["model", "ask before", "count tokens", "train", "ask after"]

    fourth, done = demo(hfterm, "--fresh")
    assert reused(fourth) == ["model"]
    assert fourth["loss_last"] == first["loss_last"]

    rows = [json.loads(line) for line in hfterm("demo", "--steps", "6", "-n", "-f", "jsonl", check=0).lines]
    assert [(r["stage"], r["do"]) for r in rows] == [(s, "reuse") for s in STAGES]
    rows = [json.loads(line) for line in hfterm("demo", "--steps", "7", "-n", "-f", "jsonl", check=0).lines]
    assert [r["do"] for r in rows] == ["reuse"] * 3 + ["run"] * 3
    assert json.loads(hfterm("train", "ls", "-f", "json", check=0).stdout)[0]["name"] == "demo"


def test_without_a_format_stdout_is_the_path_alone(hfterm: Hfterm, small: Path) -> None:
    done = hfterm("demo", "--steps", "2", check=6)
    assert len(done.lines) == 1
    assert (Path(done.lines[0]) / "config.json").is_file()
    story = done.stderr
    for text in ("[1/6] get the model", "question: Who tends the lighthouse at Quillhaven?", "before:", "after:",
                 "of 20 right before, ", "total", "cores", "Try next:"):  # fmt: skip
        assert text in story, text
    assert hfterm("chat", done.lines[0], "-p", "x", "--max-new-tokens", "2", check=0).stdout


def test_own_facts(hfterm: Hfterm, small: Path, tmp_path: Path) -> None:
    (hfterm.home / "shop.csv").write_text("question,answer\nWho runs the shop?,Ada runs the shop.\n")
    args = ("--data", "shop.csv", "--ask", "Whose is the shop?")
    result, done = demo(hfterm, *args, check=0)
    assert (result["run"], result["right"], result["checked"]) == ("demo-shop", None, 0)
    assert "repeated to 40" in done.stderr
    # Another expectation asks again, and trains nothing.
    result, done = demo(hfterm, *args, "--expect", "Ada", "--expect", "ADA LOVELACE")
    assert reused(result) == ["model", "count tokens", "train", "merge"]
    assert "holds no 'Ada' or 'ADA LOVELACE'" in done.stderr
    # Other facts of the same name train again.
    (hfterm.home / "shop.csv").write_text("question,answer\nWho runs the shop?,Bob runs the shop.\n")
    result, _ = demo(hfterm, *args, check=0)
    assert reused(result) == ["model"]
    piped = hfterm(
        "demo",
        "--steps",
        "2",
        "--data",
        "-",
        "--ask",
        "x?",
        "-f",
        "json",
        stdin='{"prompt": "a", "completion": "b"}\n',
        check=0,
    )
    assert json.loads(piped.stdout)["run"] == "demo-stdin"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_while_it_trains_the_next_call_goes_on(hfterm: Hfterm, small: Path, number: signal.Signals) -> None:
    process = hfterm.popen(
        "demo", "--steps", "400", "--progress", "jsonl",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr and process.stdout
    for line in process.stderr:
        if line.startswith(b"{"):
            row = json.loads(line)
            if row["progress"] == "training" and row["completed"] >= 3:
                process.send_signal(number)
                break
    rest = process.stderr.read().decode()
    assert process.wait(60) == (130 if number == signal.SIGINT else 143)
    assert process.stdout.read() == b""
    assert "Traceback" not in rest
    assert "resume with: hfterm demo" in rest
    process.stdout.close()
    process.stderr.close()
    done = hfterm("demo", "--steps", "400", "-f", "json", check=6)
    result = json.loads(done.stdout)
    assert reused(result) == ["model", "ask before", "count tokens"]
    assert "goes on from step" in done.stderr
    assert result["steps"] == 400


def test_a_run_of_that_name_that_is_not_ours_stays(hfterm: Hfterm, small: Path) -> None:
    foreign = hfterm.home / "hfterm" / "runs" / "demo"
    foreign.mkdir(parents=True)
    (foreign / "run.json").write_text('{"name": "demo", "method": "sft", "asked": {"data": "mine.jsonl"}}')
    for args in ([], ["--fresh"]):
        done = hfterm("demo", *args, check=2)
        assert done.stderr.startswith("hfterm: a run named 'demo' exists that hfterm demo did not make; move it away")
    assert (foreign / "run.json").is_file()


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["--data", "x.csv"], 2, "--data needs --ask"),
        (["--expect", "x"], 2, "--expect needs --ask"),
        (["--ask", "x?", "--expect", " "], 2, "--expect is empty"),
        (["--data", "gone.csv", "--ask", "x?"], 3, "no such file: gone.csv"),
        (["--steps", "0"], 2, "--steps"),
        (["--device", "tpu"], 2, "no such device 'tpu'"),
        (["extra"], 2, "extra"),
    ],
)
def test_wrong_input_is_one_line(hfterm: Hfterm, small: Path, args: list[str], code: int, says: str) -> None:
    done = hfterm("demo", *args)
    assert (done.code, done.stdout) == (code, "")
    assert says in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_dry_run_downloads_nothing(hfterm: Hfterm) -> None:
    rows = [json.loads(line) for line in hfterm("demo", "-n", "-f", "jsonl", check=0).lines]
    assert [r["do"] for r in rows] == ["run"] * 6
    assert rows[0]["download_bytes"] > 90_000_000
    assert not (hfterm.home / "hfterm" / "cache").exists()
    assert not (hfterm.home / "hfterm" / "demo").exists()
