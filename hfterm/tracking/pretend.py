"""Pretend runs for demonstrations and tests: one at work, others that ended in every way. Nothing is read or written.

Everything follows from the clock that is handed in: the same times give the same runs.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from hfterm import ending
from hfterm.tracking.followed import Followed, flat
from hfterm.tracking.pace import POINTS, pace
from hfterm.tracking.series import Series
from hfterm.tracking.tail import LogTail

HOST, GPUS = "gpu-07", 8
LOGGING_STEPS, EVAL_STEPS, SAVE_STEPS = 10, 250, 500
SECONDS_A_STEP = 0.95
_HOUR = 3600.0


class Plan(NamedTuple):
    """A pretend run: at ``step`` of ``max_steps`` now, or when it ended ``ended`` seconds ago in ``state``."""

    name: str
    state: str
    step: int
    max_steps: int = 5000
    ended: float = 0.0
    floor: float = 1.32
    kind: str = "hfterm"
    method: str = "sft"
    model: str = "meta-llama/Llama-3.1-8B"
    error: str | None = None
    exit_code: int | None = None
    note: str | None = None


PLANS = (
    Plan("sft-llama-8b", "running", 1234, note="2e-5, packed, all linear layers"),
    Plan("sft-llama-8b-lr1e-4", "done", 5000, ended=6 * _HOUR, floor=1.39, exit_code=0),
    Plan(
        "dpo-llama-8b", "failed", 412, 2000, 9 * _HOUR, 0.48, method="dpo", exit_code=8,
        error="GPU memory ran out; lower --per-device-train-batch-size or --max-length, or use --peft lora",
    ),
    Plan("sft-qwen-7b", "lost", 2750, ended=30 * _HOUR, floor=1.45, model="Qwen/Qwen2.5-7B"),
    Plan(
        "kto-mistral-7b", "stopped", 900, 3000, 52 * _HOUR, 0.41, method="kto", model="mistralai/Mistral-7B-v0.3",
        exit_code=143,
    ),
    Plan("clip-vit-b32", "idle", 4000, 4000, 75 * _HOUR, 0.62, kind="tensorboard", model="ViT-B-32"),
)  # fmt: skip


class PretendTail(LogTail):
    """A log in memory that reads like a file."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._content = bytearray()

    def add(self, line: str) -> None:
        """Write a line."""
        self._content += line.encode() + b"\n"

    def _look(self) -> tuple[object, int, int]:
        return "pretend", len(self._content), 0

    def _read(self, start: int, count: int) -> bytes:
        return bytes(self._content[start : start + count])


class PretendRun(Followed):
    """A run that goes on with the clock, or has ended."""

    def __init__(self, plan: Plan, color: int, clock: Callable[[], float]) -> None:
        path = Path("~/.local/state/hfterm/runs" if plan.kind == "hfterm" else "~/experiments") / plan.name
        scheme = "run" if plan.kind == "hfterm" else "path"
        super().__init__(f"{scheme}:{plan.name}", plan.name, plan.kind, path, clock)
        self.plan, self.color, self.max_steps = plan, color, plan.max_steps
        # When step 0 was, had it never been interrupted.
        self._zero = clock() - plan.ended - plan.step * SECONDS_A_STEP
        self._logged = 0
        self._tail = PretendTail(path / "log.txt")
        self.log = self._tail
        self._tail.add(f"{self._stamp(0)} INFO hfterm.train: {plan.model} on {GPUS} GPUs, {plan.max_steps} steps")
        self.refresh()

    @property
    def created(self) -> float:
        """When it was begun."""
        return self._zero

    def refresh(self) -> bool:
        """Go on to where the clock is."""
        before = self.state, self.step
        self.state, self.step, self.written = self.plan.state, self.plan.step, self.clock() - self.plan.ended
        if self.plan.state == "running":
            # A breath of a millisecond: times added and taken away again are not quite the same.
            self.step = min(self.plan.max_steps, int((self.clock() - self._zero) / SECONDS_A_STEP + 1e-3))
            self.state = "done" if self.step >= self.plan.max_steps else "running"
        return before != (self.state, self.step)

    def read(self, budget: float = 0.1) -> bool:
        """Log what has been trained since."""
        series = dict(self._series)
        before = self._logged
        for step in range(before + 1, (self.step or 0) + 1):
            values = dict(_values(self.plan, step))
            for name, value in values.items():
                series.setdefault(name, Series(name)).append(step, value, self._zero + step * SECONDS_A_STEP)
            if values:
                words = ", ".join(f"{name} {value:.4g}" for name, value in values.items())
                self._say(step, f"step {step} of {self.plan.max_steps}: {words}")
            if step % SAVE_STEPS == 0:
                self._say(step, f"saved checkpoint-{step}")
            self._logged = step
        if self._logged > before and self._logged == self.plan.step and self.plan.error:
            self._tail.add(f"{self._stamp(self._logged)} ERROR hfterm.train: {self.plan.error}")
        self._series = series
        self._tail.poll()
        loss = series.get("loss") or series.get("train/loss")
        self._pace = pace(loss.recent(POINTS)) if loss else None
        return self._logged > before

    def poll(self, budget: float = 0.1) -> bool:
        """See :meth:`Followed.poll`."""
        changed = self.refresh()
        return self.read(budget) or changed

    def _stamp(self, step: int) -> str:
        moment = datetime.fromtimestamp(self._zero + step * SECONDS_A_STEP, UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _say(self, step: int, text: str) -> None:
        self._tail.add(f"{self._stamp(step)} INFO hfterm.train: {text}")

    def configuration(self) -> list[tuple[str, str]]:
        """Settings as such a run has them."""
        recipe: Mapping[str, Any] = {
            "model": self.plan.model, "data": "chats.jsonl", "peft": "lora", "peft_set": {"r": 16, "lora_alpha": 32},
            "learning_rate": 1e-4 if "lr1e-4" in self.name else 2e-5, "lr_scheduler_type": "cosine",
            "warmup_steps": 0.03, "max_steps": self.plan.max_steps, "per_device_train_batch_size": 4,
            "gradient_accumulation_steps": 2, "max_length": 2048, "save_steps": SAVE_STEPS,
            "logging_steps": LOGGING_STEPS, "eval_steps": EVAL_STEPS, "dtype": "bfloat16", "seed": 42,
        }  # fmt: skip
        facts = {"method": self.plan.method, "host": HOST, "created": self._stamp(0)}
        return [*flat(recipe), *flat(facts)]

    def checkpoints(self) -> list[dict[str, Any]]:
        """The newest two and the best, as hfterm keeps them."""
        steps = list(range(SAVE_STEPS, (self.step or 0) + 1, SAVE_STEPS))
        best = min(steps, key=lambda step: _evaluated(self.plan, step), default=None)
        return [
            {
                "step": step,
                "path": str(self.path / "checkpoints" / f"checkpoint-{step}"),
                "bytes": 503_316_480 + step,
                "complete": True,
                "best": step == best,
            }
            for step in steps
            if step in steps[-2:] or step == best
        ]

    def ending(self) -> str | None:
        """See :meth:`Followed.ending`."""
        if self.kind != "hfterm":
            return None
        stamp = self._stamp(self.plan.step)
        status = {
            "error": self.plan.error, "exit_code": self.plan.exit_code, "ended": stamp, "heartbeat": stamp,
            "step": self.plan.step, "max_steps": self.plan.max_steps, "pid": 31337, "host": HOST,
        }  # fmt: skip
        return ending.sentence(self.name, self.state, status)

    def note(self) -> str | None:
        """See :meth:`Followed.note`."""
        return self.plan.note


class PretendBook:
    """The pretend runs, as :class:`hfterm.tracking.book.Book` has real ones."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.folders: tuple[Path, ...] = ()
        self.clock = clock
        self.more = False
        self._runs: list[Followed] = [PretendRun(plan, color, clock) for color, plan in enumerate(PLANS)]

    def poll(self, budget: float = 0.5) -> list[Followed]:
        """All runs, the newest first."""
        for run in self._runs:
            run.poll()
        return list(self._runs)

    def find(self, key: str) -> Followed | None:
        """The run of that key."""
        return next((run for run in self._runs if run.key == key), None)


def _values(plan: Plan, step: int) -> Iterator[tuple[str, float]]:
    """What is logged at a step."""
    group = "train/" if plan.kind == "tensorboard" else ""
    if step % LOGGING_STEPS == 0:
        noise = _noise(plan, step, 1)
        yield f"{group}loss", _level(plan, step) * (1 + 0.035 * noise)
        spike = 4.0 if _noise(plan, step, 2) > 1.75 else 1.0
        yield f"{group}grad_norm", (0.55 + 1.8 * math.exp(-step / 300)) * math.exp(0.22 * _noise(plan, step, 3)) * spike
        warm = min(1.0, step / (0.03 * plan.max_steps))
        yield f"{group}learning_rate", 2e-5 * warm * (0.5 + 0.5 * math.cos(math.pi * step / plan.max_steps))
        slow = 0.72 if step % EVAL_STEPS == 0 else 1.0
        yield f"{group}tokens_per_second", 68_900 * slow * (1 + 0.012 * _noise(plan, step, 4))
    if step % EVAL_STEPS == 0:
        yield "eval/loss" if group else "eval_loss", _evaluated(plan, step)


def _level(plan: Plan, step: int) -> float:
    """The loss without noise: steep at first, then slowly on."""
    return plan.floor * (1 + 0.75 * math.exp(-step / 220) + 0.22 * math.exp(-step / 1900))


def _evaluated(plan: Plan, step: int) -> float:
    return _level(plan, step) * (1.03 + 1.2e-5 * step) + 0.004 * _noise(plan, step, 5)


def _noise(plan: Plan, step: int, kind: int) -> float:
    """About normal, between -3 and 3, the same every time."""
    seed = sum(plan.name.encode()) * 7.13 + step * 12.9898 + kind * 78.233
    return 2 * sum(math.sin(seed * (n + 1)) * 43758.5453 % 1 - 0.5 for n in range(3))
