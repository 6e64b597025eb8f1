"""Why a launch failed, in one line: the process that failed first, and what it said last."""

import json
import re
import signal
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hfterm.errors import HftermError, OutOfMemoryError
from hfterm.train.launch.child import files

ADVICE = (
    "lower the batch size or the length of its sequences, raise gradient accumulation, turn on gradient "
    "checkpointing, or share the model out: --zero 3 --offload optimizer,params, or --fsdp"
)
# What a process says that only lost its partner: the partner's words matter.
_LOST = re.compile(
    r"(?i)connection (closed|reset|refused)|broken pipe|remote process exited|peer (closed|reset)|"
    r"socket timeout|timed out waiting|recvvalue failed|failed to recv|store.*timeout|unhandled system error"
)


@dataclass(frozen=True)
class Failure:
    """How one process ended. ``code``: its exit code, negative for a signal; ``text``: the file of its traceback."""

    rank: int
    code: int
    time: float
    type: str | None = None
    message: str | None = None
    where: str | None = None
    oom: bool = False
    text: str | None = None

    @property
    def follows(self) -> bool:
        """Whether it ended only because another did: told to by the launcher, or its connection broke."""
        return self.code == -signal.SIGTERM or lost_partner(self.message or "")

    @property
    def exit_code(self) -> int:
        """As a shell would say it: 128 and the signal."""
        return 128 - self.code if self.code < 0 else self.code

    def facts(self) -> dict[str, Any]:
        """Its fields, to be read by :func:`from_facts` elsewhere."""
        return asdict(self)


def lost_partner(text: str) -> bool:
    """Whether a library's message says only that another process is gone."""
    return _LOST.search(text) is not None


def from_facts(facts: dict[str, Any]) -> Failure:
    """A failure that another machine wrote down."""
    return Failure(**{key: facts.get(key) for key in Failure.__dataclass_fields__})  # type: ignore[arg-type]


def read(folder: Path, restart: int, rank: int, code: int, time: float, *, killed_for_memory: bool = False) -> Failure:
    """How process ``rank`` ended, with what it wrote down before; ``time`` is when that was noticed."""
    facts_file, text = files(folder, restart, rank)
    facts: dict[str, Any] = {}
    try:
        facts = json.loads(facts_file.read_text("utf-8"))
    except (OSError, ValueError):
        facts = {}
    said = text if text.is_file() and text.stat().st_size else None
    return Failure(
        rank,
        code,
        facts.get("time", time),
        facts.get("type"),
        facts.get("message"),
        facts.get("where"),
        bool(facts.get("oom")) or (code == -signal.SIGKILL and killed_for_memory),
        str(said) if said else None,
    )


def first(failures: Iterable[Failure]) -> Failure:
    """The one that began it: the earliest of those that did not merely lose a partner."""
    return min(failures, key=lambda failure: (failure.follows, failure.time))


def sentence(failure: Failure, world: int | None) -> str:
    """What happened, in one line without a hint."""
    who = f"rank {failure.rank}" + (f" of {world}" if world else "")
    if failure.message and not failure.type:  # an error of our own, which names no class
        return f"{who}: {failure.message}"
    if failure.type:
        what = f"{failure.type}: {failure.message}" if failure.message else failure.type
        return f"{who} failed: {what}" + (f" ({failure.where})" if failure.where else "")
    if failure.code < 0:
        try:
            name = signal.Signals(-failure.code).name
        except ValueError:
            name = f"signal {-failure.code}"
        if failure.oom:
            return f"{who} was killed by the system: the machine's memory ran out"
        return f"{who} {'was killed by' if -failure.code in _FROM_OUTSIDE else 'crashed with'} {name}"
    return f"{who} ended with exit code {failure.code}"


_FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def error(failure: Failure, world: int | None, log: Path | None = None, host: str | None = None) -> HftermError:
    """The error to end with: the process's own exit code, 8 where memory ran out. ``host``: where, if not here."""
    there = f" on {host}" if host else ""
    where = (
        f"its traceback is in {failure.text}{there}" if failure.text and (failure.type or not failure.message) else None
    )
    said = sentence(failure, world) + there
    if failure.oom:
        return OutOfMemoryError(said, "; ".join(filter(None, (ADVICE, where))))
    hint = where or (f"what the launcher saw is in {log}{there}" if log and not failure.message else None)
    told = HftermError(said, hint)
    told.exit_code = failure.exit_code or 1
    return told


def killed_for_memory(vmstat: str = "/proc/vmstat") -> int:
    """How many processes the kernel has killed for want of memory since it started; 0 where it does not say."""
    try:
        text = Path(vmstat).read_text()
    except OSError:
        return 0
    found = re.search(r"^oom_kill (\d+)$", text, re.MULTILINE)
    return int(found[1]) if found else 0
