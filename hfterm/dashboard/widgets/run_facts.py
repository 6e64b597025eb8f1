"""One line on the live run: how far it is and its newest numbers."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text

from hfterm.dashboard.state import Topic
from hfterm.dashboard.widgets.panel import Lines
from hfterm.text import sanitize

# The metrics worth a place, with the short names that fit a line.
SHORT = {
    "loss": "loss", "eval_loss": "eval", "grad_norm": "grad", "learning_rate": "lr", "tokens_per_second": "tok/s",
    "reward": "reward", "accuracy": "acc", "mean_token_accuracy": "acc",
}  # fmt: skip


class RunFacts(Lines):
    """Step, share done, and the newest numbers."""

    TOPICS: ClassVar[tuple[Topic, ...]] = ("runs",)
    DEFAULT_CSS = "RunFacts { height: 1; padding: 0 1; }"

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """One line."""
        run = self.hfterm.state.live()
        if run is None:
            return [Text("no run is at work", style=self.shade("dim"), end="")]
        line = Text(no_wrap=True, end="").append(sanitize(run.name, cell=True)[:32], style=self.shade("title"))
        of = f"/{run.max_steps}" if run.max_steps else ""
        line.append(f"  step {run.step or 0}{of}", style=self.shade("good"))
        for name, short in SHORT.items():
            series = run.series.get(name)
            if series is not None and len(series) and series.last is not None:
                value = f"{series.last / 1000:.3g}k" if abs(series.last) >= 10_000 else f"{series.last:.4g}"
                if line.cell_len + len(short) + len(value) + 3 > width:
                    break
                line.append(f"  {short} ", style=self.shade("dim")).append(value)
        return [line]
