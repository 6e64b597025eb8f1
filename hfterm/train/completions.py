"""What a model wrote while it was trained on its own completions: a few at each log, in the run's folder."""

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hfterm.train.rewards.builtin import text_of

NAME = "completions.jsonl"
# So many at each logged step.
MOST = 4


class Completions:
    """A callback of the Trainer; events that it has no method for are ignored.

    Each line of the file has ``step``, ``prompt``, ``completion`` (as they came: texts or messages), ``rewards`` by
    name and ``advantage``.
    """

    def __init__(self, trainer: Any, run: Path) -> None:
        self.trainer, self.path = trainer, run / NAME

    def __getattr__(self, name: str) -> Any:
        if name.startswith("on_"):
            return lambda *args, **kwargs: None
        raise AttributeError(name)

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Take back what was written after the checkpoint that the run goes on from."""
        if self.path.exists() and state.is_world_process_zero:
            kept = [line for line in self.path.read_text("utf-8").splitlines() if _step(line) <= state.global_step]
            self.path.write_text("".join(line + "\n" for line in kept), "utf-8")

    def on_log(self, args: Any, state: Any, control: Any, logs: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        """Write the first few of the last batch down."""
        kept = getattr(self.trainer, "_logs", None)
        if not isinstance(kept, dict) or not state.is_world_process_zero or "train_loss" in (logs or {}):
            return
        if any(name.startswith("eval_") for name in logs or {}):
            return
        lines = []
        for at in range(min(MOST, len(kept.get("completion", ())))):
            row: dict[str, Any] = {
                "step": state.global_step,
                "prompt": kept["prompt"][at],
                "completion": text_of(kept["completion"][at]),
            }
            if rewards := {name: values[at] for name, values in kept.get("rewards", {}).items() if at < len(values)}:
                row["rewards"] = {name: value if value == value else None for name, value in rewards.items()}
            if at < len(kept.get("advantages", ())):
                row["advantage"] = kept["advantages"][at]
            lines.append(json.dumps(row, ensure_ascii=False) + "\n")
        with contextlib.suppress(OSError), self.path.open("a", encoding="utf-8") as stream:
            stream.write("".join(lines))


def _step(line: str) -> int:
    try:
        step = json.loads(line)["step"]
    except (ValueError, LookupError, TypeError):
        return 1 << 62  # half a line
    return int(step)
