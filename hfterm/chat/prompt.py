"""A conversation at the terminal: questions in, answers out, every word saved."""

import contextlib
import os
import signal
from collections.abc import Iterator
from types import FrameType

from hfterm import paths
from hfterm.chat.answer import Answering
from hfterm.chat.message import BROKEN, Message
from hfterm.chat.slash import Leave, Talk
from hfterm.errors import HftermError
from hfterm.inference.engine import Done, Engine, Loading, Note, Piece
from hfterm.output import Output, is_terminal
from hfterm.text import sanitize

# Begins and ends a question of several lines.
_BLOCK = '"""'


def converse(out: Output, talk: Talk, engine: Engine) -> None:
    """Ask and answer until the user leaves. Answers go to stdout, all else to stderr.

    Raises:
        HftermError: the model cannot be loaded at all.
    """
    prompt = _Prompt(out, talk, engine)
    with _history(), _hang_up():
        while True:
            try:
                line = prompt.read()
                question = prompt.obey(line) if line else None
            except KeyboardInterrupt:
                out.note("")
                continue
            except (EOFError, Leave):
                return
            except HftermError as exc:
                out.error(exc)
                continue
            if question is not None:
                prompt.answer(question)


class _Prompt:
    """The two sides of a terminal's conversation."""

    def __init__(self, out: Output, talk: Talk, engine: Engine) -> None:
        self.out, self.talk, self.engine = out, talk, engine
        self._answered = False
        # A line that is drawn over and taken away again.
        self._moving = is_terminal(out.stderr) and os.environ.get("TERM") != "dumb" and not out.quiet
        self._drawn = False
        self._thinking = False

    def read(self) -> str:
        """What the user writes; several lines between two ``\"\"\"``."""
        line = self._line("> ").strip()
        if not line.startswith(_BLOCK):
            return line
        lines = [line.removeprefix(_BLOCK)]
        while not lines[-1].rstrip().endswith(_BLOCK):
            lines.append(self._line("... "))
        lines[-1] = lines[-1].rstrip().removesuffix(_BLOCK)
        return "\n".join(lines).strip()

    def _line(self, prompt: str, given: str = "") -> str:
        """One line; the prompt never gets into a redirected stdout. ``given`` is there to be changed."""
        with _prefilled(given):
            if is_terminal(self.out.stdout):
                return input(prompt)
            self.out.stderr.write(prompt)
            self.out.stderr.flush()
            return input()

    def obey(self, line: str) -> Message | None:
        """Do what a line says; the question that is to be answered, or None."""
        outcome = self.talk.command(line)
        if outcome is None:
            return self.talk.session.add("user", line)
        if outcome.say:
            self.out.note(outcome.say)
        if outcome.edit is not None:
            changed = self._line("edit> ", outcome.edit).strip()
            return self.talk.edited(changed) if changed else None
        return outcome.answer

    def answer(self, question: Message) -> None:
        """Have it answered, show it as it comes, and say how it ended."""
        answering = Answering(self.talk.session, self.engine, question)
        done: Done | None = None
        try:
            with _ctrl_c(answering), contextlib.closing(iter(answering)) as events:  # type: ignore[type-var]
                for event in events:
                    done = event if isinstance(event, Done) else None
                    self._show(event)
        except HftermError as exc:
            self._wipe()
            if answering.text:
                self.out.text("")
            if self.engine.state == "dead" and not self._answered:
                raise
            self.out.error(exc)
            if answering.message is not None and answering.message.stop == BROKEN:
                self.out.note("(broken off; what came is kept, /retry asks again)")
            return
        except KeyboardInterrupt:  # a second Ctrl-C: the engine does not obey
            pass
        self._wipe()
        self._answered = True
        if answering.text:
            self.out.text("")
        if done is None or done.stop == "stopped":
            self.out.note("(stopped)")
        elif done.stop == "filtered":
            self.out.note("(the server's filter ended the answer)")
        else:
            afterwards(self.out, done)

    def _show(self, event: object) -> None:
        if isinstance(event, Loading):
            self._draw(event.text)
        elif isinstance(event, Note):
            self._wipe()
            self.out.warn(event.text)
        elif isinstance(event, Piece):
            self._wipe()
            if event.thinking != self._thinking:
                self._thinking = event.thinking
                self.out.note("(thinking)" if event.thinking else "\n(answer)")
            if not event.thinking:
                self.out.text(event.text, end="")
            elif not self.out.quiet:
                self.out.stderr.write(sanitize(event.text))
                self.out.stderr.flush()
        elif isinstance(event, Done):
            self._thinking = False

    def _draw(self, text: str) -> None:
        if self._moving:
            width = 78
            self.out.stderr.write(f"\r\x1b[K({sanitize(text, cell=True)[:width]})")
            self.out.stderr.flush()
        elif not self._drawn:
            self.out.note("(getting the model ready)")
        self._drawn = True

    def _wipe(self) -> None:
        if self._drawn and self._moving:
            self.out.stderr.write("\r\x1b[K")
            self.out.stderr.flush()
        self._drawn = False


def afterwards(out: Output, done: Done) -> None:
    """Say what is worth knowing about an answer that has ended."""
    if done.stop == "length":
        out.note(f"hfterm: the answer was cut at {done.completion_tokens} tokens; allow more with --max-new-tokens")
    first = f", the first after {done.first_token_seconds:.2f} s" if done.first_token_seconds is not None else ""
    out.detail(f"{done.prompt_tokens} + {done.completion_tokens} tokens, {done.tokens_per_second} tokens/s{first}")


@contextlib.contextmanager
def _ctrl_c(answering: Answering) -> Iterator[None]:
    """While an answer comes, the first Ctrl-C stops it; the second leaves it."""

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        answering.stop()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _hang_up() -> Iterator[None]:
    """A terminal that goes away ends the conversation in good order, as SIGTERM does."""
    if not hasattr(signal, "SIGHUP") or signal.getsignal(signal.SIGHUP) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGHUP, signal.getsignal(signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@contextlib.contextmanager
def _prefilled(text: str) -> Iterator[None]:
    """Let the line be ``text`` at first, where there is a line editor."""
    if not text:
        yield
        return
    try:
        import readline
    except ImportError:
        yield
        return
    readline.set_startup_hook(lambda: readline.insert_text(text))
    try:
        yield
    finally:
        readline.set_startup_hook(None)


@contextlib.contextmanager
def _history() -> Iterator[None]:
    """Earlier questions at the arrow keys, kept in the state folder."""
    try:
        import readline
    except ImportError:
        yield
        return
    file = paths.state_dir() / "chat_history"
    readline.set_auto_history(True)
    readline.set_history_length(1000)
    with contextlib.suppress(OSError):
        readline.read_history_file(file)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            readline.write_history_file(file)
            file.chmod(0o600)
