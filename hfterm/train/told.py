"""Trackers hear of every step once, also of a run that was killed and goes on from its last checkpoint.

Such a run comes again by steps that a tracker has, and what still waited in the tracker's own queue was lost with the
process. So each tracker is asked what it has when a life of the run begins: it is told what it lacks of the steps up
to the checkpoint, and nothing twice. What is done again comes out the same, so the first telling stands.
"""

import contextlib
import copy
import glob
import importlib
import json
import logging
import re
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hfterm.errors import one_line
from hfterm.tracking.readers import protobuf
from hfterm.tracking.readers.reader import moment
from hfterm.tracking.readers.tensorboard import TensorboardReader

# Whether a tracker has a metric, by the Trainer's name, at a step.
Has = Callable[[str, int], bool]
_BLOCK, _HEADER, _MAGIC = 32768, 7, 7


def install(trainer: Any, began: float) -> None:
    """Make the trainer's trackers ask and be told as above; ``began``: when the run first began, in unix seconds."""
    for callback in trainer.callback_handler.callbacks:
        if (ask := _ASK.get(type(callback).__name__)) is not None:
            _Once(callback, ask, began)


class _Once:
    """Stands before a tracker's callback."""

    def __init__(self, callback: Any, ask: Callable[[Any, float], Has], began: float) -> None:
        self._callback, self._ask, self._began = callback, ask, began
        self._begin, self._log = callback.on_train_begin, callback.on_log
        self._has: Has = lambda name, step: False
        callback.on_train_begin, callback.on_log = self.on_train_begin, self.on_log

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Ask, and tell what is missing of the steps before."""
        self._begin(args, state, control, **kwargs)
        if not state.is_world_process_zero:
            return
        try:
            self._has = self._ask(self._callback, self._began)
        except Exception as exc:  # of a library that has changed, or a server that does not answer
            name = type(self._callback).__name__
            logging.getLogger("hfterm.train").warning(f"{name} cannot say what it has of this run: {one_line(exc)}")
            return
        for row in state.log_history:
            then = copy.copy(state)
            then.global_step = row["step"]
            logs = {name: value for name, value in row.items() if name != "step"}
            self.on_log(args, then, control, logs=logs, **kwargs)

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        """Tell what the tracker does not have."""
        if logs and not self._has(main_metric(logs), state.global_step):
            self._log(args, state, control, logs=logs, **kwargs)


def main_metric(logs: dict[str, Any]) -> str:
    """The metric by which a row of the Trainer's is known: its loss, of training or of an evaluation."""
    return next((name for name in logs if name == "loss" or name.endswith("_loss")), next(iter(logs)))


def _named(name: str) -> str:
    """The Trainer's name of what trackers show as ``train/loss`` or ``eval/loss``."""
    return name.removeprefix("train/").replace("eval/", "eval_", 1).replace("test/", "test_", 1)


def _tensorboard(callback: Any, began: float) -> Has:
    reader, found = TensorboardReader(callback.tb_writer.log_dir), set[tuple[str, int]]()
    while points := reader.poll(10.0):
        # A folder of the user's own may have files of other runs.
        found |= {(_named(name), int(step)) for name, step, _, at in points if at is None or at >= began}
    return lambda name, step: (name, step) in found


def _mlflow(callback: Any, began: float) -> Has:
    mlflow: Any = importlib.import_module("mlflow")
    client, run = mlflow.MlflowClient(), mlflow.active_run().info.run_id
    names = [name for name in client.get_run(run).data.metrics if name == "loss" or name.endswith("_loss")]
    found = {(name, metric.step) for name in names for metric in client.get_metric_history(run, name)}
    return lambda name, step: (re.sub(r"[^0-9A-Za-z_\-\.\ :/]", "_", name), step) in found


def _trackio(callback: Any, began: float) -> Has:
    run = importlib.import_module("trackio.context_vars").current_run.get()
    storage: Any = importlib.import_module("trackio.sqlite_storage").SQLiteStorage
    # Another run of this name, which Trackio takes for the same, told what it told earlier.
    rows = [row for row in storage.get_logs(run.project, run_id=run.id) if (moment(row["timestamp"]) or 0) >= began]
    found = {(_named(name), row["train/global_step"]) for row in rows for name in row if "train/global_step" in row}
    return lambda name, step: (name, step) in found


def _wandb(callback: Any, began: float) -> Has:
    run = importlib.import_module("wandb").run
    if not run.offline:
        # It has received all up to the step that it knows last.
        last = run.summary.get("train/global_step") if run.resumed else None
        return lambda name, step: last is not None and step <= last
    found = set[tuple[str, int]]()
    # DIR/wandb/offline-run-TIME-ID/files; one of them for each life.
    for path in (Path(run.dir).parents[1]).glob(f"offline-run-*-{glob.escape(run.id)}/*.wandb"):
        for row in wandb_rows(path.read_bytes()):
            if "train/global_step" in row:
                found |= {(_named(name), int(row["train/global_step"])) for name in row}
    return lambda name, step: (name, step) in found


def wandb_rows(data: bytes) -> Iterator[dict[str, Any]]:
    """The rows of metrics in a ``.wandb`` file, up to where it was torn.

    LevelDB's log format after 7 bytes of wandb's own: blocks of 32 KiB, records of checksum (4), length (2), kind
    (1: whole, 2 to 4: first, middle and last part) and so many bytes of a ``Record`` of ``wandb_internal.proto``.
    """
    at, whole = _MAGIC, b""
    while at + _HEADER <= len(data):
        if (left := _BLOCK - at % _BLOCK) < _HEADER:
            at += left
            continue
        length, kind = struct.unpack_from("<HB", data, at + 4)
        part = data[at + _HEADER : at + _HEADER + length]
        at += _HEADER + length
        if kind not in (1, 2, 3, 4) or len(part) < length:
            return
        whole = part if kind in (1, 2) else whole + part
        if kind in (1, 4):
            with contextlib.suppress(ValueError, IndexError):
                yield from _wandb_row(whole)


def _wandb_row(record: bytes) -> Iterator[dict[str, Any]]:
    """The row of a Record that has one: its ``history`` (2), of items (1) with key (1 or 2) and value_json (16)."""
    for field, start, end in protobuf.fields(record):
        if field == 2 and end >= 0:
            row: dict[str, Any] = {}
            for _, low, high in protobuf.fields(record, start, end):
                if high >= 0:
                    item = [(part, record[a:b].decode()) for part, a, b in protobuf.fields(record, low, high) if b >= 0]
                    name = "/".join(text for part, text in item if part in (1, 2))
                    row.update((name, json.loads(text)) for part, text in item if part == 16)
            yield row


_ASK: dict[str, Callable[[Any, float], Has]] = {
    "TensorBoardCallback": _tensorboard,
    "MLflowCallback": _mlflow,
    "TrackioCallback": _trackio,
    "WandbCallback": _wandb,
}
