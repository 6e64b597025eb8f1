"""The app: it owns what is known, moves between screens, and does what the keys of every screen say."""

import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, SuspendNotSupported
from textual.message import Message
from textual.signal import Signal

from hfterm.dashboard import alerts, keys, shades
from hfterm.dashboard.pump import Pump, Sampler
from hfterm.dashboard.screens.table import SCREENS
from hfterm.dashboard.sources import Sources
from hfterm.dashboard.state import TOPICS, State, Topic
from hfterm.dashboard.widgets.key_bar import SAID_SECONDS
from hfterm.errors import HftermError, one_line, translate
from hfterm.text import redact, sanitize, to_json

if TYPE_CHECKING:
    from hfterm.dashboard.terminal import Terminal
    from hfterm.dashboard.widgets.command_line import CommandLine
    from hfterm.jobs import Job

INTERVALS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)


@dataclass(frozen=True)
class Options:
    """What the user chose. ``theme`` is a name of :data:`hfterm.dashboard.shades.THEMES` or auto."""

    screen: str = "home"
    theme: str = "auto"
    interval: float = 1.0
    readonly: bool = False
    keymap: str = ""
    model: str | None = None


class Sampled(Message):
    """A source has looked: ``data``, or why not."""

    def __init__(self, name: str, data: Any, error: Exception | None) -> None:
        super().__init__()
        self.name, self.data, self.error = name, data, error


class HftermApp(App[int]):
    """The dashboard. ``return_value`` is the exit code."""

    TITLE = "hfterm"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar[Any] = keys.bindings("app")
    MODES: ClassVar[Any] = {entry.name: entry.load for entry in SCREENS}
    CSS_PATH = "app.tcss"

    def __init__(self, sources: Sources, options: Options, terminal: "Terminal", **kwargs: Any) -> None:
        super().__init__(ansi_color=True, **kwargs)  # as all our themes have it; NO_COLOR asks before they are known
        self.sources, self.options, self.terminal = sources, options, terminal
        self.readonly = options.readonly or sources.pretend
        self.ascii = terminal.glyphs == "ascii"
        self.host = "gpu-07" if sources.pretend else sanitize(socket.gethostname(), cell=True)[:20]
        self.state = State()
        self.topics: dict[Topic, Signal[Topic]] = {topic: Signal(self, topic) for topic in TOPICS}
        self.interval = options.interval
        self.said_until = 0.0
        self._said: tuple[str, str] = ("", "plain")
        self._keymap = keys.keymap(options.keymap)
        self.started: list[Job] = []
        self.chat_model: str | None = None  # with which the chat screen is to begin a conversation
        self.pump = Pump()
        for name, source in (("machine", sources.machine), ("runs", sources.runs)):
            self.pump.add(Sampler(name, source.poll, options.interval, self._deliver))
        for theme in shades.textual_themes():
            self.register_theme(theme)
        self._shades = shades.theme_for(options.theme, terminal.colors, terminal.dark)
        self.theme = f"hfterm-{self._shades}"

    # Life.

    def on_mount(self) -> None:
        """Go to the first screen; nothing is read before it is painted."""
        if self._keymap:
            self.set_keymap(self._keymap)
        self.switch_mode(self.options.screen)
        self.set_interval(1.0, self._tick)

    def on_unmount(self) -> None:
        """Listen to no source any more."""
        self.pump.end()

    def look_at(self, names: Iterable[str]) -> None:
        """Let these sources look, and pause the others; a screen calls it when it comes up."""
        self.pump.want(set(names))

    def _deliver(self, name: str, data: Any, error: Exception | None) -> None:
        if self.is_running:
            self.post_message(Sampled(name, data, error))

    def on_sampled(self, message: Sampled) -> None:
        """Keep what a source saw, and tell who shows it."""
        state, name = self.state, message.name
        if message.error is not None:
            known = translate(message.error)
            said = str(known) if known else f"{type(message.error).__name__}: {one_line(message.error)}"
            state.problems[name] = redact(said)
        else:
            state.problems.pop(name, None)
            if name == "machine":
                self._machine(message.data)
            elif name == "runs":
                state.runs = message.data
        self._alert()
        if name in TOPICS:
            self.tell(name)

    def _machine(self, sample: Any) -> None:
        state = self.state
        if state.history is None:
            from hfterm.monitor.history import History

            state.history = History()
        state.history.add(sample)
        state.machine = sample

    def tell(self, topic: Topic) -> None:
        """Something has changed: panels that show it paint anew."""
        self.topics[topic].publish(topic)

    def _alert(self) -> None:
        found = alerts.alerts(self.state)
        if found != self.state.alerts:
            self.state.alerts = found
            self.tell("alerts")

    def _tick(self) -> None:
        """Once a second: sources that hang, sentences that are over, a link that is behind."""
        for name, seconds in self.pump.hanging().items():
            self.state.problems[name] = f"no answer for {seconds:.0f} s"
        self._alert()
        self._ended_jobs()
        factor = 4 if self.behind() else 1
        self.pump.every(self.interval * factor)
        self.tell("clock")

    # The link.

    def behind(self) -> bool:
        """Whether the terminal is not keeping up."""
        link = getattr(self._driver, "link", None)
        return bool(link and link.behind)

    def link_delay(self) -> float | None:
        """How long the terminal took for a frame lately, in milliseconds; None when it is quick or unknown."""
        link = getattr(self._driver, "link", None)
        delay = link.delay_ms if link else None
        return delay if delay is not None and delay >= 20 else None

    # Looks.

    def shade(self, role: str | int | tuple[int, str]) -> Any:
        """The rich style of a role in the theme at hand."""
        return shades.style(self._shades, role, self.terminal.colors != "none")

    def set_shades(self, name: str) -> None:
        """Change the theme."""
        self._shades = name
        self.theme = f"hfterm-{name}"
        for widget in self.screen.query("*"):
            if hasattr(widget, "repaint"):
                widget.repaint()

    def keys_of(self, key_id: str | None) -> str | None:
        """The keys that the user gave a row of the key table; None: those of the table."""
        return self._keymap.get(key_id or "")

    # Saying things.

    def say(self, text: str, role: str = "accent") -> None:
        """Show a sentence in the last line for a while."""
        self._said = sanitize(redact(text), cell=True), role
        self.said_until = time.monotonic() + SAID_SECONDS
        self.tell("clock")

    def said(self) -> tuple[str, str] | None:
        """The sentence that is being shown, and its role."""
        if self.said_until and time.monotonic() >= self.said_until:
            self.said_until = 0.0
        return self._said if self.said_until else None

    def notify(self, message: str, *, severity: str = "information", **kwargs: Any) -> None:
        """One place for all that is said: the last line."""
        self.say(message, {"information": "accent", "warning": "warn", "error": "bad"}[severity])

    def fail(self, exc: Exception) -> None:
        """Say an error; a bug goes on to the crash page."""
        known = exc if isinstance(exc, HftermError) else translate(exc)
        if known is None:
            raise exc
        self.say(str(known), "bad")

    def allowed(self, what: str) -> bool:
        """Whether something may be changed; says so if not."""
        if self.sources.pretend:
            self.say(f"this is a demo: start without --demo to {what}", "warn")
        elif self.readonly:
            self.say(f"read-only: start without --readonly to {what}", "warn")
        return not self.readonly

    # Keys.

    def action_goto(self, name: str) -> None:
        """Go to a screen."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.switch_mode(name)

    def chat_with(self, model: str) -> None:
        """Begin a conversation with a model (a reference or URL) on the chat screen."""
        self.chat_model = model
        self.action_goto("chat")
        if (take := getattr(self.screen, "take_model", None)) is not None:
            take()

    async def action_back(self) -> None:
        """Leave what is open."""
        if (back := getattr(self.screen, "action_back", None)) is not None:
            back()
        elif len(self.screen_stack) > 1:
            self.pop_screen()

    def action_redraw(self) -> None:
        """Forget what the terminal shows and paint all of it."""
        forget = getattr(self._driver, "forget", None)
        if forget:
            forget()
        self.refresh(layout=True)
        self.screen.refresh(layout=True)

    def action_refresh_now(self) -> None:
        """Look again now."""
        self.pump.now()

    def action_faster(self) -> None:
        """Look more often."""
        self._pace(-1)

    def action_slower(self) -> None:
        """Look less often."""
        self._pace(1)

    def _pace(self, step: int) -> None:
        near = min(range(len(INTERVALS)), key=lambda i: abs(INTERVALS[i] - self.interval))
        self.interval = INTERVALS[min(max(0, near + step), len(INTERVALS) - 1)]
        self.pump.every(self.interval)
        self.say(f"looking every {self.interval:g} s")

    def action_copy(self) -> None:
        """Copy what the cursor is on."""
        self._copy(as_json=False)

    def action_copy_json(self) -> None:
        """The same as JSON."""
        self._copy(as_json=True)

    def _copy(self, *, as_json: bool) -> None:
        give = getattr(self.screen, "to_copy", None)
        text, value = give() if give else ("", None)
        if as_json and value is not None:
            text = to_json(value)
        if not text:
            self.say("nothing to copy here", "warn")
            return
        self.copy_text(text)

    def copy_text(self, text: str) -> None:
        """Copy, and say what came of it."""
        from hfterm.dashboard import clipboard

        try:
            driver = self._driver
            self.say(clipboard.copy(text, self.terminal, driver.write if driver else print))
        except HftermError as exc:
            self.fail(exc)

    def action_help(self) -> None:
        """Explain the keys that work here."""
        from hfterm.dashboard.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.screen))

    def action_command_line(self) -> None:
        """Open the command line."""
        self.open_line()

    def open_line(self, text: str = "") -> None:
        """Open the command line with ``text`` in it."""
        from hfterm.dashboard.widgets.command_line import CommandLine

        line = CommandLine(text)
        self.screen.mount(line)
        line.focus()

    def action_command_palette(self) -> None:
        """Search what can be done here, and do it."""
        from hfterm.dashboard.screens.palette import Deed, Palette

        def then(deed: Deed | None) -> None:
            if deed is not None and (waited := deed.do()) is not None:
                self.run_worker(waited)

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(self.screen), then)

    def action_jobs(self) -> None:
        """The commands started here."""
        from hfterm.dashboard.screens.jobs import JobsScreen

        self.push_screen(JobsScreen())

    def on_command_line_run(self, message: "CommandLine.Run") -> None:
        """Run one of hfterm's commands as a job, which outlives the dashboard, and show what it writes."""
        words = message.words
        if words in (["q"], ["quit"], ["exit"]):
            self.exit(0)
        elif words[0] == "ui":
            self.say("this is the dashboard already", "warn")
        elif words[0] == "chat" and not {"-p", "--prompt", "--list", "--export"} & set(words):
            if len(words) == 2 and not words[1].startswith("-"):
                self.chat_with(words[1])
            else:
                self.action_goto("chat")
        elif self.allowed("run a command"):
            self.run_command(words)

    def run_command(self, words: list[str]) -> None:
        """Start ``hfterm WORDS`` and show its output.

        Its tables are as wide as the pane; what it would ask it cannot ask, for it has no terminal.
        """
        import shlex

        from hfterm import jobs
        from hfterm.dashboard.screens.jobs import JobsScreen

        environ = {"HFTERM_FORMAT": "table", "COLUMNS": str(max(40, self.size.width - 4)), "NO_COLOR": "1"}
        try:
            job = jobs.start(jobs.hfterm_argv(*words), title=shlex.join(words), env=environ)
        except (HftermError, OSError) as exc:
            self.fail(exc)
            return
        self.started.append(job)
        self.push_screen(JobsScreen(job.id))

    def _ended_jobs(self) -> None:
        for job in self.started[:]:
            if (state := job.state()) != "running":
                self.started.remove(job)
                self.say(f"hfterm {job.title}: {state}", "good" if state == "done" else "bad")

    def open_file(self, path: Path) -> None:
        """Show a file in the user's pager, and come back."""
        import os
        import shlex
        import shutil
        import subprocess

        pager = shlex.split(os.environ.get("PAGER", "") or "less -R +G")
        if shutil.which(pager[0]) is None:
            self.say(f"no pager {pager[0]!r}: set PAGER", "warn")
            return
        try:
            with self.suspend():
                subprocess.run([*pager, str(path)], check=False)
        except SuspendNotSupported:
            self.say("this terminal cannot be left and come back to", "warn")

    async def action_quit(self) -> None:
        """Quit; what was started goes on."""
        self.exit(0)

    def action_help_quit(self) -> None:
        """Ctrl-C: nothing is lost by a wrong key."""
        self.say("Q quits; runs and jobs go on")

    # Crashes.

    def _fatal_error(self) -> None:
        from hfterm.dashboard import crash

        crash.fatal(self)
