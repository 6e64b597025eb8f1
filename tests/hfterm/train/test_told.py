"""Trackers hear of every step once, in all lives of a run. Those that are not installed here are tried by hand."""

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hfterm.tracking.readers.tensorboard import TensorboardReader
from hfterm.train import told


def life(folder: Path, saved: int, until: int, began: float = 0.0) -> None:
    """Train from the checkpoint of step ``saved`` on and be killed at step ``until``."""
    from transformers.integrations import TensorBoardCallback
    from transformers.trainer_callback import TrainerState

    callback = TensorBoardCallback()
    callback.logging_dir = str(folder)
    trainer = SimpleNamespace(callback_handler=SimpleNamespace(callbacks=[callback]))
    told.install(trainer, began)
    arguments = SimpleNamespace(to_json_string=lambda: "{}")
    state = TrainerState(is_world_process_zero=True, log_history=[{"loss": 1 / s, "step": s} for s in range(1, saved)])
    callback.on_train_begin(arguments, state, None)
    for state.global_step in range(saved + 1, until + 1):
        callback.on_log(arguments, state, None, logs={"loss": 1 / state.global_step})
        if state.global_step % 2 == 0:
            callback.on_log(arguments, state, None, logs={"eval_x_loss": 0.5, "eval_x_score": 0.5})


def points(folder: Path) -> list[tuple[str, int]]:
    return [(name, int(step)) for name, step, _, _ in TensorboardReader(folder).poll(60.0)]


def test_a_step_that_is_done_again_is_told_once_and_one_that_was_lost_again(tmp_path: Path) -> None:
    life(tmp_path, 0, 3)
    life(tmp_path, 2, 6)
    # What waited in a tracker's queue is lost.
    life(tmp_path / "lost", 3, 4)
    for folder in (tmp_path, tmp_path / "lost"):
        found = points(folder)
        assert len(found) == len(set(found))
    found = points(tmp_path)
    assert [step for name, step in found if name == "train/loss"] == [1, 2, 3, 4, 5, 6]
    assert [step for name, step in found if name == "eval/x_score"] == [2, 4, 6]
    assert [step for name, step in points(tmp_path / "lost") if name == "train/loss"] == [1, 2, 4]


def test_what_was_told_before_the_run_began_is_another_runs(tmp_path: Path) -> None:
    life(tmp_path, 0, 2)
    life(tmp_path, 0, 2, began=4e9)
    assert [step for name, step in points(tmp_path) if name == "train/loss"] == [1, 2, 1, 2]


def test_a_tracker_that_cannot_say_is_told_as_ever(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[int] = []

    class MLflowCallback:
        def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            pass

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
            heard.append(state.global_step)

    callback: Any = MLflowCallback()
    told.install(SimpleNamespace(callback_handler=SimpleNamespace(callbacks=[callback])), 0.0)
    state = SimpleNamespace(is_world_process_zero=True, log_history=[{"loss": 1.0, "step": 1}], global_step=2)
    callback.on_train_begin(None, state, None)  # MLflow is not installed
    callback.on_log(None, state, None, logs={"loss": 1.0})
    assert heard == [2] and "cannot say" in caplog.text


def message(number: int, content: bytes) -> bytes:
    """A field of a protobuf message, of fewer than 128 * 128 bytes."""
    key = number << 3 | 2
    head = bytes([key]) if key < 128 else bytes([key & 127 | 128, key >> 7])
    return head + bytes([len(content) & 127 | 128, len(content) >> 7]) + content


def records(rows: list[dict[str, Any]]) -> Iterator[bytes]:
    yield b"\x08\x01" + message(17, b"no row")
    for row in rows:
        items = [message(2, name.encode()) + message(16, json.dumps(value).encode()) for name, value in row.items()]
        yield message(2, b"".join(message(1, item) for item in items))


def test_the_rows_of_a_wandb_file_are_read_up_to_its_torn_end() -> None:
    rows = [{"train/loss": 1 / step, "train/global_step": step, "text": "x" * 9000} for step in range(1, 12)]
    data = bytearray(b":W&B\x00\x00\x00")
    for record in records(rows):
        rest, first = record, True
        while rest or first:
            left = 32768 - len(data) % 32768
            if left < 7:
                data += bytes(left)
                continue
            part, rest = rest[: left - 7], rest[left - 7 :]
            kind = {(True, True): 1, (True, False): 2, (False, False): 3, (False, True): 4}[first, not rest]
            data += bytes(4) + struct.pack("<HB", len(part), kind) + part
            first = False
    assert len(data) > 3 * 32768 and [*told.wandb_rows(bytes(data))] == rows
    assert [*told.wandb_rows(bytes(data[:-1]))] == rows[:-1]
    assert [*told.wandb_rows(b"")] == []
