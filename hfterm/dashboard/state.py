"""What the dashboard knows: the app writes it, panels read it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from hfterm.monitor.history import History
    from hfterm.monitor.machine import MachineSample
    from hfterm.tracking.followed import Followed

# What can change; panels name those that they show.
Topic = Literal["machine", "runs", "jobs", "alerts", "clock"]
TOPICS: tuple[Topic, ...] = ("machine", "runs", "jobs", "alerts", "clock")


class Alert(NamedTuple):
    """Something to know about: ``level`` is warn or bad; ``go`` the screen that shows it."""

    level: str
    text: str
    go: str = "home"


@dataclass
class State:
    """The newest of everything. None: nothing has been heard yet."""

    machine: "MachineSample | None" = None
    history: "History | None" = None
    runs: "list[Followed] | None" = None
    jobs: list[Any] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    # Source -> what is wrong with it now: it failed, or does not answer.
    problems: dict[str, str] = field(default_factory=dict)
    # The run that Home and the top line show: the newest that is at work, unless the user chose.
    run_key: str | None = None

    def live(self) -> "Followed | None":
        """The chosen run, else the newest that is at work, else None."""
        runs = self.runs or []
        chosen = next((run for run in runs if run.key == self.run_key), None)
        return chosen or next((run for run in runs if run.state in ("running", "live") and not run.gone), None)
