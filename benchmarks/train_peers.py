"""Fine-tuning by ``hfterm train sft`` against LLaMA-Factory and Axolotl at the same settings, interleaved.

    python benchmarks/train_peers.py MODEL [--llamafactory BIN] [--axolotl BIN] [--rounds 2] [--steps 4 16]

MODEL is a folder of SmolLM2-135M-Instruct. Each program trains a LoRA of rank 16 on all linear layers in float32,
batches of 2, on the same 64 records under the model's own chat template, every step logged, on one thread. BIN is a
program's folder of executables (an environment each: all three pin other versions). Every program runs for two
numbers of steps; the difference is what a step costs, whatever the program does before and after. CPU seconds, so
that a busy machine disturbs little. Prints a Markdown table of medians.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

BATCH, RANK = 2, 16


class Taken(NamedTuple):
    """One process: its CPU seconds (children included) and the peak memory of the largest."""

    cpu: float
    peak_mib: float


def run(argv: list[str], folder: Path) -> Taken:
    """A program to its end."""
    env = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "HFTERM_HOME": str(folder / "home")}
    env |= {"AXOLOTL_DO_NOT_TRACK": "1", "DO_NOT_TRACK": "1", "CUDA_VISIBLE_DEVICES": "", "HF_HOME": str(folder / "hf")}
    with open(folder / "log", "wb") as log:
        child = subprocess.Popen(argv, env=env, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{argv[0]} ended with {child.returncode}:\n{(folder / 'log').read_text()[-3000:]}")
    return Taken(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def hfterm(model: str, steps: int, folder: Path) -> list[str]:
    """hfterm's own command."""
    words = f"--max-steps {steps} --per-device-train-batch-size {BATCH} --peft-set r={RANK} --logging-steps 1"
    more = f"--peft-set lora_alpha={2 * RANK} --save-steps 100000 --learning-rate 2e-4 --device cpu --dtype float32"
    command = [str(Path(sys.executable).parent / "hfterm"), "train", "sft", model, str(folder / "data.jsonl")]
    return [*command, *words.split(), *more.split()]


def llamafactory(bin_folder: str, model: str, steps: int, folder: Path) -> list[str]:
    """LLaMA-Factory's command, on a recipe of the same settings."""
    rows = [json.loads(line) for line in (folder / "data.jsonl").read_text().splitlines()]
    rows = [{"instruction": row["prompt"], "input": "", "output": row["completion"]} for row in rows]
    (folder / "boats.json").write_text(json.dumps(rows))
    (folder / "dataset_info.json").write_text(json.dumps({"boats": {"file_name": "boats.json"}}))
    asked = {
        **{"model_name_or_path": model, "stage": "sft", "do_train": True, "finetuning_type": "lora"},
        **{"lora_target": "all", "lora_rank": RANK, "lora_alpha": 2 * RANK, "dataset_dir": str(folder)},
        **{"dataset": "boats", "template": "smollm2", "cutoff_len": 1024, "output_dir": str(folder / "lf")},
        **{"overwrite_output_dir": True, "per_device_train_batch_size": BATCH, "gradient_accumulation_steps": 1},
        **{"max_steps": steps, "learning_rate": 2e-4, "logging_steps": 1, "save_steps": 100000, "report_to": "none"},
        **{"use_cpu": True, "disable_gradient_checkpointing": True, "lr_scheduler_type": "linear"},
    }
    (folder / "lf.yaml").write_text(json.dumps(asked))
    return [f"{bin_folder}/llamafactory-cli", "train", str(folder / "lf.yaml")]


def axolotl(bin_folder: str, model: str, steps: int, folder: Path) -> list[str]:
    """Axolotl's command, on a recipe of the same settings."""
    rows = [json.loads(line) for line in (folder / "data.jsonl").read_text().splitlines()]
    turns = [[("user", row["prompt"]), ("assistant", row["completion"])] for row in rows]
    talks = [{"messages": [{"role": who, "content": text} for who, text in talk]} for talk in turns]
    (folder / "talks.jsonl").write_text("".join(json.dumps(talk) + "\n" for talk in talks))
    asked = {
        **{"base_model": model, "adapter": "lora", "lora_r": RANK, "lora_alpha": 2 * RANK, "lora_target_linear": True},
        "datasets": [{"path": str(folder / "talks.jsonl"), "type": "chat_template", "ds_type": "json"}],
        **{"chat_template": "tokenizer_default", "dataset_prepared_path": str(folder / "prepared")},
        **{"output_dir": str(folder / "axolotl"), "sequence_len": 1024, "micro_batch_size": BATCH, "max_steps": steps},
        **{"gradient_accumulation_steps": 1, "learning_rate": 2e-4, "optimizer": "adamw_torch", "logging_steps": 1},
        **{"bf16": False, "fp16": False, "tf32": False, "use_cpu": True, "gradient_checkpointing": False},
        **{"flash_attention": False, "sample_packing": False, "val_set_size": 0, "save_strategy": "no"},
        # Its own kernels are for CUDA alone, and on unless refused.
        **{"lora_mlp_kernel": False, "lora_qkv_kernel": False, "lora_o_kernel": False},
    }
    (folder / "axolotl.yaml").write_text(json.dumps(asked))
    return [f"{bin_folder}/python", "-m", "axolotl.cli.train", str(folder / "axolotl.yaml")]


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--llamafactory")
    parser.add_argument("--axolotl")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--steps", type=int, nargs=2, default=(4, 16))
    asked = parser.parse_args()
    programs: dict[str, Callable[[str, int, Path], list[str]]] = {"hfterm train sft": hfterm}
    if asked.llamafactory:
        programs["LLaMA-Factory"] = lambda *rest: llamafactory(asked.llamafactory, *rest)
    if asked.axolotl:
        programs["Axolotl"] = lambda *rest: axolotl(asked.axolotl, *rest)
    few, many = asked.steps
    taken: dict[str, list[tuple[float, float, float]]] = {who: [] for who in programs}
    for _ in range(asked.rounds):
        for who, command in programs.items():
            runs = []
            for steps in (few, many):
                with tempfile.TemporaryDirectory() as name:
                    folder = Path(name)
                    lines = [(n, n * 7 % 50) for n in range(64)]
                    rows = [
                        {"prompt": f"How many boats lie in harbour number {n}?", "completion": f"{k} boats lie there."}
                        for n, k in lines
                    ]
                    (folder / "data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
                    runs.append(run(command(asked.model, steps, folder), folder))
            a_step = (runs[1].cpu - runs[0].cpu) / (many - few)
            taken[who].append((a_step, runs[0].cpu - few * a_step, runs[1].peak_mib))
    middle = {who: [statistics.median(column) for column in zip(*them, strict=True)] for who, them in taken.items()}
    ours = middle["hfterm train sft"]
    print("| program | CPU s a step | beside the steps, CPU s | peak MiB | a step against hfterm's |")
    print("|---|---:|---:|---:|---:|")
    for who, (a_step, rest, peak) in middle.items():
        print(f"| {who} | {a_step:.2f} | {rest:.1f} | {peak:.0f} | {a_step / ours[0]:.2f} |")


if __name__ == "__main__":
    main()
