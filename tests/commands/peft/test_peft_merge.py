"""``hfterm peft merge`` in real processes, on adapters made with PEFT itself."""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from signal import SIGKILL, SIGTERM

import pytest

from support.cli import Hfterm
from support.tiny import tiny_model

MAKE = """
import sys, torch
from transformers import AutoModelForCausalLM, AutoTokenizer, set_seed
import peft
base, target, kind = sys.argv[1:]
set_seed(1)
model = AutoModelForCausalLM.from_pretrained(base)
config = {
    "lora": lambda: peft.LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM"),
    "replicated": lambda: peft.LoraConfig(r=4, layer_replication=[[0, 2], [1, 2]], task_type="CAUSAL_LM"),
    "prompt": lambda: peft.PromptTuningConfig(num_virtual_tokens=4, task_type="CAUSAL_LM"),
}[kind]()
tuned = peft.get_peft_model(model, config)
with torch.no_grad():
    for p in tuned.parameters():
        if p.requires_grad:
            p.add_(torch.randn_like(p) * 0.1)
tuned.save_pretrained(target)
"""
SCALE = """
import sys
from safetensors.torch import load_file, save_file
weights = load_file(sys.argv[1])
save_file({k: v * 1e6 for k, v in weights.items()}, sys.argv[1], metadata={"format": "pt"})
"""


def make(base: Path, target: Path, kind: str = "lora") -> Path:
    env = {**os.environ, "HF_HUB_OFFLINE": "1"}
    subprocess.run([sys.executable, "-c", MAKE, base, target, kind], check=True, env=env, capture_output=True)
    return target


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tiny_model(tmp_path / "tiny")


@pytest.fixture
def adapter(base: Path, tmp_path: Path) -> Path:
    return make(base, tmp_path / "adapter")


def test_merged_and_checked(hfterm: Hfterm, base: Path, adapter: Path) -> None:
    # The adapter's name comes on standard input, the folder's goes to standard output.
    done = hfterm("peft", "merge", "-f", "json", stdin=f"{adapter}\n", check=0)
    facts = json.loads(done.stdout)
    merged = hfterm.home / "adapter-merged"
    assert facts["path"] == "adapter-merged" and facts["base"] == str(base) and facts["method"] == "lora"
    assert facts["drift"] < 1e-5 < facts["effect"] and facts["dtype"] == "float32"
    assert "checked: drift" in done.stderr
    assert (merged / "chat_template.jinja").read_bytes() == (base / "chat_template.jinja").read_bytes()
    assert (merged / "tokenizer.json").read_bytes() == (base / "tokenizer.json").read_bytes()
    assert hfterm("chat", merged, "-p", "Who?", "--max-new-tokens", "5", check=0).stdout == (
        hfterm("chat", adapter, "-p", "Who?", "--max-new-tokens", "5", check=0).stdout
    )
    refused = hfterm("peft", "merge", adapter, check=2)
    assert (
        refused.stderr == "hfterm: 'adapter-merged' exists and is not empty; choose another folder or add --overwrite\n"
    )
    back = hfterm("peft", "unload", merged, "--adapter", adapter, "--base", base, "-o", "back", "-f", "json", check=0)
    assert json.loads(back.stdout)["how"] == "unmerged" and json.loads(back.stdout)["base_drift"] < 1e-6
    assert (hfterm.home / "back" / "tokenizer.json").read_bytes() == (base / "tokenizer.json").read_bytes()
    whole = hfterm("peft", "merge", merged, check=2)
    assert "is a whole model, not an adapter" in whole.stderr
    inside = hfterm("peft", "merge", adapter, "-o", adapter, "--overwrite", check=2)
    assert "is read from there" in inside.stderr and (adapter / "adapter_config.json").exists()
    half = hfterm("peft", "merge", adapter, "--dtype", "bfloat16", "-o", "half", "-f", "json", check=0)
    assert json.loads((hfterm.home / "half" / "config.json").read_text())["dtype"] == "bfloat16"
    assert 1e-5 < json.loads(half.stdout)["drift"] < json.loads(half.stdout)["tolerance"] == 0.05


def test_beyond_the_tolerance_nothing_is_left(hfterm: Hfterm, adapter: Path) -> None:
    # A change too large for float16: the merged weights overflow, silently as far as PEFT goes.
    weights = adapter / "adapter_model.safetensors"
    subprocess.run([sys.executable, "-c", SCALE, weights], check=True)
    done = hfterm("peft", "merge", adapter, "--dtype", "float16", "-o", "out", "--progress", "none", check=6)
    assert (
        "is not finite as float16; nothing was written; choose another --dtype" in done.stderr
        and done.stderr.count("\n") == 1
    )
    assert os.listdir(hfterm.home) == [], "no output, no leftover"


def test_what_cannot_be_merged_is_refused(hfterm: Hfterm, base: Path, tmp_path: Path) -> None:
    replicated = make(base, tmp_path / "replicated", "replicated")
    assert "layer_replication" in hfterm("peft", "merge", replicated, check=2).stderr
    prompt = make(base, tmp_path / "prompt", "prompt")
    assert "PROMPT_TUNING learns a prompt" in hfterm("peft", "merge", prompt, check=2).stderr
    assert os.listdir(hfterm.home) == []


def test_wrong_adapters(hfterm: Hfterm, base: Path, adapter: Path, tmp_path: Path) -> None:
    assert "no such file or folder" in hfterm("peft", "merge", "./nope", check=3).stderr
    assert "no run named 'x'" in hfterm("peft", "merge", "run:x", check=3).stderr
    gone = hfterm("peft", "merge", adapter, "--base", "./nope", check=3)
    assert "no such file or folder: './nope'" in gone.stderr
    assert "is an adapter itself" in hfterm("peft", "merge", adapter, "--base", adapter, check=2).stderr
    config = json.loads((base / "config.json").read_text())
    other = tmp_path / "other"
    script = "import sys; from transformers import *; LlamaForCausalLM(LlamaConfig(**{**%r, 'hidden_size': 64})).save_pretrained(sys.argv[1])"
    subprocess.run([sys.executable, "-c", script % config, other], check=True, capture_output=True)
    (other / "tokenizer.json").write_bytes((base / "tokenizer.json").read_bytes())
    (other / "tokenizer_config.json").write_bytes((base / "tokenizer_config.json").read_bytes())
    misfit = hfterm("peft", "merge", adapter, "--base", other, "--progress", "none", "-q", check=6)
    assert "does not fit the base model" in misfit.stderr and misfit.stderr.count("\n") == 1
    (adapter / "adapter_model.safetensors").rename(adapter / "adapter_model.bin")
    assert "pickled weights" in hfterm("peft", "merge", adapter, check=4).stderr
    (base / "config.json").unlink()
    assert hfterm("peft", "merge", adapter, check=4).code == 4
    assert os.listdir(hfterm.home) == []


def limit_file_size() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))


def test_a_disk_that_takes_no_large_file_leaves_nothing(hfterm: Hfterm, adapter: Path) -> None:
    process = hfterm.popen(
        "peft", "merge", adapter, "--progress", "none", stderr=subprocess.PIPE, preexec_fn=limit_file_size
    )
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1 and err.count(b"\n") == 1 and b"choose a smaller --max-shard-size" in err
    assert os.listdir(hfterm.home) == []


def interrupted(hfterm: Hfterm, adapter: Path, shards: int, signal: int) -> int:
    """Merge into ``merged`` until so many files are written, then send a signal; the exit code."""
    shutil.rmtree(hfterm.home / "merged", ignore_errors=True)
    old = leftovers(hfterm)
    process = hfterm.popen("peft", "merge", adapter, "-o", "merged", "--max-shard-size", "8kB", "-q")
    while process.poll() is None:
        if any(len(list(path.glob("model-*"))) >= shards for path in leftovers(hfterm) if path not in old):
            process.send_signal(signal)
            break
        time.sleep(0.002)
    return process.wait(timeout=120)


def leftovers(hfterm: Hfterm) -> list[Path]:
    return [path for path in hfterm.home.iterdir() if path.name.startswith(".merged.")]


def test_a_killed_merge_leaves_nothing(hfterm: Hfterm, adapter: Path) -> None:
    for shards, signal, code in ((2, SIGKILL, -9), (1, SIGTERM, 143)):
        # One that was faster than the signal is done again.
        assert code in (interrupted(hfterm, adapter, shards, signal) for _ in range(10))
        assert not (hfterm.home / "merged").exists()
        end = time.monotonic() + 60
        while leftovers(hfterm) and time.monotonic() < end:  # its watcher removes what SIGKILL left
            time.sleep(0.05)
        assert leftovers(hfterm) == []
    done = hfterm("peft", "merge", adapter, "-o", "merged", "--verify", "layers", check=0)
    assert leftovers(hfterm) == [] and done.stdout == "merged\n"
    assert "layers against float64" in done.stderr and "drift" not in done.stderr
    assert not [p for p in (hfterm.home / "merged").iterdir() if p.name.startswith(".")]
