"""``hfterm train sft`` in real processes, killed, starved and misled."""

import fcntl
import json
import os
import resource
import select
import shutil
import signal
import subprocess
import termios
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from support.cli import Hfterm
from support.tiny import facts_file, tiny_model

# Big steps, so that something is learned in few.
FAST = ("--learning-rate", "2e-2", "--progress", "none")


class Place:
    """A model, data and an hfterm to train with."""

    def __init__(self, hfterm: Hfterm, folder: Path) -> None:
        self.hfterm = hfterm
        self.model = tiny_model(folder / "tiny")
        self.data = facts_file(folder / "facts.jsonl", repeat=4)
        self.runs = hfterm.home / "hfterm" / "runs"

    def args(self, name: str, *more: str) -> list[str | Path]:
        return ["train", "sft", self.model, self.data, "--name", name, *FAST, *more]

    def status(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.runs / name / "status.json").read_text())
        return found

    def events(self, name: str, event: str) -> list[dict[str, Any]]:
        rows = map(json.loads, (self.runs / name / "events.jsonl").read_text().splitlines())
        return [row for row in rows if row["event"] == event]

    def start(self, *args: str | Path) -> "subprocess.Popen[bytes]":
        return self.hfterm.popen(*args, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def wait_for_step(self, name: str, step: int, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            assert process.poll() is None, process.communicate()
            try:
                if any(row["step"] >= step for row in self.events(name, "log")):
                    return
            except (FileNotFoundError, ValueError):
                pass
            time.sleep(0.01)
        raise AssertionError(f"step {step} never came")


@pytest.fixture
def place(hfterm: Hfterm, tmp_path: Path) -> Place:
    return Place(hfterm, tmp_path)


def test_a_run_from_start_to_output(place: Place) -> None:
    done = place.hfterm(*place.args("demo", "--max-steps", "60"), "-f", "json", check=0)
    result = json.loads(done.stdout)
    output = place.runs / "demo" / "output"
    assert result["path"] == str(output) and result["steps"] == 60
    assert done.stderr == ""
    losses = [row["loss"] for row in place.events("demo", "log")]
    assert len(losses) == 60 and losses[-1] < losses[0] - 0.1
    assert result["final_loss"] == losses[-1] and 0 < result["trainable_parameters"] < result["parameters"]
    assert {"adapter_model.safetensors", "adapter_config.json", "tokenizer.json", "chat_template.jinja"} <= {
        p.name for p in output.iterdir()
    }
    assert json.loads((output / "adapter_config.json").read_text())["base_model_name_or_path"] == str(place.model)
    assert "step 60 of 60: loss" in (place.runs / "demo" / "log.txt").read_text()
    assert place.status("demo")["state"] == "done"
    # The reference reaches it, and a finished run is only reported, without torch.
    place.hfterm("chat", "run:demo", "-p", "Who?", "--max-new-tokens", "1", check=0)
    again = place.hfterm("train", "sft", "--resume", "--name", "demo", check=0, env={"PYTHONPROFILEIMPORTTIME": "1"})
    assert again.stdout == f"{output}\n" and "run 'demo' is finished already" in again.stderr
    assert "| torch\n" not in again.stderr
    taken = place.hfterm(*place.args("demo"), check=2)
    assert taken.stderr == "hfterm: a run named 'demo' exists; add --resume to continue it, or choose another --name\n"


def test_all_weights_can_be_tuned(place: Place) -> None:
    path = place.hfterm(*place.args("full", "--peft", "none", "--max-steps", "3"), check=0).stdout.strip()
    assert {"model.safetensors", "config.json"} <= {p.name for p in Path(path).iterdir()}
    assert (Path(path) / "model.safetensors").stat().st_mode & 0o777 == (
        place.model / "config.json"
    ).stat().st_mode & 0o777
    place.hfterm("chat", path, "-p", "Who?", "--max-new-tokens", "1", check=0)


def test_killed_and_resumed_equals_uninterrupted(place: Place) -> None:
    more = ("--max-steps", "80", "--save-steps", "10", "--peft-set", "lora_dropout=0.1")
    place.hfterm(*place.args("whole", *more), check=0)
    process = place.start(*place.args("killed", *more))
    place.wait_for_step("killed", 25, process)
    process.kill()
    process.communicate()
    assert place.hfterm("train", "ls", "-f", "json").stdout.count('"lost"') == 1
    # What a kill in mid-save leaves: a folder that the Trainer alone would take for the newest checkpoint.
    newest = max((place.runs / "killed" / "checkpoints").iterdir(), key=lambda p: int(p.name.rpartition("-")[2]))
    torn = newest.parent / "checkpoint-99"
    torn.mkdir()
    (torn / "trainer_state.json").write_bytes((newest / "trainer_state.json").read_bytes()[:100])
    done = place.hfterm("train", "sft", "--resume", "--name", "killed", "--progress", "none", check=0)
    assert "checkpoint-99 half-written, so left out" in done.stderr
    begun = place.events("killed", "begin")
    assert begun[0]["step"] == 0 and begun[1]["step"] >= 20 and begun[1]["step"] % 10 == 0
    weights = [
        (place.runs / name / "output" / "adapter_model.safetensors").read_bytes() for name in ("whole", "killed")
    ]
    assert weights[0] == weights[1]
    last = [place.events(name, "log")[-1] for name in ("whole", "killed")]
    assert (last[0]["step"], last[0]["loss"]) == (last[1]["step"], last[1]["loss"])


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)])
def test_stopped_by_a_signal_it_saves_and_resumes(place: Place, number: signal.Signals, code: int) -> None:
    process = place.start(*place.args("run", "--num-train-epochs", "500"))
    place.wait_for_step("run", 5, process)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (code, b"")
    step = place.status("run")["step"]
    assert f"run 'run' stopped at step {step}; resume with: hfterm train sft --resume --name run\n" in err.decode()
    assert place.status("run")["state"] == "stopped" and place.status("run")["exit_code"] == code
    assert f"checkpoint-{step}" in os.listdir(place.runs / "run" / "checkpoints")
    resumed = place.start("train", "sft", "--resume", "--name", "run", "--progress", "none")
    place.wait_for_step("run", step + 3, resumed)
    # One run, one trainer.
    second = place.hfterm("train", "sft", "--resume", "--name", "run", "--progress", "none", check=1)
    assert f"run 'run' is being trained by pid {resumed.pid}; follow it" in second.stderr
    assert place.status("run")["state"] == "running"
    for _ in range(2):  # the second one does not wait for the step
        resumed.send_signal(number)
    resumed.communicate(timeout=60)
    assert resumed.returncode == code
    changed = place.hfterm(*place.args("run", "--num-train-epochs", "500"), "--resume", "--max-steps", "9", check=2)
    assert "run 'run' began with --max-steps None, not 9" in changed.stderr
    facts_file(place.data, repeat=5)
    other = place.hfterm("train", "sft", place.model, place.data, "--resume", "--name", "run", check=2)
    assert "began with other data" in other.stderr


def test_a_terminal_that_hangs_up_loses_nothing(place: Place) -> None:
    master, slave = os.openpty()
    args = ["train", "sft", place.model, place.data, "--name", "run", "--num-train-epochs", "500"]
    streams = {"stdin": slave, "stdout": slave, "stderr": slave}
    process = place.hfterm.popen(*args, **streams, start_new_session=True, preexec_fn=take_terminal)
    os.close(slave)
    # Its bars must be read, or the terminal's buffer fills up and it waits.
    reader = threading.Thread(target=read_all, args=(master,), daemon=True)
    reader.start()
    place.wait_for_step("run", 5, process)
    os.kill(process.pid, signal.SIGSTOP)
    reader_done.set()
    reader.join()
    os.close(master)
    os.kill(process.pid, signal.SIGCONT)
    assert process.wait(timeout=60) == 143
    assert place.status("run")["state"] == "stopped"
    assert f"checkpoint-{place.status('run')['step']}" in os.listdir(place.runs / "run" / "checkpoints")


reader_done = threading.Event()


def read_all(terminal: int) -> None:
    while not reader_done.is_set():
        if select.select([terminal], [], [], 0.05)[0]:
            os.read(terminal, 65536)


def take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def test_records_on_standard_input_are_kept_for_a_resume(place: Place) -> None:
    done = place.hfterm(
        "train",
        "sft",
        place.model,
        "-",
        "--name",
        "piped",
        *FAST,
        "--max-steps",
        "2",
        stdin=place.data.read_bytes(),
        check=0,
    )
    run = place.runs / "piped"
    assert done.stdout == f"{run / 'output'}\n"
    assert (run / "data").read_bytes() == place.data.read_bytes()
    assert not list(place.runs.glob(".*")), "no spool is left"


def test_evaluated_and_resumed_from_elsewhere(place: Place) -> None:
    """Relative names, and the best checkpoint by eval_loss; a finished training whose output is gone is not redone."""
    folder = place.model.parent
    args = ["train", "sft", "tiny", "facts.jsonl", "--eval-data", "facts.jsonl", "--name", "run", *FAST]
    more = ["--max-steps", "20", "--save-steps", "5", "--set", "max_grad_norm=0.5"]
    done = place.hfterm(*args, *more, cwd=folder, check=0)
    assert done.stderr == "'tiny' is the one here; for the Hub's write hf://tiny\n"
    assert [e["step"] for e in place.events("run", "eval")] == [5, 10, 15, 20]
    shown = json.loads(place.hfterm("train", "show", "run", "-f", "json", check=0).stdout)
    assert shown["best"] in shown["checkpoints"] and shown["checkpoints"][-2:] == [15, 20]
    output = place.runs / "run" / "output"
    weights = (output / "adapter_model.safetensors").read_bytes()
    shutil.rmtree(output)
    status = place.status("run")
    (place.runs / "run" / "status.json").write_text(json.dumps({**status, "state": "stopped"}))
    resumed = place.hfterm("train", "sft", "--resume", "--name", "run", "--progress", "none", cwd=Path("/"), check=0)
    assert resumed.stdout == f"{output}\n" and resumed.stderr == "run 'run' goes on from step 20 of 20\n"
    assert (output / "adapter_model.safetensors").read_bytes() == weights
    again = place.hfterm(*args, *more, "--resume", cwd=folder, check=0)
    assert "finished already" in again.stderr


def test_a_dry_run_counts_and_writes_nothing(place: Place) -> None:
    done = place.hfterm(*place.args("plan"), "-n", "--max-length", "20", "-f", "json", check=0)
    plan = json.loads(done.stdout)
    assert plan["data"]["records"] == 24 and plan["max_steps"] == 18 and plan["recipe"]["learning_rate"] == 0.02
    assert plan["data"]["truncated"] > 0
    assert f"{plan['data']['truncated']} of 24 examples cut off at --max-length 20 tokens" in done.stderr
    assert not place.runs.exists()


def limit_file_size() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


def test_a_full_disk_is_told_and_survived(place: Place) -> None:
    args = place.args("full", "--max-steps", "20", "--save-steps", "10")
    process = place.hfterm.popen(*args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit_file_size)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (1, b"")
    assert err.decode().startswith("hfterm: no space left on device") and err.count(b"\n") == 1
    assert os.listdir(place.runs / "full" / "checkpoints") == [], "what was half-written gives its space back"
    assert place.status("full")["state"] == "failed"
    assert place.status("full")["error"].startswith("no space left on device")
    place.hfterm("train", "sft", "--resume", "--name", "full", "--progress", "none", check=0)


def test_a_loss_that_is_no_number_fails(place: Place) -> None:
    done = place.hfterm(*place.args("nan", "--learning-rate", "1e30"), check=1)
    assert done.stderr.startswith("hfterm: training diverged at step ")
    assert ": the loss became NaN on records " in done.stderr
    assert f" of {place.data}; lower --learning-rate" in done.stderr
    assert place.status("nan")["state"] == "failed"
    # It never saved anything: the name is free again.
    again = place.hfterm(*place.args("nan", "--max-steps", "1"), check=0)
    assert again.stderr == "the earlier run 'nan' (failed without a checkpoint) makes way\n"


BAD = [
    (
        ("--set", "max_grad_nrm=1"),
        2,
        "--set max_grad_nrm: SFTConfig has no such field; did you mean 'max_grad_norm'?",
    ),
    (("--peft", "lorra"), 2, "no such PEFT method 'lorra'; did you mean 'lora' or 'xlora'?"),
    (("--max-steps", "0"), 2, "--max-steps must be above 0, not 0"),
    (("--device", "tpu"), 2, "no such device 'tpu'; choose auto, cpu, cuda, cuda:N or mps"),
    (("--name", "../x"), 2, "'../x' cannot be a run's name; use letters, digits"),
    (("--eval-data", "nope.jsonl"), 3, "no such file"),
]


@pytest.mark.parametrize(("args", "code", "words"), BAD, ids=[" ".join(args) for args, _, _ in BAD])
def test_wrong_options(place: Place, args: tuple[str, ...], code: int, words: str) -> None:
    done = place.hfterm("train", "sft", place.model, place.data, *args, "--progress", "none", check=code)
    assert done.stderr.startswith(f"hfterm: {words}") and done.stderr.count("\n") == 1
    assert not place.runs.exists() or not list(place.runs.iterdir())


DATA = [
    (b'{"question": "a", "answer": "b"}\n{"torn\n', 6, "line 2 is not JSON"),
    (
        b'{"question": "a", "answer": "b"}\n{"foo": 1}\n',
        6,
        "record 2: no conversation in it: the record has the field 'foo'",
    ),
    (b"", 6, "it holds no records"),
    (b'{"question": "a", "answer": "b"}\n\xff\xfe\n', 6, "line 2 is not UTF-8"),
]


@pytest.mark.parametrize(("content", "code", "words"), DATA, ids=["torn", "columns", "empty", "bytes"])
def test_wrong_data(place: Place, content: bytes, code: int, words: str) -> None:
    place.data.write_bytes(content)
    done = place.hfterm(*place.args("x"), check=code)
    assert words in done.stderr and str(place.data) in done.stderr and done.stderr.count("\n") == 1
    assert list(place.runs.iterdir()) == []


def test_skip_bad_leaves_out_and_says_so(place: Place) -> None:
    place.data.write_bytes(b'{"question": "a", "answer": "b"}\n{"torn\n{"foo": 1}\n')
    done = place.hfterm(*place.args("x", "--skip-bad", "--max-steps", "1"), check=0)
    assert f"{place.data}: 2 records left out (--skip-bad)" in done.stderr


def test_wrong_models(place: Place) -> None:
    for model, code, words in (
        ("./nope", 3, "no such file or folder: './nope'"),
        ("nobody/nothing", 3, "HF_HUB_OFFLINE is set"),
        ("run:nope", 3, "no run named 'nope'"),
    ):
        done = place.hfterm("train", "sft", model, place.data, check=code)
        assert words in done.stderr and done.stderr.count("\n") == 1
    weights = place.model / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    assert "half-written" in place.hfterm(*place.args("x"), check=1).stderr
    weights.unlink()
    (place.model / "pytorch_model.bin").write_bytes(b"x")
    assert "pickled weights" in place.hfterm(*place.args("x"), check=4).stderr


def test_missing_arguments(hfterm: Hfterm) -> None:
    assert "no MODEL named" in hfterm("train", "sft", check=2).stderr
    assert "--resume needs --name" in hfterm("train", "sft", "--resume", check=2).stderr
    assert "no run named 'x' to resume" in hfterm("train", "sft", "--resume", "--name", "x", check=3).stderr
