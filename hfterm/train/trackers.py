"""Trackers beside a run's own files: one run of theirs for one of ours, also when it is killed and resumed.

``trackers.json`` in the run's folder has what wandb and MLflow know the run by. Trackio goes by the run's name.
What a user has set in a tracker's own variables stays.
"""

import contextlib
import importlib
import importlib.util
import json
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hfterm.errors import MissingExtraError, Terminated, UsageError
from hfterm.files import write_text
from hfterm.text import to_json
from hfterm.tracking.readers.reader import moment
from hfterm.train import told
from hfterm.train.recipe import did_you_mean

# A tracker and the library that speaks with it.
TRACKERS = {"tensorboard": "tensorboard", "wandb": "wandb", "trackio": "trackio", "mlflow": "mlflow"}
NAME = "trackers.json"


def wanted(names: str | None) -> list[str]:
    """The trackers that a recipe names.

    Raises:
        UsageError: no such tracker. MissingExtraError: its library is not installed.
    """
    found = [name.strip() for name in (names or "").split(",") if name.strip() not in ("", "none")]
    for name in found:
        if name not in TRACKERS:
            choose = f"choose {', '.join(TRACKERS)}"
            raise UsageError(f"--report-to: no such tracker {name!r}", did_you_mean(name, TRACKERS, choose))
        if importlib.util.find_spec(TRACKERS[name]) is None:
            raise MissingExtraError(
                f"--report-to {name} needs {name}, which is not installed", f"run: pip install {name}"
            )
    return found


def prepare(names: Iterable[str], folder: Path) -> None:
    """Set the variables by which trackers know the run in ``folder``, and keep quiet; before the trainer is made."""
    names = list(names)
    known = _known(folder)
    if "tensorboard" in names:
        os.environ.setdefault("TENSORBOARD_LOGGING_DIR", str(folder / "tensorboard"))
    if "wandb" in names:
        if "wandb" not in known and os.environ.get("RANK", "0") == "0":
            name = re.sub(r"[^A-Za-z0-9_-]", "-", folder.name)[:50]
            known["wandb"] = os.environ.get("WANDB_RUN_ID") or f"{name}-{os.urandom(4).hex()}"
            _keep(folder, known)
        for variable, value in (
            ("WANDB_RUN_ID", known.get("wandb")),
            ("WANDB_RESUME", "allow"),
            ("WANDB_DIR", str(folder)),  # its default is the current folder
            ("WANDB_SILENT", "true"),  # else it writes to standard output when all is over
        ):
            if value:
                os.environ.setdefault(variable, value)
    if "mlflow" in names and "mlflow" in known:
        os.environ.setdefault("MLFLOW_RUN_ID", known["mlflow"])


def follow(trainer: Any, folder: Path, created: str) -> None:
    """Have trackers told each step once, and what MLflow calls the run written down once it has begun there.

    ``folder`` is the run's, ``created`` when it was made.
    """
    if trainer.args.report_to:
        told.install(trainer, moment(created) or 0.0)
    if "mlflow" in trainer.args.report_to:
        trainer.add_callback(_Begun(folder))


class _Begun:
    """A callback of the Trainer, after the tracker's own; events that it has no method for are ignored."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __getattr__(self, name: str) -> Any:
        if name.startswith("on_"):
            return lambda *args, **kwargs: None
        raise AttributeError(name)

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Keep the number of MLflow's run; an evaluation after the training's end would begin another without it."""
        mlflow: Any = importlib.import_module("mlflow")
        if state.is_world_process_zero and (run := mlflow.active_run()) is not None:
            os.environ["MLFLOW_RUN_ID"] = run.info.run_id
            _keep(self.folder, {**_known(self.folder), "mlflow": run.info.run_id})


def finish(error: BaseException | None) -> None:
    """Tell the trackers that this life of the run is over, and how; what they say to that is no matter."""
    stopped = isinstance(error, KeyboardInterrupt | Terminated)
    with contextlib.suppress(Exception):
        wandb = sys.modules.get("wandb")
        if wandb is not None and wandb.run is not None:
            wandb.finish(exit_code=0 if error is None else 1)
    with contextlib.suppress(Exception):
        mlflow = sys.modules.get("mlflow")
        if mlflow is not None and mlflow.active_run() is not None:
            mlflow.end_run("FINISHED" if error is None else "KILLED" if stopped else "FAILED")


def _known(folder: Path) -> dict[str, str]:
    with contextlib.suppress(OSError, ValueError):
        value = json.loads((folder / NAME).read_text("utf-8"))
        return value if isinstance(value, dict) else {}
    return {}


def _keep(folder: Path, known: dict[str, str]) -> None:
    write_text(folder / NAME, to_json(known) + "\n", fsync=False)
