"""Fine-tuning by ``hfterm train sft`` against the same settings in a bare TRL script, interleaved.

    python benchmarks/train.py MODEL [ROUNDS] [STEPS]

MODEL is a folder of a causal language model with a chat template (the demo's SmolLM2 is one). Both train a LoRA of
rank 16 on all linear layers, in float32, batches of 2, on the same 64 records, and log every step. Prints a Markdown
table of medians: seconds from the start of the process to the end of step 1, tokens a second from step 2 on, CPU
seconds of the whole process, its peak memory; then what a logged step costs more than one that is not logged, and the
seconds from ``--resume`` to the first step after a checkpoint.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

HFTERM = str(Path(sys.executable).parent / "hfterm")
BATCH, RANK = 2, 16
BARE = """
import json, sys, time
import torch, trl
from peft import LoraConfig, get_peft_model
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
model, data, steps, rank, batch, out = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6]), sys.argv[6]
class Times(TrainerCallback):
    def on_step_end(self, args, state, control, **more):
        with open(out + "/times.jsonl", "a") as stream:
            stream.write(json.dumps({"t": time.time(), "step": state.global_step,
                                     "tokens": state.num_input_tokens_seen}) + "\\n")
rows = [json.loads(line) for line in open(data)]
rows = [{"prompt": [{"role": "user", "content": r["prompt"]}],
         "completion": [{"role": "assistant", "content": r["completion"]}]} for r in rows]
tuned = get_peft_model(AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32), LoraConfig(
    task_type="CAUSAL_LM", r=rank, lora_alpha=2 * rank, target_modules="all-linear"))
args = trl.SFTConfig(output_dir=out, max_steps=steps, per_device_train_batch_size=batch, learning_rate=2e-4,
    use_cpu=True, bf16=False, gradient_checkpointing=False, logging_steps=1, report_to="none", disable_tqdm=True,
    save_steps=100000, include_num_input_tokens_seen="non_padding", max_length=1024, warmup_steps=0.03,
    completion_only_loss=True, dataloader_pin_memory=False)
trl.SFTTrainer(model=tuned, args=args, train_dataset=Dataset.from_list(rows),
    processing_class=AutoTokenizer.from_pretrained(model), callbacks=[Times()]).train()
tuned.save_pretrained(out + "/adapter")
"""


class Taken(NamedTuple):
    """One process. ``first`` is seconds to the end of its first step, ``speed`` tokens a second after it."""

    first: float
    speed: float
    cpu: float
    peak_mib: float
    step_ms: float


def run(argv: Sequence[str], env: dict[str, str], times: Path) -> Taken:
    """A process to its end; ``times`` is the file of JSON Lines with ``t``, ``step``, ``tokens`` that it writes."""
    began = time.time()
    child = subprocess.Popen(argv, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert child.stderr
    said = child.stderr.read().decode()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(argv)[:200]} ended with {child.returncode}: {said[-2000:]}")
    rows = [row for row in map(json.loads, times.read_text().splitlines()) if row.get("event", "log") == "log"]
    rows = [row for row in rows if row["t"] > began]
    first, last = rows[0], rows[-1]
    seconds = last["t"] - first["t"]
    return Taken(
        first["t"] - began,
        (last["tokens"] - first["tokens"]) / seconds if seconds else 0.0,
        used.ru_utime + used.ru_stime,
        used.ru_maxrss / 1024,
        1000 * seconds / max(1, last["step"] - first["step"]),
    )


def main() -> None:
    """Measure, and print the tables."""
    model, rounds, steps = sys.argv[1], int((sys.argv[2:3] or ["3"])[0]), int((sys.argv[3:4] or ["20"])[0])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "data.jsonl"
        lines = [
            {"prompt": f"How many boats lie in harbour number {n}?", "completion": f"{n * 7 % 50} boats lie there."}
            for n in range(64)
        ]
        data.write_text("".join(json.dumps(line) + "\n" for line in lines))
        env = {**os.environ, "HFTERM_HOME": str(folder / "home"), "HF_HUB_OFFLINE": "1"}
        common = f"--max-steps {steps} --per-device-train-batch-size {BATCH} --peft-set r={RANK} --device cpu"
        asked = [HFTERM, "train", "sft", model, str(data), "-q", "--dtype", "float32", *common.split()]
        asked += ["--peft-set", f"lora_alpha={2 * RANK}", "--save-steps", "100000", "--learning-rate", "2e-4"]
        taken: dict[str, list[Taken]] = {"hfterm train sft": [], "bare TRL": [], "hfterm, not logged": []}
        resumed = []
        for number in range(rounds):
            bare = folder / f"bare-{number}"
            bare.mkdir()
            script = [sys.executable, "-c", BARE, model, str(data), str(steps), str(RANK), str(BATCH), str(bare)]
            events = folder / "home" / "runs" / f"run-{number}" / "events.jsonl"
            taken["hfterm train sft"].append(
                run([*asked, "--logging-steps", "1", "--name", f"run-{number}"], env, events)
            )
            taken["bare TRL"].append(run(script, env, bare / "times.jsonl"))
            quiet = events.parent.with_name(f"quiet-{number}") / "events.jsonl"
            often = ["--logging-steps", str(steps - 1), "--name", f"quiet-{number}"]
            taken["hfterm, not logged"].append(run([*asked, *often], env, quiet))
            half = [*asked[:-4], "--save-steps", str(steps // 2), "--learning-rate", "2e-4", "--logging-steps", "1"]
            half += ["--name", f"half-{number}"]
            subprocess.run(half, env=env, check=True, capture_output=True)
            path = events.parent.with_name(f"half-{number}")
            _forget_after(path, steps // 2)
            again = [HFTERM, "train", "sft", "-q", "--resume", "--name", f"half-{number}"]
            resumed.append(run(again, env, path / "events.jsonl").first)
    print("| program | s to step 1 | tokens/s | CPU s | peak MiB | speed of bare TRL |")
    print("|---|---:|---:|---:|---:|---:|")
    middle = {
        who: Taken(*(statistics.median(column) for column in zip(*them, strict=True))) for who, them in taken.items()
    }
    for who in ("hfterm train sft", "bare TRL"):
        m = middle[who]
        ratio = m.speed / middle["bare TRL"].speed
        print(f"| {who} | {m.first:.1f} | {m.speed:.1f} | {m.cpu:.1f} | {m.peak_mib:.0f} | {ratio:.2f} |")
    cost, whole = middle["hfterm train sft"].step_ms - middle["hfterm, not logged"].step_ms, middle["bare TRL"].step_ms
    print(f"\nA step that is logged costs {cost:.1f} ms more than one that is not, of {whole:.0f} ms.")
    print(f"From `--resume` to the first step after the checkpoint: {statistics.median(resumed):.1f} s.")


def _forget_after(run_folder: Path, step: int) -> None:
    """Make a run look killed after the checkpoint of ``step``."""
    import shutil

    for folder in (run_folder / "checkpoints").iterdir():
        if folder.is_dir() and folder.name != f"checkpoint-{step}":
            shutil.rmtree(folder)
    shutil.rmtree(run_folder / "output")
    status = json.loads((run_folder / "status.json").read_text())
    status.pop("result", None)
    (run_folder / "status.json").write_text(json.dumps({**status, "state": "stopped"}))


if __name__ == "__main__":
    main()
