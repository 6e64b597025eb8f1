import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from hfterm import paths, runs
from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.processes import process_start

pytestmark = pytest.mark.usefixtures("isolated")


def a_run(name: str = "demo", **status: object) -> runs.Run:
    run = runs.create(name, {"method": "sft", "model": "tiny"})
    if status:
        run.write_status({**run.status(), **status})
    return run


def checkpoint(run: runs.Run, step: int) -> Path:
    folder = run.path / "checkpoints" / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    (folder / "adapter_model.safetensors").write_bytes(b"x" * 10)
    (folder / runs.MARKER).write_text(json.dumps({"files": {"adapter_model.safetensors": 10}}))
    return folder


@pytest.mark.parametrize("name", ["", "../x", ".hidden", "a/b", "a b", "-n", "x" * 101, "ü", "a\n"])
def test_impossible_names(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be a run's name"):
        runs.create(name, {})
    with pytest.raises(UsageError):
        runs.get(name)


def test_create_is_whole_and_takes_the_name() -> None:
    run = a_run()
    assert run.facts()["method"] == "sft"
    assert run.state() == "running"
    assert runs.get("run:demo") == run
    with pytest.raises(UsageError, match="'demo' exists; add --resume"):
        a_run()
    assert [p.name for p in paths.runs_dir().iterdir()] == ["demo"], "no draft is left behind"


def test_a_failing_create_leaves_nothing() -> None:
    def files(draft: Path) -> None:
        (draft / "data.jsonl").write_text("x")
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        runs.create("demo", {}, files=files)
    assert list(paths.runs_dir().iterdir()) == []


def test_secrets_are_blanked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "very-secret-value")
    facts = {"command": ["hfterm", "--x", "hf_abcdefghijklmnop"], "set": {"hub_token": "plain", "pad_token": "<pad>"}}
    run = runs.create("demo", {**facts, "note": "very-secret-value"})
    text = (run.path / "run.json").read_text()
    assert "hf_abc" not in text and "plain" not in text and "very-secret" not in text
    assert run.facts()["set"]["pad_token"] == "<pad>"


def test_unknown_run_names_the_nearest() -> None:
    a_run("lighthouse")
    with pytest.raises(NotFoundError, match="did you mean 'lighthouse'"):
        runs.get("lighthose")
    with pytest.raises(NotFoundError, match="hfterm train ls"):
        runs.get("quite-different")


def test_automatic_names_are_unique_and_valid() -> None:
    first = runs.auto_name("sft", "HuggingFaceTB/SmolLM2-135M-Instruct@main")
    assert first.startswith("sft-SmolLM2-135M-Instruct-20")
    a_run(first)
    assert runs.auto_name("sft", "HuggingFaceTB/SmolLM2-135M-Instruct") != first
    for model in ("/a/b c/ü/", "run:demo@best", "..", "x" * 300):
        runs.valid_name(runs.auto_name("sft", model))


def test_all_runs_newest_first_and_foreign_folders_do_not_matter() -> None:
    for name in ("one", "two", "three"):
        a_run(name)
        time.sleep(0.005)
    (paths.runs_dir() / "foreign").mkdir()
    (paths.runs_dir() / "a-file").write_text("x")
    (paths.runs_dir() / ".draft.tmp").mkdir()
    torn = a_run("torn")
    (torn.path / "status.json").write_text('{"state": "run')
    odd = a_run("odd")
    (odd.path / "run.json").write_text("[1]")
    states = {row["name"]: row["state"] for row in (r.summary() for r in runs.all_runs())}
    assert states == {
        "one": "running",
        "two": "running",
        "three": "running",
        "foreign": "damaged",
        "torn": "damaged",
        "odd": "damaged",
    }
    ordered = [r.name for r in runs.all_runs() if r.name in ("one", "two", "three")]
    assert ordered == ["three", "two", "one"]
    assert sorted(runs.names()) == ["foreign", "odd", "one", "three", "torn", "two"]


def test_no_runs_folder_is_no_run() -> None:
    assert runs.all_runs() == [] and runs.names() == []


def test_a_run_is_lost_when_its_process_is_gone() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    run = a_run(pid=child.pid, process_started=process_start(child.pid))
    assert run.state() == "running"
    assert a_run("reused", pid=child.pid, process_started=1000.0).state() == "lost", "another process has that number"
    child.kill()
    deadline = time.monotonic() + 10
    while process_start(child.pid) is not None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert run.state() == "lost", "ended, though not collected by its parent yet"
    child.communicate()
    assert run.state() == "lost"


def test_why_it_ended_and_its_note_are_told() -> None:
    run = a_run(pid=2**22 + 1, step=40, max_steps=100, heartbeat="2026-11-23T08:12:03.000Z")
    shown = run.describe()
    assert shown["state"] == "lost" and shown["note"] is None
    assert "last sign of life 2026-11-23 08:12:03Z, at step 40 of 100" in shown["ending"]
    assert "resume" not in shown["ending"], "there is no recipe to go on with"
    (run.path / runs.NOTE).write_text("  try again\n")
    assert run.note() == "try again" and run.describe()["note"] == "try again"
    assert a_run("fine").ending() is None


def test_one_that_ends_while_it_is_looked_at_is_not_lost() -> None:
    run = a_run(pid=2**22 + 1)
    before = run.status()
    run.write_status({**before, "state": "done"})
    assert run.state(before) == "done"


def test_on_another_host_the_heartbeat_counts() -> None:
    assert a_run("alive", host="elsewhere").state() == "running"
    assert a_run("gone", host="elsewhere", heartbeat="2020-01-01T00:00:00Z").state() == "lost"
    assert a_run("odd", host="elsewhere", heartbeat="soon").state() == "lost"


def test_events_without_torn_lines() -> None:
    run = a_run()
    run.append({"event": "log", "step": 1})
    with (run.path / "events.jsonl").open("a") as stream:
        stream.write('{"t": 1, "event": "lo')
    assert [e["step"] for e in run.events()] == [1]
    run.append({"event": "log", "step": 2, "loss": float("nan")})
    assert [e["step"] for e in run.events()] == [1, 2]
    assert [e["step"] for e in run.events(last=1)] == [2]
    assert list(run.events(last=0)) == []


def test_follow_until_the_end() -> None:
    run = a_run()
    run.append({"event": "log", "step": 1})

    def trainer() -> None:
        for step in (2, 3):
            time.sleep(0.03)
            run.append({"event": "log", "step": step})
        with (run.path / "events.jsonl").open("a") as stream:
            stream.write('{"event": "log", ')
            stream.flush()
            time.sleep(0.05)
            stream.write('"step": 4}\n')
        run.write_status({**run.status(), "state": "done"})

    thread = threading.Thread(target=trainer)
    thread.start()
    assert [e["step"] for e in run.events(follow=True, poll=0.01)] == [1, 2, 3, 4]
    thread.join()


def test_log_lines_and_their_end() -> None:
    run = a_run(state="done")
    (run.path / "log.txt").write_text("one\ntwo\nthr")
    assert list(run.log()) == ["one", "two", "thr"]
    assert list(run.log(last=2, follow=True)) == ["two", "thr"]
    assert list(a_run("empty").log()) == []


def test_output_selectors() -> None:
    run = a_run()
    with pytest.raises(NotFoundError, match="has no final output: it is running; it has no checkpoint"):
        run.output()
    with pytest.raises(NotFoundError, match="no checkpoint"):
        run.output("last")
    ten, twenty = checkpoint(run, 10), checkpoint(run, 20)
    with pytest.raises(NotFoundError, match="run:demo@last is its newest checkpoint"):
        run.output(None)
    assert run.output("10") == ten
    assert run.output("last") == twenty
    for selector, words in {"11": "it has steps 10, 20", "beste": "use @STEP", "best": "no loss was logged"}.items():
        with pytest.raises(NotFoundError, match=words):
            run.output(selector)
    (run.path / "output").mkdir()
    assert run.output() == run.path / "output"


def test_best_by_eval_loss_then_by_loss() -> None:
    run = a_run()
    for step in (10, 20, 30):
        checkpoint(run, step)
    for step, loss in ((10, 3.0), (20, 2.0), (30, 2.5)):
        run.append({"event": "log", "step": step, "loss": loss})
    assert run.best() == 20
    for step, loss in ((10, 1.0), (20, 9.0)):
        run.append({"event": "eval", "step": step, "eval_loss": loss})
    assert run.best() == 10
    run.append({"event": "eval", "step": 10, "eval_loss": 9.5})  # a resumed run did that step again
    assert run.best() == 20
    run.append({"event": "begin", "step": 10})  # and begins from there once more
    assert run.best() == 10


def test_torn_checkpoints_do_not_count() -> None:
    run = a_run()
    whole, short, bare, odd = (checkpoint(run, step) for step in (1, 2, 3, 4))
    (short / "adapter_model.safetensors").write_bytes(b"x" * 9)
    (bare / runs.MARKER).unlink()
    (odd / runs.MARKER).write_text("{}")
    assert run.checkpoints() == {1: whole}
    assert list(run.checkpoint_folders()) == [1, 2, 3, 4]
    assert run.output("last") == whole


HOLD = """
import sys
from hfterm import runs
with runs.get("demo").lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_one_trainer_a_run() -> None:
    run = a_run()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ
    )
    assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
    with pytest.raises(HftermError, match=f"'demo' is being trained by pid {holder.pid}"), run.lock():
        pass
    holder.kill()
    holder.communicate()
    with run.lock():
        pass


FORK = """
import os, sys
from hfterm import runs
with runs.get("demo").lock():
    if not os.fork():
        print("held", flush=True)
        sys.stdin.read()
        os._exit(0)
    os.wait()
"""


def test_a_child_of_a_killed_trainer_holds_no_lock() -> None:
    """As a data loader's worker, which notices seconds later that its parent is gone."""
    run = a_run()
    with subprocess.Popen([sys.executable, "-c", FORK], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as trainer:
        assert trainer.stdout is not None and trainer.stdout.readline() == b"held\n"
        with pytest.raises(HftermError, match=f"by pid {trainer.pid}"), run.lock():
            pass
        trainer.kill()
        trainer.wait()
        with run.lock():
            pass


def test_nothing_heavy_is_imported() -> None:
    code = "import sys; from hfterm import runs; runs.all_runs(); print([m for m in sys.modules if '.' not in m])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    heavy = {"torch", "transformers", "datasets", "huggingface_hub", "peft", "rich", "click", "numpy", "psutil"}
    assert not heavy & set(eval(found))
