"""``hfterm peft methods|params|info`` in real processes."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from support.cli import Hfterm
from support.tiny import tiny_model


def test_methods(hfterm: Hfterm) -> None:
    shown = hfterm("peft", "methods", "vera", "-f", "tsv", check=0)
    assert shown.stdout.startswith("setting\ttype\tdefault\thelp\nr\tint\t256\t")
    assert shown.stderr.startswith("reading PEFT ") and shown.stderr.count("\n") == 1
    # PEFT is read once; now nothing heavy is imported.
    every = hfterm("peft", "methods", "-f", "json", check=0)
    rows = {row["method"]: row for row in json.loads(every.stdout)}
    assert not every.stderr and len(rows) > 45 and "clm" in rows["lora"]["tasks"] and not rows["xlora"]["runs"]
    why = hfterm("peft", "methods", "x-lora", check=2).stderr + hfterm("peft", "methods", "xlora", "-q").stderr
    assert "no such PEFT method 'x-lora'; did you mean" in why


def test_params_of_a_cached_repository_needs_its_config_alone(hfterm: Hfterm, tmp_path: Path) -> None:
    base = tiny_model(tmp_path / "base")
    repo = tmp_path / "cache" / "models--org--tiny"
    snapshot = repo / "snapshots" / ("a" * 40)
    snapshot.mkdir(parents=True)
    (repo / "refs").mkdir()
    (repo / "refs" / "main").write_text("a" * 40)
    (snapshot / "config.json").write_bytes((base / "config.json").read_bytes())
    env = {"HF_HUB_CACHE": str(tmp_path / "cache"), "HF_HUB_OFFLINE": "1"}
    done = hfterm("peft", "params", "org/tiny", "--peft", "ia3", "--each", "-f", "csv", env=env, check=0)
    assert done.stdout.startswith("module,kind,trainable,all\nmodel.layers.0.self_attn.k_proj,Linear,16,528\n")
    assert not done.stderr
    assert "no such file or folder" in hfterm("peft", "params", "./nope", check=3).stderr
    wrong = hfterm("peft", "params", base, "--peft-set", "r", check=2)
    assert wrong.stderr == "hfterm: --peft-set r: not KEY=VALUE\n"


def test_info(hfterm: Hfterm, tmp_path: Path) -> None:
    names = {f"base_model.model.layers.0.up.lora_{half}.weight": torch.ones(2, 2) for half in "AB"}
    save_file(names, tmp_path / "adapter_model.safetensors")
    config = {"peft_type": "LORA", "r": 2, "lora_alpha": 2, "target_modules": ["up"]}
    (tmp_path / "adapter_config.json").write_text(json.dumps(config))
    done = hfterm("peft", "info", tmp_path, "-f", "json", check=0)
    assert json.loads(done.stdout)["update"] == 4 and not done.stderr
    each = hfterm("peft", "info", tmp_path, "--each", "-f", "csv", check=0).stdout
    header = "module,rank,scaling,parameters,norm,update,layer,tensors\n"
    assert each == f"{header}layers.0.up,2,1.0,8,2.8284271247461903,4.0,0,2\n"
    layers = hfterm("peft", "info", tmp_path, "--layers", "-f", "csv", check=0).stdout
    assert layers == "layer,modules,parameters,norm,update,dead\n0,1,8,2.8284271247461903,4.0,0\n"
    shown = hfterm("peft", "info", tmp_path, "-f", "table", env={"COLUMNS": "80"}, check=0).stdout
    assert max(map(len, shown.splitlines())) <= 80 and "by_layer         \u2588 4 to 4" in shown
    (tmp_path / "adapter_config.json").write_text(json.dumps({**config, "r": 4}))
    broken = hfterm("peft", "info", tmp_path, "-f", "json", check=6)
    assert json.loads(broken.stdout)["problems"] and "has rank 2, adapter_config.json says 4" in broken.stderr
    assert "no run named 'x'" in hfterm("peft", "info", "run:x", check=3).stderr
