"""The Trainer's events, as a run's files, a progress display, and a stop that loses nothing."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from hfterm.interrupts import Caught, raise_for
from hfterm.progress import Task
from hfterm.train import checkpoints, room
from hfterm.train.journal import Journal
from hfterm.train.keep import Keep

if TYPE_CHECKING:
    from hfterm.train.together import Together

# The epoch stands beside the numbers; TRL's count of tokens begins anew in every life of a run.
COUNTED_ALREADY = ("epoch", "num_tokens")


class Stopper(Caught):
    """Context: the first Ctrl-C, SIGTERM or hang-up is remembered, the second acts at once."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self.signal: int | None = None

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """Remember the first, act on the second."""
        if self.signal is not None:
            self.raise_it(number)
        self.signal = number
        # print() inside print() is a RuntimeError; the message is only a courtesy.
        with contextlib.suppress(RuntimeError):
            self._say("stopping after this step; once more to stop at once")

    def raise_it(self, number: int | None = None) -> None:
        """Raise what the remembered signal means; nothing when there was none."""
        raise_for(number or self.signal)


class Watch:
    """A callback of the Trainer; events that it has no method for are ignored.

    ``metrics`` are those of the last evaluation, ``evaluated`` the step it was made at.

    Args:
        task: the progress to advance. policy: which checkpoints stay.
        nbytes: what a checkpoint will take, guessed. together: the processes of the run; the first keeps its files.
    """

    def __init__(
        self, journal: Journal, task: Task, stopper: Stopper, policy: Keep, nbytes: int, together: "Together"
    ) -> None:
        self.journal, self.task, self.stopper, self.policy, self.together = journal, task, stopper, policy, together
        self._checkpoint_bytes = nbytes
        self._began: tuple[float, int] | None = None
        self.loss: float | None = None
        self.tokens = 0
        self.metrics: dict[str, float] = {}
        self.evaluated: int | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("on_"):
            return lambda *args, **kwargs: None
        raise AttributeError(name)

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Note where it begins: at step 0, or where a checkpoint left off."""
        self._began = (time.monotonic(), state.num_input_tokens_seen)
        self.task.update(state.global_step, total=state.max_steps)
        self.journal.status(force=True, step=state.global_step, max_steps=state.max_steps)

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Show the step; stop here when asked to."""
        self.tokens = state.num_input_tokens_seen
        began, before = self._began or (time.monotonic(), 0)
        speed = (self.tokens - before) / max(1e-9, time.monotonic() - began)
        self.task.update(state.global_step, **{"tokens/s": round(speed)})
        self.journal.status(step=state.global_step, max_steps=state.max_steps, epoch=_rounded(state.epoch))
        self._stop_saved(state, control)
        if control.should_save and self.together.first:
            also = (state.best_global_step,)
            gone = room.make_room(self.journal.run, self.policy, state.global_step, self._checkpoint_bytes, also)
            if gone:
                self.journal.log(f"the disk is nearly full: removed {', '.join(gone)}")

    def on_evaluate(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Stop here when asked to while it went on: not after one more step."""
        self._stop_saved(state, control)

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        """Write metrics down as the numbers they are."""
        logs = logs or {}
        if "train_loss" in logs:
            return  # the Trainer's own summary
        numbers = {
            {"num_input_tokens_seen": "tokens"}.get(k, k): v
            for k, v in logs.items()
            if isinstance(v, int | float)
            and k not in COUNTED_ALREADY
            and not _is_count(k)
            and not k.startswith("train_")
        }
        event = "eval" if any(k.startswith("eval_") for k in numbers) else "log"
        if event == "eval":
            # Of several evaluation data each has an event of its own.
            before = self.metrics if self.evaluated == state.global_step else {}
            self.evaluated = state.global_step
            found = {**before, **{k: v for k, v in numbers.items() if k.startswith("eval_")}}
            self.metrics = {**{k: v for k, v in found.items() if k == "eval_loss"}, **found}
        self.journal.event(event, step=state.global_step, epoch=_rounded(state.epoch), **numbers)
        words = ", ".join(f"{k} {v:.6g}" for k, v in numbers.items())
        self.journal.log(f"step {state.global_step} of {state.max_steps}: {words}")
        shown: dict[str, Any] = {k: float(numbers[k]) for k in ("loss", "eval_loss", "reward") if k in numbers}
        self.loss = shown.get("loss", self.loss)
        self.task.update(**shown)
        self.journal.update(shown)

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Seal the checkpoint once every process has written its part, and let go of older ones."""
        self.together.wait()
        self.together.bring(Path(args.output_dir) / f"checkpoint-{state.global_step}")
        if self.together.first:
            self._seal(args, state)
        if self.together.heed(self.stopper):  # while it was being saved
            control.should_training_stop = True

    def _seal(self, args: Any, state: Any) -> None:
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        self._checkpoint_bytes = checkpoints.seal(folder)
        self.journal.event("save", step=state.global_step, epoch=_rounded(state.epoch), bytes=self._checkpoint_bytes)
        self.journal.log(f"saved {folder.name}")
        room.prune(self.journal.run, self.policy, also=(state.best_global_step,))

    def _stop_saved(self, state: Any, control: Any) -> None:
        if self.together.heed(self.stopper) and state.global_step < state.max_steps:
            control.should_save = control.should_training_stop = True


def _is_count(key: str) -> bool:
    return key.startswith("eval_") and key.endswith("_num_tokens")


def _rounded(epoch: float | None) -> float | None:
    return None if epoch is None else round(epoch, 6)
