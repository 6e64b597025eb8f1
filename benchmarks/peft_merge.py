"""`hfterm peft merge` against PEFT's own `merge_and_unload` and `save_pretrained`: seconds, memory, drift.

`python benchmarks/peft_merge.py MODEL` merges a random LoRA into a small model and into one of the shape of
Llama-2-7B with 4 layers (2.1 GB), each in a fresh process, in turns; `--whole` adds the one with all 32 layers
(13.5 GB on disk, twice) for hfterm alone. Everything is written below `--folder` and removed.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SHAPE = {"hidden_size": 4096, "intermediate_size": 11008, "num_attention_heads": 32, "vocab_size": 32000}
PEER = """
import sys, torch
from transformers import AutoModelForCausalLM
from peft import PeftModel
base, adapter, target = sys.argv[1:]
model = AutoModelForCausalLM.from_pretrained(base, dtype="auto")
merged = PeftModel.from_pretrained(model, adapter).merge_and_unload()
merged.save_pretrained(target)
"""


def random_model(folder: Path, layers: int) -> Path:
    """A model of that shape with random bfloat16 weights; returns its folder."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, LlamaConfig

    from hfterm.peft.merging import shards

    config = LlamaConfig(**SHAPE, num_hidden_layers=layers, tie_word_embeddings=False, dtype="bfloat16")
    config.architectures = ["LlamaForCausalLM"]
    config.save_pretrained(folder)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(folder))
    pool = (torch.randn(1 << 27, generator=torch.Generator().manual_seed(0)) * 0.02).to(torch.bfloat16)
    pieces = [shards.Piece(name, "BF16", tuple(p.shape)) for name, p in model.named_parameters()]
    starts = torch.Generator().manual_seed(1)

    def put(piece: shards.Piece, stream: Any) -> None:
        count = piece.bytes // 2
        start = int(torch.randint(0, max(1, len(pool) - count), (), generator=starts))
        numbers = pool.repeat(2)[:count] if count > len(pool) else pool[start : start + count]
        shards.put_tensor(numbers.abs() * 50 if len(piece.shape) == 1 else numbers, stream)

    shards.write(folder, shards.split(pieces, 5 * 10**9), put)
    return folder


def random_adapter(base: Path, folder: Path, rank: int = 16) -> Path:
    """A LoRA of all linear layers with random numbers, made without the base's weights; returns its folder."""
    import peft
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(base))
    config = peft.LoraConfig(r=rank, target_modules="all-linear", task_type="CAUSAL_LM")
    tuned = peft.get_peft_model(model, config)
    draw = torch.Generator().manual_seed(2)
    state = {
        name: torch.randn(tensor.shape, generator=draw) * 0.01
        for name, tensor in peft.get_peft_model_state_dict(tuned).items()
    }
    from safetensors.torch import save_file

    folder.mkdir()
    save_file(state, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    config.base_model_name_or_path = str(base)
    config.save_pretrained(folder)
    return folder


# A small process between: a child's peak is never less than what its parent had in memory when it began.
WATCH = """
import json, resource, subprocess, sys, time
began = time.monotonic()
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"code": done.returncode, "out": done.stdout, "cpu": used.ru_utime + used.ru_stime,
                  "wall": time.monotonic() - began, "peak": used.ru_maxrss * 1024 / 1e6}))
"""


def run(command: list[str]) -> dict[str, float]:
    """CPU seconds, wall seconds and peak resident MB of a fresh process."""
    env = {**os.environ, "HF_HUB_OFFLINE": "1"}
    done = subprocess.run([sys.executable, "-c", WATCH, *command], env=env, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    if found["code"]:
        raise SystemExit(f"{command} failed")
    figures = {name: float(found[name]) for name in ("cpu", "wall", "peak")}
    if found["out"].startswith("{"):
        figures["drift"] = json.loads(found["out"])["drift"] or 0.0
    return figures


def drift(base: Path, adapter: Path, merged: Path) -> float:
    """Largest difference of a merged weight from the sum in float64, as a share of its layer's largest.

    Of every seventh layer's seven matrices, and the last layer's.
    """
    import torch

    from hfterm.inference import folder
    from hfterm.peft import adapter as reading
    from hfterm.peft.merging.source import Source

    old, new = Source.of(folder.inspect(base)), Source.of(folder.inspect(merged))
    found = reading.read(str(adapter))
    halves = found.halves()
    last = max(int(half.module.split("layers.")[1].split(".")[0]) for half in halves)
    worst = 0.0
    for half in halves:
        number = int(half.module.split("layers.")[1].split(".")[0])
        if number % 7 and number != last:
            continue
        key = f"{half.module}.weight"
        delta = found.tensor(half.b).double() @ found.tensor(half.a).double() * half.scaling
        exact = old.tensor(key).double() + delta
        worst = max(worst, float((new.tensor(key).double() - exact).abs().max() / exact.abs().max()))
        assert torch.isfinite(exact).all()
    return worst


def compare(name: str, base: Path, place: Path, rounds: int, peer: bool = True) -> None:
    """Print a model's rows."""
    adapter = random_adapter(base, place / f"{base.name}-adapter")
    target = place / "merged"
    ours = [str(Path(sys.executable).parent / "hfterm"), "peft", "merge", str(adapter), "-o", str(target), "-f", "json"]
    ways = {"PEFT": [sys.executable, "-c", PEER, str(base), str(adapter), str(target)]} if peer else {}
    ways |= {f"hfterm, --verify {verify}": [*ours, "--verify", verify] for verify in ("none", "layers", "full")}
    found: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    drifts = {}
    for _ in range(rounds):
        for way, command in ways.items():
            found[way].append(run(command))
            drifts[way] = drift(base, adapter, target)
            shutil.rmtree(target)
    for way, rows in found.items():
        middle = {key: sorted(row[key] for row in rows)[len(rows) // 2] for key in rows[0]}
        told = f"{middle['drift']:.1e}" if middle.get("drift") else "-"
        print(
            f"| {name} | {way} | {middle['cpu']:.1f} | {middle['wall']:.1f} | {middle['peak']:,.0f} "
            f"| {drifts[way]:.1e} | {told} |",
            flush=True,
        )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path, help="a small model's folder, such as SmolLM2-135M-Instruct")
    parser.add_argument("--folder", type=Path, help="where to write (default: the temporary folder)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--whole", action="store_true", help="all 32 layers too: 27 GB of disk")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as place:
        print("| model | way | CPU s | wall s | peak MB | weights from float64 | outputs |")
        print("|---|---|---:|---:|---:|---:|---:|")
        compare(asked.model.name, asked.model, Path(place), asked.rounds)
        compare("7B shape, 4 layers", random_model(Path(place) / "four", 4), Path(place), asked.rounds)
        shutil.rmtree(Path(place) / "four")
        if asked.whole:
            compare("7B shape, 32 layers", random_model(Path(place) / "all", 32), Path(place), 1, peer=False)


if __name__ == "__main__":
    main()
