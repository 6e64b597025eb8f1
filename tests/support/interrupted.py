"""A finished run as it would lie there had it been killed after a checkpoint."""

import json
import shutil
from pathlib import Path


def copy(runs: Path, name: str, step: int) -> str:
    """Copy the run ``name`` of the folder ``runs``, as of the checkpoint of ``step``; the copy's name."""
    made = runs / f"{name}-again"
    shutil.copytree(runs / name, made)
    shutil.rmtree(made / "output")
    for folder in (made / "checkpoints").glob("checkpoint-*"):
        if int(folder.name.rpartition("-")[2]) > step:
            shutil.rmtree(folder)
    kept = [line for line in (made / "events.jsonl").read_text().splitlines() if json.loads(line)["step"] <= step]
    (made / "events.jsonl").write_text("".join(line + "\n" for line in kept))
    status = json.loads((made / "status.json").read_text())
    del status["result"]
    (made / "status.json").write_text(json.dumps({**status, "state": "stopped", "step": step}))
    return made.name
