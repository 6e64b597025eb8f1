"""``hfterm peft combine|diff|rescale|extract|add`` in real processes, on a toy whose answers are known by hand."""

import json
import os
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from hfterm import cli
from hfterm.peft.arith.combine import HOWS, SIGNS
from support.adapters import added, by_hand
from support.cli import Hfterm
from support.tiny import tiny_model

UP = "model.layers.0.up"
ONE = {UP: ([[1.0, 0.0]], [[2.0], [0.0]])}
TWO = {UP: ([[0.0, 1.0]], [[0.0], [4.0]])}


def test_the_choices_are_the_librarys() -> None:
    choices = {p.name: tuple(getattr(p.type, "choices", ())) for p in cli.load(("peft", "combine")).params}
    assert choices["how"] == HOWS and choices["majority_sign_method"] == SIGNS


def test_combine_compare_and_weaken(hfterm: Hfterm, tmp_path: Path) -> None:
    home = hfterm.home
    by_hand(home / "a", ONE)
    by_hand(home / "b", TWO)
    # The adapters' names come on standard input, the folder's goes to standard output.
    done = hfterm("peft", "combine", "--how", "cat", "-o", "sum", stdin="./a=0.5\n./b=-2\n", check=0)
    assert done.stdout == "sum\n" and "2 adapters of lora, 1 modules, rank 2" in done.stderr
    assert torch.equal(added(home / "sum", UP), torch.tensor([[1.0, 0.0], [0.0, -8.0]]))
    again = hfterm("peft", "combine", "./a", "-o", "sum", check=2)
    assert again.stderr == "hfterm: 'sum' exists and is not empty; choose another folder or add --overwrite\n"
    facts = json.loads(hfterm("peft", "combine", "./a=3", "-o", "sum", "--overwrite", "-f", "json", check=0).stdout)
    assert facts["path"] == "sum" and facts["adapters"] == {"./a": 3.0} and facts["difference"] < 1e-6
    differ = hfterm("peft", "diff", "./a", "sum", "-f", "jsonl", "--exit-code", check=1).stdout.splitlines()
    assert [json.loads(row)["kind"] for row in differ] == ["total", "module"]
    assert round(json.loads(differ[1])["b"], 5) == 6 and round(json.loads(differ[1])["cosine"], 5) == 1
    dry = hfterm("peft", "rescale", "./a", "--scale", "0.5", "-o", "half", "-n", check=0)
    assert dry.stdout == "" and "would write half" in dry.stderr and not (home / "half").exists()
    assert sorted(os.listdir(home)) == ["a", "b", "sum"], "no leftover"
    assert "'./a=x' is not ADAPTER=WEIGHT" in hfterm("peft", "combine", "./a=x", "-o", "no", check=2).stderr


def test_an_adapter_of_two_models_and_a_fresh_one(hfterm: Hfterm, tmp_path: Path) -> None:
    base = tiny_model(tmp_path / "base")
    tuned = tiny_model(tmp_path / "tuned")
    tensors = load_file(base / "model.safetensors")
    torch.manual_seed(0)
    for name in tensors:
        if name.endswith("proj.weight"):
            tensors[name] += torch.randn_like(tensors[name]) * 0.05
    save_file(tensors, tuned / "model.safetensors", metadata={"format": "pt"})
    done = hfterm("peft", "extract", base, tuned, "--rank", "32", "-o", "lora", "-f", "json", check=0)
    facts = json.loads(done.stdout)
    assert facts["kept"] == 1 and facts["drift"] < 1e-4 < facts["effect"] and "checked: drift" in done.stderr
    fresh = hfterm("peft", "add", base, "--peft-set", "r=2", "--seed", "5", "-o", "fresh", check=0)
    assert fresh.stdout == "fresh\n" and "448 numbers to train" in fresh.stderr
