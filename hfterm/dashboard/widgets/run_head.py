"""The chosen run in a few lines: what it is, how far, why it ended, a note."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from rich.text import Text

from hfterm.dashboard import run_words
from hfterm.dashboard.state import Topic
from hfterm.dashboard.widgets.line_chart import number
from hfterm.dashboard.widgets.panel import Lines
from hfterm.dashboard.widgets.run_facts import SHORT
from hfterm.monitor.view import bar
from hfterm.text import human_seconds, sanitize

if TYPE_CHECKING:
    from hfterm.tracking.followed import Followed

BAR = 16
# Of a sentence.
LINES = 2


class Known(NamedTuple):
    """What takes reading of files: of which run, :meth:`Followed.summary`, its note, why it ended, what failed."""

    key: str
    summary: dict[str, Any]
    note: str | None = None
    ending: str | None = None
    error: str | None = None


class RunHead(Lines):
    """As many lines as there is to say, at most ``MOST``; one less where the screen is short."""

    TOPICS: ClassVar[tuple[Topic, ...]] = ("runs", "alerts")
    MOST = 5
    DEFAULT_CSS = "RunHead { height: auto; padding: 0 1; }"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.run_: Followed | None = None
        self.known: Known | None = None
        self._shown: object = None

    def show(self, run: "Followed | None", known: Known | None) -> None:
        """Tell about this run; ``known`` may be that of another, and is not shown then."""
        self.run_, self.known = run, known if known and run and known.key == run.key else None
        self.changed("runs")

    def changed(self, topic: Topic) -> None:
        """There may be more lines to show, or fewer."""
        lines = self._lines(self.content_size.width or 78)
        if len(lines) != self.content_size.height:
            self.refresh(layout=True)
        if [(line.plain, line.spans) for line in lines] != self._shown:
            self.repaint()

    def get_content_height(self, container: Any, viewport: Any, width: int) -> int:
        """As many lines as there is to say."""
        return len(self._lines(width))

    def paint(self, width: int, height: int) -> Sequence[Text]:
        """The lines."""
        lines = self._lines(width)
        self._shown = [(line.plain, line.spans) for line in lines]
        return lines[:height]

    def _lines(self, width: int) -> list[Text]:
        state, run = self.hfterm.state, self.run_
        lines = []
        if problem := state.problems.get("runs"):
            lines.append(Text(f"runs: {sanitize(problem, cell=True)}", style=self.shade("bad"), no_wrap=True, end=""))
        if run is None:
            words = "looking..." if state.runs is None and not problem else "no run chosen"
            return lines or [Text(words, style=self.shade("dim"), end="")]
        short = self.screen.has_class("-short") or self.screen.has_class("-narrow")
        if not short:
            lines.append(self._what(run, width))
        lines.append(self._how_far(run, width, named=short))
        lines += self._said(run, width)
        return lines[: self.MOST]

    def _what(self, run: "Followed", width: int) -> Text:
        """Name, state, method, model, when."""
        line = Text(no_wrap=True, end="").append(sanitize(run.name, cell=True), style=self.shade("title"))
        line.append(*self._state(run))
        summary = self.known.summary if self.known else {}
        method, model = summary.get("method"), summary.get("model")
        words = [run.kind] if run.kind != "hfterm" else []
        words += [sanitize(str(word), cell=True) for word in (method, model) if word]
        if (since := run_words.since(summary.get("started"), self.hfterm.sources.clock())) is not None:
            words.append(f"started {run_words.ago(since)}")
        if isinstance(spent := summary.get("seconds"), int | float):
            words.append(f"{human_seconds(spent)} at work")
        for word in words:
            if line.cell_len + len(word) + 2 <= width:
                line.append(f"  {word}", style=self.shade("dim"))
        return line

    def _state(self, run: "Followed") -> tuple[str, Any]:
        """The word for it, and its style."""
        word, role = ("gone", "warn") if run.gone else (run.state, run_words.role(run.state))
        return f"  {word}", self.shade(role)

    def _how_far(self, run: "Followed", width: int, *, named: bool) -> Text:
        """Steps with a bar, ETA, the newest numbers."""
        line = Text(no_wrap=True, end="")
        if named:
            line.append(sanitize(run.name, cell=True)[: width // 3], style=self.shade("title"))
            line.append(*self._state(run)).append("  ")
        part = run_words.share(run)
        line.append(f"step {run_words.progress(run) or '-'}", style=self.shade(run_words.role(run.state)))
        if run.more:
            line.append("  reading...", style=self.shade("accent"))
        if part is not None and run.state in ("running", "live"):
            if width >= 70 and not named:
                cells = (bar(part, self.hfterm.ascii, BAR) or "").replace("·", " ").ljust(BAR)
                left, right = ("[", "]") if self.hfterm.ascii else ("▕", "▏")
                line.append(f" {left}{cells}{right}", style=self.shade("good"))
            line.append(f" {100 * part:.0f}%", style=self.shade("good"))
            line.append(f"  {run_words.remaining(run)}".rstrip())
        for name, short in SHORT.items():
            series = run.series.get(name)
            if series is not None and len(series):
                text = f"  {short} {number(series.last)}"
                if line.cell_len + len(text) > width:
                    break
                line.append(f"  {short} ", style=self.shade("dim")).append(number(series.last))
        return line

    def _said(self, run: "Followed", width: int) -> list[Text]:
        """What went wrong, why it ended, the note; a few lines each."""
        found: list[tuple[str, str]] = []
        if run.gone:
            found.append(("its files are gone; what was read of them is still here", "warn"))
        if known := self.known:
            if known.error and not run.gone:
                found.append((known.error, "warn"))
            if known.ending and not run.gone:
                found.append((known.ending, run_words.role(run.state)))
            if known.note:
                found.append((f"note: {known.note}", "accent"))
        lines = []
        for text, role in found:
            line = Text(sanitize(text, cell=True), style=self.shade(role), end="")
            parts = line.wrap(self.app.console, max(1, width))
            for part in parts[:LINES]:
                part.rstrip()
                part.end = ""
            if len(parts) > LINES:
                parts[LINES - 1].truncate(max(1, width - 1))
                parts[LINES - 1].append("~" if self.hfterm.ascii else "…", style=line.style)
            lines += parts[:LINES]
        return lines
