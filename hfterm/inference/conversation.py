"""A conversation at the prompt: what was said, and the lines that are commands and not questions."""

from typing import Any

from hfterm.errors import UsageError

HELP = """\
/system TEXT   tell the model how to behave (no TEXT: nothing special), and start over
/clear         start over
/help          this
/exit          leave (Ctrl-D too)
Ctrl-C stops an answer"""


class Leave(Exception):
    """The user wants to leave."""


class Conversation:
    """The messages so far; ``system`` stands before them."""

    def __init__(self, system: str | None = None) -> None:
        self.system = system
        self.turns: list[dict[str, Any]] = []

    def messages(self, question: str) -> list[dict[str, Any]]:
        """What to send: everything said, and the new question."""
        first = [{"role": "system", "content": self.system}] if self.system else []
        return [*first, *self.turns, {"role": "user", "content": question}]

    def answered(self, question: str, answer: str) -> None:
        """Keep a question and its answer; one that was stopped before its first word is forgotten."""
        if answer:
            self.turns += [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]

    def command(self, line: str) -> str | None:
        """Obey a line that begins with a slash and say what was done; None: it is a question.

        Raises:
            Leave: the user wants to leave. UsageError: no such command.
        """
        if not line.startswith("/"):
            return None
        word, _, rest = line.partition(" ")
        if word in ("/exit", "/quit", "/bye"):
            raise Leave
        if word == "/help":
            return HELP
        if word == "/clear":
            self.turns.clear()
            return "started over"
        if word == "/system":
            self.system = rest.strip() or None
            self.turns.clear()
            return "the model has been told; started over" if self.system else "nothing special is told; started over"
        raise UsageError(f"no such command {word!r}", "see /help")


def join_prompt(prompt: str | None, piped: str | None) -> str:
    """One prompt from ``-p`` and what was piped in, which goes under it.

    Raises:
        UsageError: there is nothing in either.
    """
    parts = [part.strip("\n") for part in (prompt, piped) if part is not None and part.strip()]
    if not parts:
        raise UsageError("the prompt is empty", "add -p 'QUESTION' or pipe one in")
    return "\n\n".join(parts)
