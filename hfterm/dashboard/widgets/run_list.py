"""All runs: state, curve, name, how far, loss, when it was last heard of."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.style import Style
from rich.text import Text
from textual.message import Message

from hfterm.dashboard import run_words
from hfterm.dashboard.widgets.line_chart import number
from hfterm.dashboard.widgets.virtual_list import Cell, Column, VirtualList
from hfterm.text import human_seconds, sanitize

if TYPE_CHECKING:
    from hfterm.tracking.followed import Followed

# The cell of a line that has the colour of the run's curves: after mark and sign.
SWATCH = 4


class RunList(VirtualList):
    """The runs; those whose curves are shown carry their colour (or letter, where there are no colours)."""

    COLUMNS = (
        Column("", 1, sort=lambda run: list(run_words.SIGNS).index(run.state)),
        Column("", 1),
        Column("run", sort=lambda run: run.name.lower()),
        Column("kind", 11, spare=4, sort=lambda run: run.kind),
        Column("step", 9, right=True, spare=1, sort=lambda run: run.step),
        Column("ETA", 6, right=True, spare=3, sort=lambda run: run.eta),
        Column("loss", 7, right=True, sort=lambda run: run.loss),
        Column("seen", 4, right=True, spare=2, sort=lambda run: run.written or None),
    )
    EMPTY = "no runs yet: : then demo, or train sft"
    DEFAULT_CSS = "RunList { padding: 0 1 0 0; }"

    class Marked(Message):
        """Other runs are marked."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Key -> letter of the runs whose curves are shown.
        self.drawn: Mapping[str, str] = {}
        self._height = 0

    def fit(self) -> None:
        """Be as high as the rows, so that what is below has the rest; the sheet says up to where."""
        height = len(self._all) + 1 + self.gutter.height
        if height != self._height:
            self._height = self.styles.height = height

    def key(self, row: "Followed") -> str:
        """What tells runs apart."""
        return row.key

    def words(self, row: "Followed") -> str:
        """Name, state and kind."""
        return f"{row.name} {row.state} {row.kind}"

    def cells(self, row: "Followed") -> Sequence[Cell]:
        """A line."""
        app = self.hfterm
        line = "" if row.key not in self.drawn else "=" if app.ascii else "━"
        if line and app.terminal.colors == "none" and len(self.drawn) > 1:
            line = self.drawn[row.key]
        return [
            (run_words.sign(row.state, ascii_only=app.ascii), run_words.role(row.state)),
            (line, row.color),
            (sanitize(row.name, cell=True), "dim" if row.gone else "plain"),
            ("" if row.kind == "hfterm" else row.kind, "dim"),
            (run_words.progress(row), "good" if row.state in ("running", "live") else "plain"),
            ("" if row.eta is None else human_seconds(row.eta), "plain"),
            ("" if row.loss is None else number(row.loss), "plain"),
            ("gone" if row.gone else run_words.age(app.sources.clock() - row.written if row.written else None), "dim"),
        ]

    def under_cursor(self, line: Text) -> Text:
        """Reversed without other colours, but for the curve's."""
        found = Text(line.plain, style=self.shade("select"), no_wrap=True, end="")
        if (run := self.current) is not None:
            found.stylize(self.shade(run.color) + Style(reverse=False), SWATCH, SWATCH + 1)
        return found

    def action_mark(self) -> None:
        """Mark the run, or take its mark away, and go down."""
        super().action_mark()
        self.post_message(self.Marked())

    def action_mark_all(self) -> None:
        """Mark all runs shown, or none."""
        super().action_mark_all()
        self.post_message(self.Marked())

    def to_copy(self) -> tuple[str, Any]:
        """References to the marked runs, or the one under the cursor."""
        runs = self.chosen()
        names = [run_words.reference(run) or str(run.path) for run in runs]
        rows = [
            {"name": run.name, "kind": run.kind, "state": run.state, "step": run.step, "max_steps": run.max_steps,
             "loss": run.loss, "path": str(run.path)}
            for run in runs
        ]  # fmt: skip
        return "\n".join(names), rows if len(rows) != 1 else rows[0]
