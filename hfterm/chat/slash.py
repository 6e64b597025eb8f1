"""The lines of a conversation that are commands and not questions."""

from pathlib import Path
from typing import NamedTuple

from hfterm.chat import export
from hfterm.chat.message import Message
from hfterm.chat.session import Session
from hfterm.chat.store import Store
from hfterm.errors import HftermError, UsageError
from hfterm.files import write_text
from hfterm.inference.sampling import NAMES
from hfterm.text import to_json

HELP = """\
/retry             another answer to the last question; the first one is kept
/other             go through the answers that the last question has
/edit [TEXT]       change the last question and ask again
/undo              take the last question and its answer back
/system [TEXT]     tell the model how to behave (show it; 'clear' takes it away)
/set [NAME VALUE]  how to draw: temperature, top_p, max_new_tokens, seed
/new               start a new conversation
/title TEXT        give this one a title
/sessions [TEXT]   list the saved ones, or search them
/open ID           go on with a saved one
/export FILE       write this one: .md to read, .jsonl to train on
/help              this
/exit              leave (Ctrl-D too)
\"\"\" begins and ends several lines; Ctrl-C stops an answer and keeps what came"""

LISTED = 20


class Leave(Exception):
    """The user wants to leave."""


class Outcome(NamedTuple):
    """What a command did. ``say``: words for the user; ``answer``: a question to be answered (again);
    ``edit``: a text to be changed by the user, then given to :meth:`Talk.edited`.
    """

    say: str = ""
    answer: Message | None = None
    edit: str | None = None


class Talk:
    """The conversation at hand, and the store it is in; ``session`` changes with ``/new`` and ``/open``."""

    def __init__(self, store: Store, session: Session) -> None:
        self.store, self.session = store, session

    def command(self, line: str) -> Outcome | None:
        """Obey a line that begins with a slash; None: it is a question.

        Raises:
            Leave: the user wants to leave. HftermError: no such command, or it cannot be done.
        """
        if not line.startswith("/"):
            return None
        word, _, rest = line.partition(" ")
        if word in ("/exit", "/quit", "/bye"):
            raise Leave
        obey = _COMMANDS.get(word)
        if obey is None:
            raise UsageError(f"no such command {word!r}", "see /help")
        return obey(self, rest.strip())

    def edited(self, text: str) -> Message:
        """The last question with other words, beside the one that was."""
        return self.session.edit(self.session.question(), text)

    def _help(self, rest: str) -> Outcome:
        return Outcome(HELP)

    def _retry(self, rest: str) -> Outcome:
        return Outcome(answer=self.session.question())

    def _other(self, rest: str) -> Outcome:
        path = self.session.path()
        answer = path[-1] if path and path[-1].role == "assistant" else None
        siblings = self.session.siblings(answer) if answer is not None else []
        if answer is None or len(siblings) < 2:
            raise UsageError("there is no other answer", "ask for one with /retry")
        at = (siblings.index(answer) + 1) % len(siblings)
        self.session.choose(siblings[at])
        return Outcome(f"answer {at + 1} of {len(siblings)}:\n{siblings[at].content}")

    def _edit(self, rest: str) -> Outcome:
        question = self.session.question()
        return Outcome(answer=self.edited(rest)) if rest else Outcome(edit=question.content)

    def _undo(self, rest: str) -> Outcome:
        question = self.session.back()
        if question is None:
            raise UsageError("there is nothing to take back")
        return Outcome(f"taken back: {question.content}")

    def _system(self, rest: str) -> Outcome:
        if not rest:
            return Outcome(self.session.system or "the model is told nothing special")
        self.session.system = None if rest == "clear" else rest
        return Outcome("from the next answer on" + ("" if self.session.system else ", nothing special is told"))

    def _set(self, rest: str) -> Outcome:
        name, _, value = rest.replace("=", " ", 1).partition(" ")
        if name:
            if not value.strip():
                raise UsageError(f"what should {name} be?", f"write /set {name} VALUE")
            self.session.sampling = self.session.sampling.changed(name, value)
        now = self.session.sampling.as_dict()
        return Outcome(", ".join(f"{name} {'none' if now[name] is None else now[name]}" for name in NAMES))

    def _new(self, rest: str) -> Outcome:
        old = self.session
        self.session = self.store.create(old.model, system=old.system, sampling=old.sampling)
        return Outcome("started over")

    def _title(self, rest: str) -> Outcome:
        if not rest:
            return Outcome(self.session.title or "it has no title yet")
        self.session.title = rest
        return Outcome(f"it is called {self.session.title!r} now")

    def _sessions(self, rest: str) -> Outcome:
        rows = self.store.sessions(rest, LISTED)
        if not rows:
            return Outcome("nothing like it is saved" if rest else "nothing is saved yet")
        return Outcome("\n".join(f"{row.id}  {row.updated[:16].replace('T', ' ')}  {row.title}" for row in rows))

    def _open(self, rest: str) -> Outcome:
        if not rest:
            raise UsageError("which one?", "write /open ID; /sessions lists them")
        self.session = self.store.open(rest)
        return Outcome(recap(self.session))

    def _export(self, rest: str) -> Outcome:
        if not rest:
            raise UsageError("to which file?", "write /export FILE.md or FILE.jsonl")
        return Outcome(f"written to {write_file(Path(rest).expanduser(), [self.session])}")


_COMMANDS = {
    "/help": Talk._help,
    "/?": Talk._help,
    "/retry": Talk._retry,
    "/regenerate": Talk._retry,
    "/other": Talk._other,
    "/edit": Talk._edit,
    "/undo": Talk._undo,
    "/system": Talk._system,
    "/set": Talk._set,
    "/new": Talk._new,
    "/clear": Talk._new,
    "/title": Talk._title,
    "/sessions": Talk._sessions,
    "/open": Talk._open,
    "/export": Talk._export,
}


def recap(session: Session) -> str:
    """Where a saved conversation stands: its title, and the last question with its answer."""
    path = session.path()
    begin = next((i for i in range(len(path) - 1, -1, -1) if path[i].role == "user"), len(path))
    lines = [f"{session.title} ({session.id}, {len(path)} messages)"]
    for message in path[begin:]:
        lines.append(f"> {message.content}" if message.role == "user" else message.content)
        if not message.whole:
            lines.append("(unfinished)")
    return "\n".join(lines)


def write_file(path: Path, sessions: list[Session]) -> Path:
    """Write conversations: Markdown where the name ends in ``.md``, else records, one a line.

    Raises:
        UsageError: the name says another format. HftermError: there is no answer in them to learn from.
    """
    suffix = path.suffix.lower()
    if suffix in (".md", ".markdown"):
        write_text(path, "\n\n".join(map(export.markdown, sessions)))
        return path
    if suffix not in (".jsonl", ".ndjson"):
        raise UsageError(f"no such format: {path.name!r}", "let the name end in .md or .jsonl")
    rows = list(export.records(sessions))
    if not rows:
        raise HftermError("no answer to export", "one that was stopped or broken off would teach a model to stop there")
    write_text(path, "".join(to_json(row) + "\n" for row in rows))
    return path
