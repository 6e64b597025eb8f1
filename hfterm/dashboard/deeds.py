"""What keys do to runs: stop, resume, delete, note. Each works in a thread, and what came of it is said."""

import contextlib
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from hfterm.dashboard import run_words
from hfterm.dashboard.screens.ask import Ask, Choice
from hfterm.dashboard.widgets.note_line import NoteLine
from hfterm.errors import HftermError, one_line
from hfterm.text import human_bytes

if TYPE_CHECKING:
    from hfterm.dashboard.screens.base import BaseScreen
    from hfterm.jobs import Job
    from hfterm.tracking.followed import Followed
    from hfterm.train.control import Stopped

T = TypeVar("T")
# How often a run that is to end is looked at.
POLL_SECONDS = 0.5


class Deeds:
    """Does things to runs for a screen.

    ``changed`` is called after each deed; ``expected`` has the keys of runs that are about to be deleted, or were.
    """

    def __init__(self, screen: "BaseScreen", changed: Callable[[], None], expected: set[str]) -> None:
        self.screen, self.app = screen, screen.hfterm
        self._changed, self._expected = changed, expected
        # How often each run has been stopped: what waits for an end that a later stop has hastened is silent.
        self._stops: dict[str, int] = {}

    def _aside(self, do: Callable[[], T], then: Callable[[T], None]) -> None:
        """Do something that may take long, then go on with its result here; say it when it fails."""

        def work() -> None:
            try:
                found = do()
            except Exception as exc:
                self._later(self.app.fail, exc)
            else:
                self._later(then, found)

        # A daemon: what hangs must not keep the dashboard from ending.
        threading.Thread(target=work, name="hfterm-deed", daemon=True).start()

    def _later(self, call: Callable[..., Any], *arguments: Any) -> None:
        if self.screen.is_running:
            with contextlib.suppress(RuntimeError):  # the app has just ended
                self.screen.call_later(call, *arguments)

    def _say(self, text: str, role: str = "good") -> None:
        self.app.say(text, role)
        self._changed()

    def _ours(self, run: "Followed", verb: str) -> bool:
        """Whether hfterm may do this to the run; says why not."""
        if run.kind != "hfterm":
            self.app.say(f"hfterm did not start {run.name} and cannot {verb} it: see {run.path}", "warn")
            return False
        if run_words.reference(run) is None:
            self.app.say(f"{run.name} is kept elsewhere: set HFTERM_HOME to {verb} what is in {run.path}", "warn")
            return False
        return self.app.allowed(f"{verb} a run")

    # Stop.

    def stop(self, run: "Followed") -> None:
        """Ask, then let it save a checkpoint and end; one that was asked before may be killed."""
        if not self._ours(run, "stop"):
            return

        def look() -> tuple[bool, str, bool, int | None]:
            from hfterm import runs
            from hfterm.train import control

            ours = runs.get(run.name)
            job = control.job_of(ours)
            begins = job is not None and job.state() == "running"
            return begins, ours.state(), control.stopping(ours) is not None, max(ours.checkpoints(), default=None)

        self._aside(look, lambda found: self._ask_stop(run, *found))

    def _ask_stop(self, run: "Followed", begins: bool, state: str, asked: bool, saved: int | None) -> None:
        if state not in ("queued", "running") and not begins:
            self.app.say(f"{run.name} is {state}: there is nothing to stop", "warn")
            return
        lost = f"all since step {saved}" if saved is not None else "all of it: there is no checkpoint"
        kill = Choice("k", f"kill it now, and lose {lost}", "bad")
        if asked:
            question, choices = f"Kill {run.name}?", [kill]
            details = ["It has been asked to stop, and ends when its step is done and saved."]
        else:
            question, choices = f"Stop {run.name}?", [Choice("y", "save a checkpoint after this step, and end", "warn")]
            details = [] if state == "running" else ["It waits, or is about to go on: nothing is lost."]
        self.app.push_screen(Ask(question, choices, details), lambda key: self._stop(run, key))

    def _stop(self, run: "Followed", key: str | None) -> None:
        from hfterm import runs
        from hfterm.train import control

        if key is None:
            return
        turn = self._stops[run.name] = self._stops.get(run.name, 0) + 1

        def stopped(found: "Stopped") -> None:
            if turn == self._stops[run.name]:
                self._stopped(found)

        def asked(was_running: bool) -> None:
            self._say(f"asked {run.name} to stop: it saves a checkpoint first", "accent")
            self._aside(lambda: control.await_end(runs.get(run.name), asked=was_running, poll=POLL_SECONDS), stopped)

        if key == "k":
            self._aside(lambda: control.stop(runs.get(run.name), grace=0, kill=True), stopped)
        else:
            self._aside(lambda: control.ask_to_stop(runs.get(run.name)), asked)

    def _stopped(self, stopped: "Stopped") -> None:
        step = f" at step {stopped.step}" if stopped.step is not None else ""
        saved = f"; saved at step {stopped.saved}, R resumes it" if stopped.saved is not None else ""
        if stopped.state == "done":
            self._say(f"{stopped.name} was done before it could stop")
        else:
            self._say(f"{stopped.name} {'was killed' if stopped.killed else f'is {stopped.state}'}{step}{saved}")

    # Resume.

    def resume(self, run: "Followed") -> None:
        """Go on in a job that outlives the dashboard."""
        if not self._ours(run, "resume"):
            return
        from hfterm import runs
        from hfterm.train import control

        def told(text: str) -> None:
            self._later(self._say, text, "accent")

        def resumed(job: "Job") -> None:
            self.app.started.append(job)
            self._say(f"{run.name} trains again, also when you leave")

        self.app.say(f"resuming {run.name}...")
        self._aside(lambda: control.resume(runs.get(run.name), say=told), resumed)

    # Delete.

    def delete(self, run: "Followed", marked: "Sequence[Followed]") -> None:
        """Ask, then remove the run's folder, or those of all marked runs."""
        if not self._ours(run, "delete"):
            return
        others = [other for other in marked if run_words.reference(other)]

        def look() -> tuple[int, int, str]:
            from hfterm import runs
            from hfterm.train import removal

            ours = runs.get(run.name)
            why_not = ""
            try:
                removal.check_deletable(ours)
            except HftermError as exc:
                if len(others) < 2:
                    raise
                why_not = exc.message
            return removal.size(ours), sum(removal.size(runs.get(other.name)) for other in others), why_not

        self._aside(look, lambda found: self._ask_delete(run, others, *found))

    def _ask_delete(self, run: "Followed", others: "list[Followed]", size: int, all_sizes: int, why_not: str) -> None:
        choices = [] if why_not else [Choice("y", f"delete it, {human_bytes(size)}", "bad")]
        if len(others) > 1:
            choices.append(Choice("m", f"delete the {len(others)} marked runs, {human_bytes(all_sizes)}", "bad"))
        details = [str(run.path), why_not or "Its checkpoints and its final model go with it."]

        def answered(key: str | None) -> None:
            if key is not None:
                self._delete([run] if key == "y" else others)

        self.app.push_screen(Ask(f"Delete {run.name}?", choices, details), answered)

    def _delete(self, those: "list[Followed]") -> None:
        def work() -> tuple[int, dict[str, str]]:
            from hfterm import runs
            from hfterm.train import removal

            freed, kept = 0, {}
            for run in those:
                try:
                    freed += removal.delete(runs.get(run.name))
                except (HftermError, OSError) as exc:
                    kept[run.key] = exc.message if isinstance(exc, HftermError) else one_line(exc)
            return freed, kept

        def deleted(found: tuple[int, dict[str, str]]) -> None:
            freed, kept = found
            self._expected.difference_update(kept)
            gone = len(those) - len(kept)
            what = those[0].name if len(those) == 1 else f"{gone} runs"
            said = f"deleted {what}: {human_bytes(freed)} freed" if gone else ""
            self._say("; ".join([*([said] if said else []), *kept.values()]), "bad" if kept else "good")

        self._expected.update(run.key for run in those)
        self._aside(work, deleted)

    # Note.

    def note(self, run: "Followed") -> None:
        """Write a line about the run; an empty one takes the note away."""
        if not self._ours(run, "note"):
            return
        from hfterm import runs
        from hfterm.train import control

        def written(text: str) -> None:
            self._aside(
                lambda: control.note(runs.get(run.name), text),
                lambda _: self._say(f"noted on {run.name}" if text.strip() else f"no note on {run.name} any more"),
            )

        def write(old: str | None) -> None:
            line = one_line(old) if old else ""
            self.screen.mount(NoteLine(line, f"a note on {run.name}; Enter keeps it, Esc does not", written))

        self._aside(lambda: runs.get(run.name).note(), write)
