"""What `hfterm mem` predicts, against PEFT's published table and against real memory.

`python benchmarks/memory.py` prints both tables (about 2 CPU minutes); `python benchmarks/memory.py --real ...` is the
child process that trains for the second.

The published table: huggingface/peft, README of 2022-12-29 (commit 5de175184; the bloomz row 73d7224b5), MiB / 1000;
batch 8, float32, no checkpointing, tweets padded to the longest of a batch, torch AdamW of 2022.
"""

import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

LORA = {"r": 8, "lora_alpha": 32, "lora_dropout": 0.1}
# Model, published: full, LoRA, LoRA with offload on the GPU and in main memory; None: out of memory on 80 GB.
PUBLISHED: list[tuple[str, float | None, float, float, float]] = [
    ("bigscience/T0_3B", 47.14, 14.4, 9.8, 17.8),
    ("bigscience/mt0-xxl", None, 56, 22, 52),
    ("bigscience/bloomz-7b1", None, 32, 18.1, 35),
]
REAL = [("HuggingFaceTB/SmolLM2-135M", "none", 2, 64), ("HuggingFaceTB/SmolLM2-135M", "none", 4, 128),
        ("HuggingFaceTB/SmolLM2-135M", "lora", 4, 128), ("openai-community/gpt2", "none", 4, 128),
        ("openai-community/gpt2", "lora", 4, 128)]  # fmt: skip


def asked(model: str, peft: str, length: int) -> Any:
    """The script's settings."""
    from hfterm.mem.ask import Ask

    return Ask(
        model, peft=peft, peft_set=LORA if peft == "lora" else {}, peft_defaults=False, batch=8, length=length,
        target_length=5, dtype="float32", attention="eager", optimizer="adamw_torch", foreach=False, plain_loop=True,
    )  # fmt: skip


def predicted(model: str, length: int, full: bool = True) -> dict[str, tuple[int, int]]:
    """Bytes of the GPU as torch counts them, and of main memory, for each column."""
    from hfterm.mem.build import source
    from hfterm.mem.plan import Planner
    from hfterm.mem.strategies import Strategy
    from hfterm.mem.zero3 import DEFAULTS

    ask = asked(model, "lora", length)
    planner = Planner(ask, source(ask))
    offload = Strategy("offload", 3, offload=("optimizer", "params"))
    found = {
        "LoRA": planner.row(Strategy("plain"), None).need,
        "LoRA, offload": planner.row(offload, None, replace(DEFAULTS, gathers_alone=True)).need,
    }
    if full:
        ask = replace(asked(model, "none", length))
        found["full"] = Planner(ask, source(ask)).row(Strategy("plain"), None).need
    return {name: (need.allocated, need.host) for name, need in found.items()}


def table() -> None:
    """Print predicted against published."""
    print("| model | column | published | at 56 tokens | error | at 64 tokens | error |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for model, full, lora, device, host in PUBLISHED:
        short, long = predicted(model, 56), predicted(model, 64)
        rows = [("full", full, 0), ("LoRA", lora, 0), ("LoRA, offload", device, 0), ("LoRA, offload", host, 1)]
        for name, told, which in rows:
            cells = []
            for found in (short, long):
                size = found[name][which] / 2**20 / 1000
                cells += [f"{size:.2f}", "fits not" if told is None and size > 81.92 else
                          "fits" if told is None else f"{100 * (size / told - 1):+.1f} %"]  # fmt: skip
            label = f"{name}, main memory" if which else name
            print(f"| {model} | {label} | {'OOM' if told is None else told} | {' | '.join(cells)} |", flush=True)


def real() -> None:
    """Print predicted against the growth of a process that trains on the CPU with random weights."""
    from hfterm.mem.ask import Ask
    from hfterm.mem.build import source
    from hfterm.mem.plan import Planner
    from hfterm.mem.strategies import Strategy

    print("\n| model | method | batch | length | predicted MiB | measured MiB | ratio |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for model, peft, batch, length in REAL:
        ask = Ask(model, peft=peft, batch=batch, length=length, dtype="float32", attention="eager",
                  optimizer="adamw_torch", task="clm")  # fmt: skip
        said = Planner(ask, source(ask)).row(Strategy("plain"), None).need.allocated / 2**20
        env = {**os.environ, "MALLOC_MMAP_THRESHOLD_": "65536", "OMP_NUM_THREADS": "1"}
        done = subprocess.run([sys.executable, __file__, "--real", model, peft, str(batch), str(length)], env=env,
                              capture_output=True, text=True, check=True)  # fmt: skip
        grown = json.loads(done.stdout.splitlines()[-1]) / 2**20
        print(f"| {model} | {peft} | {batch} | {length} | {said:.0f} | {grown:.0f} | {said / grown:.2f} |", flush=True)


def train(model: str, peft: str, batch: int, length: int) -> None:
    """Two steps for real; print by how many bytes this process grew at its largest."""
    import torch
    from transformers import AutoModelForCausalLM

    from hfterm.mem.ask import Ask
    from hfterm.mem.build import peft_config, source

    ask = Ask(model, peft=peft, dtype="float32", task="clm")
    config = source(ask).config
    config.use_cache = False
    if peft != "none":
        import peft as library
    warm = torch.nn.Linear(8, 8)
    warm(torch.zeros(2, 8)).sum().backward()
    before = _status("VmRSS")
    net = AutoModelForCausalLM.from_config(config, attn_implementation="eager", dtype=torch.float32)
    if peft != "none":
        net = library.get_peft_model(net, peft_config(ask, "clm"))
    trained = [p for p in net.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-3, foreach=True)
    ids = torch.randint(0, 1000, (batch, length))
    net.train()
    for _ in range(2):
        net(input_ids=ids, attention_mask=torch.ones_like(ids), labels=ids).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    print(_status("VmHWM") - before)


def _status(key: str) -> int:
    with open("/proc/self/status") as stream:
        return next(int(line.split()[1]) * 1024 for line in stream if line.startswith(key))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--real"]:
        train(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
    else:
        table()
        real()
