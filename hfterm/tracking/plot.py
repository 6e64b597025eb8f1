"""Metrics of runs as charts on a terminal, or as records for a program."""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hfterm import runs
from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.live import LivePicture, can_paint, wants_table, write
from hfterm.output import Output
from hfterm.text import sanitize
from hfterm.tracking.book import follow
from hfterm.tracking.chart import Axes, Picture, draw
from hfterm.tracking.discover import runs_in
from hfterm.tracking.followed import LOSSES, Followed
from hfterm.tracking.glyphs import GLYPHS
from hfterm.tracking.own import OwnRun
from hfterm.tracking.raster import Role
from hfterm.tracking.select import matcher

POLL_SECONDS = 1.0
_INF = float("inf")
# Colours by a line's index, of the terminal's own sixteen.
COLORS = ("cyan", "yellow", "magenta", "green", "blue", "red", "bright_white", "bright_yellow")
TALLEST, LOWEST = 16, 5


@dataclass(frozen=True)
class Wish:
    """What is to be drawn, and how: see :func:`hfterm.tracking.chart.draw`. Sizes are of each chart.

    ``metrics`` are filters (see :func:`hfterm.tracking.select.matcher`): what any of them matches.
    """

    metrics: tuple[str, ...] = ("loss",)
    log_y: bool = False
    smooth: float = 0.0
    start: float | None = None
    end: float | None = None
    ascii: bool = False
    width: int | None = None
    height: int | None = None


def named(word: str) -> list[Followed]:
    """The runs that a word means: a run of hfterm's by its name, else a file or folder of metrics.

    Raises:
        NotFoundError: there is none. UsageError: no such name is possible.
    """
    if not word or word in runs.names():
        return [OwnRun(runs.get(word))]
    path = Path(word).expanduser()
    if path.exists():
        if path.is_dir():
            os.scandir(path).close()  # raises what keeps us from looking into it
        found = runs_in(path)
        if not found:
            raise NotFoundError(
                f"no metrics in {word!r}", "runs, trainer_state.json, TensorBoard event files, .jsonl and .csv are read"
            )
        return [follow(one) for one in found]
    if path.name != word:
        raise NotFoundError(f"no such file or folder: {word!r}")
    return [OwnRun(runs.get(word))]


def plot(out: Output, followed: Sequence[Followed], wish: Wish, *, watch: bool = False) -> None:
    """Draw charts for a person, write records for a program; with ``watch`` go on until all runs have ended.

    A run that is not hfterm's own never says that it has ended: it is watched until interrupted.

    Raises:
        NotFoundError: no metric matches. UsageError: the filter is wrong, or a watch cannot be shown so.
    """
    tests = [matcher(metric) for metric in wish.metrics]
    low, high = (step if step is not None else default for step, default in ((wish.start, -_INF), (wish.end, _INF)))
    if not low <= high:
        raise UsageError(f"no steps from {low:g} to {high:g}", "give --from STEP below --to STEP")
    _tell_apart(followed)

    def matches(name: str) -> bool:
        return any(test(name) for test in tests)

    if not wants_table(out):
        if watch and out.format == "json" and any(run.kind != "hfterm" for run in followed):
            raise UsageError("-f json cannot be written while the runs go on", "use -f jsonl")
        seen: set[str] = set()
        rows = _records(followed, matches, wish, watch, seen)
        if not out.records(rows, columns=("run", "metric", "step", "value"), key="value"):
            _check_any(seen, matches, wish, out, followed)
        _problems(out, followed)
        return
    if watch and not can_paint(out):
        raise UsageError("--follow draws on a terminal only", "add -f jsonl, or leave out --follow")
    for run in followed:
        _read_all(run)
    _check_any({name for run in followed for name in run.series}, matches, wish, out, followed)
    if watch:
        live = LivePicture(out, Charts(followed, matches, wish, fit=True))
        live.show(_rounds(followed, live.pause))
    elif any(matches(name) for run in followed for name in run.series):
        console = out.console(out.stdout)
        size = shutil.get_terminal_size((80, 24))
        console.width, console.height = wish.width or size.columns, size.lines
        write(out, console, Charts(followed, matches, wish)(console, None))
    _problems(out, followed)


def _tell_apart(followed: Sequence[Followed]) -> None:
    """Give runs of one name their paths as names."""
    names = [run.name for run in followed]
    for run in followed:
        if names.count(run.name) > 1:
            run.name = sanitize(str(run.path), cell=True)


def _read_all(run: Followed) -> None:
    run.poll(1.0)
    while run.more:
        run.read(1.0)


def _check_any(
    names: set[str], matches: Callable[[str], bool], wish: Wish, out: Output, followed: Sequence[Followed]
) -> None:
    """Raise when there are metrics, but none that is wanted, or when nothing can be read; say that there are none."""
    if not names:
        if problems := [f"{run.name}: {run.problem}" for run in followed if run.problem]:
            raise HftermError(f"no metrics could be read: {'; '.join(problems)}")
        out.note("nothing has been logged yet")
    elif not any(map(matches, names)):
        shown = ", ".join(sorted(names)[:12]) + (", ..." if len(names) > 12 else "")
        wanted = " or ".join(map(repr, wish.metrics))
        raise NotFoundError(f"no metric matches {wanted}", f"there are: {shown}; choose with --metric")


def _problems(out: Output, followed: Sequence[Followed]) -> None:
    for run in followed:
        if run.problem:
            out.warn_once(f"{run.name}: {run.problem}")


def _ended(run: Followed) -> bool:
    return run.gone or run.state not in ("queued", "running", "live", "idle")


def _rounds(followed: Sequence[Followed], pause: Callable[[float], Any]) -> Iterator[None]:
    """Read what is new again and again, until all have ended."""
    while True:
        for run in followed:
            run.poll(0.2)
        # The state came first, so what was logged before the end has been read.
        ended = all(_ended(run) and not run.more for run in followed)
        yield
        if ended:
            return
        pause(POLL_SECONDS)


def _records(
    followed: Sequence[Followed], matches: Callable[[str], bool], wish: Wish, watch: bool, seen: set[str]
) -> Iterator[dict[str, Any]]:
    """Points as they were logged; with ``watch`` a resumed run's steps come again, as they are made.

    ``seen`` gets the names of all metrics.
    """
    low = -_INF if wish.start is None else wish.start
    high = _INF if wish.end is None else wish.end
    for run in followed if not watch else ():
        if isinstance(run, OwnRun):
            run.leave_out_repeats()
    for again in _again(watch):
        open_runs = []
        for run in followed:
            run.refresh()
            if not _ended(run):
                open_runs.append(run)
            while True:
                for name, step, value, _ in run.points(0.5):
                    seen.add(name)
                    if low <= step <= high and matches(name):
                        whole = int(step) if step == step // 1 else step
                        yield {"run": run.name, "metric": name, "step": whole, "value": value}
                if not run.more:
                    break
        if again and not open_runs:
            return


def _again(watch: bool) -> Iterator[bool]:
    """Once, or again and again."""
    yield watch
    while watch:
        time.sleep(POLL_SECONDS / 4)
        yield True


class Charts:
    """Draws all runs, one chart a metric; called with a rich console. The axes stay from call to call.

    ``fit``: as low as need be to fit the console's height.
    """

    def __init__(
        self, followed: Sequence[Followed], matches: Callable[[str], bool], wish: Wish, *, fit: bool = False
    ) -> None:
        self.followed, self.matches, self.wish, self.fit = followed, matches, wish, fit
        self._axes: dict[str, Axes] = {}

    def __call__(self, console: Any, _: Any) -> Any:
        """The charts as a rich renderable."""
        from rich.text import Text

        metrics = self._metrics()
        width = min(self.wish.width or console.width, console.width) if self.fit else self.wish.width or console.width
        height = self.wish.height or self._height(metrics, console.height)
        glyphs = self._glyphs(console)
        lines: list[Text] = []
        for metric in metrics:
            shown = [(n, run) for n, run in enumerate(self.followed) if metric in run.series]
            if lines:
                lines.append(Text())
            title = metric + (" (log)" if self.wish.log_y else "")
            lines.append(Text(title, style="bold"))
            lines[-1].truncate(width)
            picture = self._draw(metric, shown, width, height, glyphs, self._axes.get(metric))
            self._axes[metric] = picture.axis
            if console.color_system is None and len(shown) > 1:
                # Without colours lines in one picture cannot be told apart: one below the other, on the same axes.
                for one in shown:
                    part = self._draw(
                        metric, [one], width, max(LOWEST, height // len(shown)), glyphs, picture.axis, True
                    )
                    lines += [*map(_line, part.rows), self._legend(metric, *one, width, glyphs)]
            else:
                lines += map(_line, picture.rows)
                lines += [self._legend(metric, n, run, width, glyphs) for n, run in shown]
        return Text("\n").join(lines) if lines else Text("nothing has been logged yet")

    def _metrics(self) -> list[str]:
        """Names of the metrics to draw: the loss first, the others as they were logged."""
        found = dict.fromkeys(name for run in self.followed for name in run.series if self.matches(name))
        return sorted(found, key=lambda name: LOSSES.index(name) if name in LOSSES else len(LOSSES))

    def _height(self, metrics: Sequence[str], room: int) -> int:
        """Rows of each chart."""
        if not self.fit:
            return TALLEST if len(metrics) == 1 else 12
        beside = 2 + len(self.followed)
        return max(2, min(2 * TALLEST, room // max(1, len(metrics)) - beside))

    def _glyphs(self, console: Any) -> str:
        if self.wish.ascii or console.options.ascii_only:
            return "ascii"
        return "blocks" if os.environ.get("TERM") == "linux" else "braille"

    def _draw(
        self,
        metric: str,
        shown: Sequence[tuple[int, Followed]],
        width: int,
        height: int,
        glyphs: str,
        axis: Axes | None,
        hold: bool = False,
    ) -> Picture:
        wish = self.wish
        return draw(
            [(run.series[metric], n) for n, run in shown],
            width,
            height,
            glyphs=glyphs,
            log_y=wish.log_y,
            smooth=wish.smooth,
            start=wish.start,
            end=wish.end,
            axis=axis,
            hold=hold,
        )

    def _legend(self, metric: str, n: int, run: Followed, width: int, glyphs: str) -> Any:
        """The run's colour, name, state and newest value."""
        from rich.text import Text

        series = run.series[metric]
        sign = "=" if glyphs == "ascii" else GLYPHS[glyphs].horizontal
        text = Text().append(sign * 2, style=_style(n))
        text.append(f" {run.name}  {series.last:.5g} at step {series.last_step:.12g}")
        beside = [f"lowest {series.low:.5g}", run.state] + ([f"{series.bad} not a number"] if series.bad else [])
        text.append("  " + ", ".join(beside), style="dim")
        text.truncate(width, overflow="ellipsis" if glyphs != "ascii" else "crop")
        return text


def _line(spans: Sequence[tuple[str, Role]]) -> Any:
    """A row of a picture in the terminal's colours."""
    from rich.text import Text

    line = Text.assemble(*((text, _style(role)) for text, role in spans))
    line.rstrip()
    return line


def _style(role: Role) -> str:
    if isinstance(role, int):
        return COLORS[role % len(COLORS)]
    if isinstance(role, tuple):
        return f"dim {COLORS[role[0] % len(COLORS)]}"
    return "dim"
