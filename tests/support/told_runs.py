"""Runs that tell much, as a training leaves them, without one: for what is made of their files."""

import json
from pathlib import Path
from typing import Any

from hfterm import runs
from hfterm.processes import now
from hfterm.runs import MARKER, Run

RECIPE = {"model": "org/base", "data": "chats.jsonl", "learning_rate": 2e-4, "max_steps": 40, "peft_set": {"r": 8}}


def told(name: str, *, steps: int = 40, state: str = "done", speed: float = 100.0, **recipe: Any) -> Run:
    """A LoRA run of ``steps`` steps with evaluations, two checkpoints and an output."""
    asked = {**RECIPE, **recipe}
    facts = {
        "method": "sft", "model": "org/base", "asked": asked, "recipe": asked, "counts": {"examples": 12, "tokens": 900},
        "data": {"name": f"/home/ann/{asked['data']}", "path": "data.jsonl", "size": 2048, "sha256": "ab" * 32},
        "versions": {"python": "3.11", "torch": "2.13"}, "git_commit": "c0ffee",
        "command": ["/usr/bin/hfterm", "train", "sft", "org/base", "/home/ann/chats.jsonl", "--set=hub_token=hf_0123456789abcdefghij"],
    }  # fmt: skip
    run = runs.create(name, facts)
    rows: list[dict[str, Any]] = [{"event": "begin", "step": 0, "trainable_parameters": 64, "parameters": 4096}]
    for step in range(1, steps + 1):
        rows.append({"event": "log", "step": step, "loss": 4 - step / 20, "tokens": 50 * step, "grad_norm": 1.0})
        if step % 10 == 0:
            rows.append({"event": "eval", "step": step, "eval_loss": 4.5 - step / 20, "eval_accuracy": step / 100})
    text = "".join(json.dumps({"t": 1.8e9 + row["step"], **row}) + "\n" for row in rows)
    (run.path / "events.jsonl").write_text(text)
    (run.path / "log.txt").write_text("begun\nended\n")
    for step in (20, 40):
        folder = run.path / "checkpoints" / f"checkpoint-{step}"
        fill(folder, step)
        sizes = {file.name: file.stat().st_size for file in folder.iterdir()}
        (folder / MARKER).write_text(json.dumps({"files": sizes}))
    status: dict[str, Any] = {
        "state": state,
        "step": steps,
        "max_steps": 40,
        "loss": 4 - steps / 20,
        "seconds": steps * 50 / speed,
    }
    if state == "done":
        fill(run.path / "output", steps)
        status["result"] = {
            "run": name, "steps": steps, "final_loss": 4 - steps / 20, "tokens": 50 * steps, "seconds": steps * 50 / speed,
            "metrics": {"eval_loss": 2.5}, "peak_memory": 2**30, "device": "cpu", "trainable_parameters": 64,
            "parameters": 4096,
        }  # fmt: skip
    run.write_status({**run.status(), "ended": now(), "exit_code": 0 if state == "done" else 1, **status})
    return run


def fill(folder: Path, step: int) -> None:
    """The files of an adapter, and what only a run needs to go on."""
    folder.mkdir(parents=True)
    (folder / "adapter_config.json").write_text('{"peft_type": "LORA", "base_model_name_or_path": "org/base"}')
    (folder / "adapter_model.safetensors").write_bytes(b"weights at %d" % step * 100)
    (folder / "README.md").write_text("# Model Card for Model ID\n")
    for name in ("optimizer.pt", "rng_state.pth", "scheduler.pt", "training_args.bin", "trainer_state.json"):
        (folder / name).write_bytes(b"private")
