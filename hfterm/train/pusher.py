"""Send the checkpoints of a run at work to the Hub: ``python -m hfterm.train.pusher RUN``, beside the trainer.

It reads an :class:`Order` in a line of its standard input, then looks for checkpoints until a line ``finish`` comes:
then it tries once more what is left, and ends. The end of that stream without the word ends it at once, also in the
middle of an upload. A checkpoint is linked aside first, so that the trainer may remove its own, and is checked whole.
What became of each is in the run's ``push.json``: an object with ``repo``, ``private``, ``strategy``, ``sent`` (step
-> address of the commit) and ``failed`` (step -> why).
"""

import contextlib
import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hfterm import paths
from hfterm.errors import HftermError, one_line, translate
from hfterm.files import write_text
from hfterm.runs import Run
from hfterm.text import redact, to_json
from hfterm.train import checkpoints, push

NAME = "push.json"
ASIDE = ".push"
POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Order:
    """Where to, and which checkpoints: ``strategy`` is one of :data:`hfterm.train.recipe.HUB_STRATEGIES`."""

    repo: str
    private: bool | None
    strategy: str


def told(run: Run) -> dict[str, Any]:
    """What is known of a run's pushes; empty where none was asked for."""
    with contextlib.suppress(OSError, ValueError):
        value = json.loads((run.path / NAME).read_text("utf-8"))
        return value if isinstance(value, dict) else {}
    return {}


def write(run: Run, facts: dict[str, Any]) -> None:
    """Replace ``push.json``; a full disk is no reason to stop."""
    with contextlib.suppress(OSError):
        write_text(run.path / NAME, to_json(facts, indent=2) + "\n", fsync=False)


@contextlib.contextmanager
def quiet(name: str, total: int) -> Iterator[Callable[..., None]]:
    """Progress that nobody sees."""
    yield lambda count, **fields: None


class Pusher:
    """Sends the checkpoints of one run; :meth:`look` again and again."""

    def __init__(self, run: Run, order: Order) -> None:
        self.run, self.order = run, order
        self.goal = push.Goal(order.repo, order.private)
        before = told(run)
        same = all(before.get(key) == value for key, value in asdict(order).items())
        self.sent: dict[str, str] = dict(before.get("sent") or {}) if same else {}
        self.failed: dict[str, str] = {}
        self._tried: set[int] = set()
        self._say()

    def look(self, *, last: bool = False) -> None:
        """Send what is new; with it, or at the ``last`` look, what could not be sent before."""
        if last and self.order.strategy == "every_save":
            return  # the final model goes in its place
        saved = self._waiting()
        if not any(step not in self._tried for step in saved) and not (last and self.failed):
            return
        if self.order.strategy != "all_checkpoints" and saved:
            newest = max(saved)  # the newest one takes the place of those before
            self.failed = {step: why for step, why in self.failed.items() if int(step) >= newest}
            saved = {newest: saved[newest]}
        self._tried |= set(saved)
        left = dict(saved)
        for step in saved:
            if not self._push(step, left.pop(step)):
                self.failed |= {str(other): self.failed[str(step)] for other in left}
                break
        have = self.run.checkpoint_folders()
        for gone in [name for name in self.failed if int(name) not in have]:
            self.failed[gone] = "it was removed (--keep) before it could be sent"
        self._say()

    def _waiting(self) -> dict[int, Path]:
        """Whole checkpoints that are not sent, by step."""
        done = max(map(int, self.sent), default=-1) if self.order.strategy != "all_checkpoints" else None
        return {
            step: folder
            for step, folder in self.run.checkpoints().items()
            if str(step) not in self.sent and (done is None or step > done)
        }

    def _push(self, step: int, folder: Path) -> bool:
        """Send one; False: the Hub is out of reach, so that trying more is of no use now."""
        aside = self.run.path / ASIDE / folder.name
        try:
            _link(folder, aside)
            if flaws := checkpoints.problems(aside):
                raise HftermError(f"{folder.name} is not whole: {flaws[0]}")
            beside = {"checkpoint": "last-checkpoint", "all_checkpoints": folder.name}.get(self.order.strategy)
            made = push.push_checkpoint(self.run, self.goal, aside, step, beside, quiet, lambda text: None)
        except Exception as exc:  # whatever it is, the run goes on
            error = exc if isinstance(exc, HftermError) else translate(exc)
            why = redact(error.message if error else f"{type(exc).__name__}: {one_line(exc)}")
            self.failed[str(step)] = why
            self._event(step, error=why)
            return not isinstance(exc, OSError) and (error is None or error.exit_code != 9)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        self.sent[str(step)] = made["url"]
        self.failed.pop(str(step), None)
        self._event(step, url=made["url"])
        return True

    def _event(self, step: int, **facts: Any) -> None:
        with contextlib.suppress(OSError):
            self.run.append({"event": "push", "step": step, "repo": self.order.repo, **facts})

    def _say(self) -> None:
        write(self.run, {**asdict(self.order), "sent": self.sent, "failed": self.failed})


def _link(folder: Path, aside: Path) -> None:
    """The same files once more below ``aside``, by hard links; copies where the disk knows none."""

    def link(source: str, target: str) -> None:
        try:
            os.link(source, target)
        except FileNotFoundError:
            raise
        except OSError:
            shutil.copyfile(source, target)

    shutil.rmtree(aside, ignore_errors=True)
    try:
        shutil.copytree(folder, aside, copy_function=link)
    except (FileNotFoundError, shutil.Error) as exc:
        raise HftermError(f"{folder.name} was removed (--keep) before it could be sent") from exc


def main(name: str) -> int:
    """Send checkpoints of the run ``name`` until told to end."""
    # Whoever started us says when to end; a terminal's Ctrl-C is not for us.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.nice(5)
    order = Order(**json.loads(sys.stdin.readline()))
    run = Run(name, paths.runs_dir() / name)
    finish = threading.Event()

    def listen() -> None:
        for line in sys.stdin:
            if line.strip() == "finish":
                finish.set()
        if not finish.is_set():
            shutil.rmtree(run.path / ASIDE, ignore_errors=True)
            os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    pusher = Pusher(run, order)
    try:
        while not finish.wait(POLL_SECONDS):
            pusher.look()
        pusher.look(last=True)
    finally:
        shutil.rmtree(run.path / ASIDE, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
