import json
from pathlib import Path

import pytest

from support.cli import Hfterm
from support.fakenvml.build import Machine
from support.fakenvml.fixtures import machine, nvml_library
from support.mem_models import LLAMA, folder

__all__ = ["machine", "nvml_library"]

SMALL = ["--max-length", "16", "--batch", "2"]


@pytest.fixture
def model(tmp_path: Path) -> str:
    return folder(tmp_path / "m", {**LLAMA, "num_hidden_layers": 1})


def test_rows_of_bytes_in_a_pipe(hfterm: Hfterm, model: str) -> None:
    done = hfterm("mem", model, *SMALL, "--gpus", "1x80G", "--zero", "1", check=0)
    row = json.loads(done.stdout)
    assert row["strategy"] == "ZeRO-1" and row["options"] == "--zero 1" and row["fits"] and row["chosen"]
    assert all(type(row[key]) is int for key in ("device", "host", "margin", "weights", "activations", "capacity"))
    assert row["device"] + row["margin"] == row["capacity"] == 80 * 2**30
    assert row["trainable"] == row["parameters"] and row["batch"] == 2


def test_exit_6_when_nothing_fits_here(hfterm: Hfterm, machine: Machine, model: str) -> None:
    # The smaller of the two counts.
    machine.set(gpus=2, total="8192,512")
    words = ["--for", "inference", "--dtype", "bfloat16", "-f", "table"]
    done = hfterm("mem", model, *SMALL, *words, env=machine.env, check=6)
    assert [line.split()[0] for line in done.lines[2:]] == ["bfloat16", "bfloat16,"]
    assert "nothing fits 2x0.5G: the least, bfloat16" in done.stderr and "needs 6" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--gpus", "four"], 2, "--gpus four: not a number of GPUs and their memory; write 80G, 4x80G, or here"),
        (["--gpus", "1x80G", "--host", "much"], 2, "not an amount of memory: 'much'"),
        (["--fit", "auto"], 2, "this machine has none; say which: --gpus 1x80G"),
        (["--host", "64G"], 2, "--host is the main memory beside GPUs"),
        (["--load-in", "4bit"], 2, "put an adapter on them: --peft lora"),
        (["--offload", "optimizer"], 2, "add --zero 3 or --fsdp"),
        (["--peft-set", "r"], 2, "--peft-set r: not KEY=VALUE"),
    ],
)
def test_words_that_make_no_sense(hfterm: Hfterm, model: str, words: list[str], code: int, said: str) -> None:
    done = hfterm("mem", model, *words, env={"CUDA_VISIBLE_DEVICES": ""})
    assert (done.code, done.stdout) == (code, "") and said in done.stderr.replace("\n", " ")


def test_models_that_are_not_there(hfterm: Hfterm, tmp_path: Path) -> None:
    assert hfterm("mem", "nobody/nothing", "--gpus", "80G").code == 3
    assert hfterm("mem", "./nowhere", "--gpus", "80G").code == 3
    done = hfterm("mem", "--gpus", "80G", check=2)
    assert "name a MODEL" in done.stderr
    assert hfterm("mem", tmp_path, "--gpus", "80G").code == 3
