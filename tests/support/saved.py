"""Checkpoints as the Trainer writes them, in a few bytes and without torch."""

import io
import json
import zipfile
from pathlib import Path

from hfterm.runs import Run
from hfterm.train import checkpoints


def safetensors(data: bytes = b"0123456789abcdef") -> bytes:
    """One tensor of bytes."""
    header = json.dumps({"weight": {"dtype": "U8", "shape": [len(data)], "data_offsets": [0, len(data)]}}).encode()
    return len(header).to_bytes(8, "little") + header + data


def archive(name: str, data: bytes = b"0123456789" * 20) -> bytes:
    """What torch.save makes: a zip with nothing compressed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as made:
        made.writestr(f"{name}/data.pkl", b"\x80\x02}q\x00.")
        made.writestr(f"{name}/data/0", data)
    return stream.getvalue()


def checkpoint(run: Run, step: int, *, seal: bool = True) -> Path:
    """A whole checkpoint; each step's differs."""
    folder = run.path / "checkpoints" / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    mark = f"{step:016}".encode()
    (folder / "model.safetensors").write_bytes(safetensors(mark))
    (folder / "config.json").write_text('{"model_type": "llama"}')
    for name in ("optimizer.pt", "scheduler.pt", "rng_state.pth", "training_args.bin"):
        (folder / name).write_bytes(archive(name.partition(".")[0], mark * 10))
    (folder / "trainer_state.json").write_text(json.dumps({"global_step": step}))
    if seal:
        checkpoints.seal(folder)
    return folder
