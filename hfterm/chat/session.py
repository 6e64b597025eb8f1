"""A conversation as a tree: every question can be edited and every answer given again, and nothing is lost.

Each message remembers which of its children is active, so switching to another branch and back finds the
same place again.
"""

import json
from collections.abc import Mapping
from typing import Any

from hfterm.chat.database import Database
from hfterm.chat.message import EDITED, Message, from_row
from hfterm.errors import HftermError, NotFoundError
from hfterm.inference.sampling import Sampling
from hfterm.processes import now
from hfterm.text import to_json, whole

TITLE_CHARACTERS = 60


def title_of(question: str) -> str:
    """A title from the first question: its first words, on one line."""
    line = " ".join(question.split())
    if len(line) <= TITLE_CHARACTERS:
        return line
    cut = line[: TITLE_CHARACTERS - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:") + "…"


class Session:
    """One conversation; made by :class:`hfterm.chat.store.Store`. It is in the store once something was said."""

    def __init__(
        self,
        database: Database,
        id: str,
        *,
        model: str,
        title: str = "",
        system: str | None = None,
        sampling: Sampling | None = None,
        created: str = "",
        saved: bool = False,
    ) -> None:
        self._database, self.id, self._saved = database, id, saved
        self._model, self._title, self._system = whole(model), whole(title), whole(system) if system else None
        self._sampling = sampling or Sampling()
        self.created = created or now()

    # --- what holds for the whole conversation --------------------------------------------

    @property
    def title(self) -> str:
        """Its title; empty until the first question gives it one."""
        return self._title

    @title.setter
    def title(self, title: str) -> None:
        self._title = title_of(whole(title))
        self._update("title", self._title)

    @property
    def model(self) -> str:
        """The reference or URL of the model that answers, as :func:`hfterm.inference.engine.open_engine` takes it."""
        return self._model

    @model.setter
    def model(self, model: str) -> None:
        self._model = whole(model)
        self._update("model", self._model)

    @property
    def system(self) -> str | None:
        """The system prompt."""
        return self._system

    @system.setter
    def system(self, system: str | None) -> None:
        self._system = whole(system) if system else None
        self._update("system", self._system)

    @property
    def sampling(self) -> Sampling:
        """How answers are drawn."""
        return self._sampling

    @sampling.setter
    def sampling(self, sampling: Sampling) -> None:
        self._sampling = sampling
        self._update("sampling", to_json(sampling.as_dict()))

    def _update(self, column: str, value: str | None) -> None:
        if self._saved:
            with self._database.write() as run:
                run(f"UPDATE sessions SET {column} = ? WHERE id = ?", (value, self.id))

    @property
    def saved(self) -> bool:
        """Whether anything of it is in the store."""
        return self._saved

    # --- reading the tree -----------------------------------------------------------------

    def path(self) -> list[Message]:
        """The active branch, from the first message to the last."""
        return [from_row(row) for row in self._database.all(_PATH, (self.id,))]

    def get(self, id: int) -> Message:
        """A message by its number.

        Raises:
            NotFoundError: this conversation has none of that number.
        """
        rows = self._database.all("SELECT * FROM messages WHERE session = ? AND id = ?", (self.id, id))
        if not rows:
            raise NotFoundError(f"this conversation has no message {id}")
        return from_row(rows[0])

    def siblings(self, message: Message) -> list[Message]:
        """All messages that stand where ``message`` stands, itself among them, oldest first."""
        sql = "SELECT * FROM messages WHERE session = ? AND parent IS ? AND role = ? ORDER BY id"
        return [from_row(row) for row in self._database.all(sql, (self.id, message.parent, message.role))]

    def tree(self) -> list[Message]:
        """Every message of every branch, oldest first."""
        rows = self._database.all("SELECT * FROM messages WHERE session = ? ORDER BY id", (self.id,))
        return [from_row(row) for row in rows]

    def messages(self, until: Message | None = None) -> list[dict[str, str]]:
        """What to send to a model: the system prompt and the active branch, down to ``until`` if given."""
        said = self.path() if until is None else self._up(until)
        system = [{"role": "system", "content": self._system}] if self._system else []
        return [*system, *({"role": m.role, "content": m.content} for m in said)]

    def _up(self, message: Message) -> list[Message]:
        return [from_row(row) for row in self._database.all(_ANCESTORS, (message.id, self.id))]

    # --- growing it -----------------------------------------------------------------------

    def add(
        self,
        role: str,
        content: str,
        *,
        parent: Message | None = None,
        model: str | None = None,
        stop: str | None = None,
        stats: Mapping[str, Any] | None = None,
        thinking: str | None = None,
    ) -> Message:
        """Add a message under ``parent`` (default: the last one of the active branch), and make it active.

        A question that follows a question without an answer is put beside it, not under it: models take
        turns. The first question gives the conversation its title.

        Raises:
            HftermError: the conversation has been deleted meanwhile.
        """
        above = parent.id if parent is not None else None
        if parent is None and (path := self.path()):
            above = path[-1].parent if role == path[-1].role == "user" else path[-1].id
        return self._insert(above, role, content, model, stop, stats, thinking)

    def edit(self, message: Message, content: str) -> Message:
        """Put a changed message beside ``message`` and go on from it; the old branch stays."""
        stop = EDITED if message.role == "assistant" else None
        return self._insert(message.parent, message.role, content, message.model, stop, None, None)

    def _insert(
        self,
        parent: int | None,
        role: str,
        content: str,
        model: str | None,
        stop: str | None,
        stats: Mapping[str, Any] | None,
        thinking: str | None,
    ) -> Message:
        content, moment = whole(content), now()
        if not self._title and role == "user":
            self._title = title_of(content)
        with self._database.write() as run:
            if not self._saved:
                sampling = to_json(self._sampling.as_dict())
                row = (self.id, self._title, self._model, self._system, sampling, self.created, moment)
                run(_NEW_SESSION, row)
            values = (self.id, parent, role, content, thinking, moment, model, stop, to_json(stats) if stats else None)
            id = run(_NEW_MESSAGE, values).lastrowid
            if parent is None:
                run("UPDATE sessions SET child = ? WHERE id = ?", (id, self.id))
            else:
                run("UPDATE messages SET child = ? WHERE id = ?", (id, parent))
            run("UPDATE sessions SET updated = ?, title = ? WHERE id = ?", (moment, self._title, self.id))
        self._saved = True
        return Message(id, parent, role, content, moment, model, stop, dict(stats or {}), thinking)

    def grow(
        self,
        message: Message,
        content: str,
        *,
        stop: str | None = None,
        stats: Mapping[str, Any] | None = None,
        thinking: str | None = None,
    ) -> Message:
        """Replace what an answer holds so far, and say how it ended."""
        content, moment, thinking = whole(content), now(), whole(thinking) if thinking else None
        with self._database.write() as run:
            values = (content, thinking, stop, to_json(stats) if stats else None, message.id)
            run("UPDATE messages SET content = ?, thinking = ?, stop = ?, stats = ? WHERE id = ?", values)
            run("UPDATE sessions SET updated = ? WHERE id = ?", (moment, self.id))
        return Message(
            message.id, message.parent, message.role, content, message.created, message.model, stop,
            dict(stats or {}), thinking,
        )  # fmt: skip

    # --- moving about in it ---------------------------------------------------------------

    def choose(self, message: Message) -> None:
        """Make the branch through ``message`` the active one; below it, the branch that was active there last."""
        with self._database.write() as run:
            above = run(_ANCESTOR_PAIRS, (message.id, self.id)).fetchall()
            for id, parent in above:
                if parent is None:
                    run("UPDATE sessions SET child = ? WHERE id = ?", (id, self.id))
                else:
                    run("UPDATE messages SET child = ? WHERE id = ?", (id, parent))

    def back(self) -> Message | None:
        """Take the last question and its answer off the active branch; both stay in the tree.

        Returns the question, or None when there is none.
        """
        path = self.path()
        question = next((m for m in reversed(path) if m.role == "user"), None)
        if question is None:
            return None
        with self._database.write() as run:
            if question.parent is None:
                run("UPDATE sessions SET child = NULL WHERE id = ?", (self.id,))
            else:
                run("UPDATE messages SET child = NULL WHERE id = ?", (question.parent,))
        return question

    def question(self, answer: Message | None = None) -> Message:
        """The question that ``answer`` answers (default: the last question); what to give to be answered again.

        Raises:
            HftermError: nothing was asked yet.
        """
        if answer is not None and answer.parent is not None and answer.role == "assistant":
            return self.get(answer.parent)
        path = self.path() if answer is None else [answer]
        for message in reversed(path):
            if message.role == "user":
                return message
        raise HftermError("nothing was asked yet", "ask something first")


def from_database(database: Database, row: Any) -> Session:
    """A session from its row of the table."""
    return Session(
        database,
        row["id"],
        model=row["model"],
        title=row["title"],
        system=row["system"],
        sampling=_sampling(row["sampling"]),
        created=row["created"],
        saved=True,
    )


def _sampling(text: str) -> Sampling:
    return Sampling.of(json.loads(text))


_NEW_SESSION = """INSERT INTO sessions (id, title, model, system, sampling, created, updated)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""
_NEW_MESSAGE = """INSERT INTO messages (session, parent, role, content, thinking, created, model, stop, stats)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_PATH = """WITH RECURSIVE branch(id, depth) AS (
        SELECT child, 0 FROM sessions WHERE id = ?
        UNION ALL SELECT m.child, depth + 1 FROM messages m JOIN branch b ON m.id = b.id WHERE m.child IS NOT NULL
    ) SELECT m.* FROM branch b JOIN messages m ON m.id = b.id ORDER BY b.depth"""
_ANCESTORS = """WITH RECURSIVE above(id, depth) AS (
        SELECT ?, 0 UNION ALL SELECT m.parent, depth + 1 FROM messages m JOIN above a ON m.id = a.id
        WHERE m.parent IS NOT NULL
    ) SELECT m.* FROM above a JOIN messages m ON m.id = a.id WHERE m.session = ? ORDER BY a.depth DESC"""
_ANCESTOR_PAIRS = _ANCESTORS.replace("m.*", "m.id, m.parent", 1)
