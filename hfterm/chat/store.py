"""All saved conversations."""

import secrets
from pathlib import Path
from types import TracebackType as Trace
from typing import NamedTuple

from hfterm import paths
from hfterm.chat.database import MEMORY, Database
from hfterm.chat.find import matching
from hfterm.chat.session import Session, from_database
from hfterm.errors import NotFoundError, UsageError
from hfterm.inference.sampling import Sampling
from hfterm.text import whole

# Without letters that look like digits, and easy to type.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_ID_LENGTH = 6


class SessionRow(NamedTuple):
    """A row of the list; ``created`` and ``updated`` are ISO 8601 UTC, ``messages`` counts all branches."""

    id: str
    title: str
    model: str
    created: str
    updated: str
    messages: int


class Store:
    """The conversations in ``path`` (default: ``chats.db`` in the state folder), for any thread.

    Raises:
        HftermError: the file is damaged, too new, or cannot be opened; every method may raise it too.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or paths.state_dir() / "chats.db"
        self._database = Database(str(self.path))

    @classmethod
    def unsaved(cls) -> "Store":
        """A store in memory, for conversations that nobody wants to keep."""
        return cls(Path(MEMORY))

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, trace: Trace | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def create(
        self, model: str, *, system: str | None = None, sampling: Sampling | None = None, title: str | None = None
    ) -> Session:
        """A new conversation with ``model`` (a reference or URL); it is stored with its first message."""
        while True:
            id = "".join(secrets.choice(_ALPHABET) for _ in range(_ID_LENGTH))
            if not self._database.all("SELECT 1 FROM sessions WHERE id = ?", (id,)):
                return Session(self._database, id, model=model, system=system, sampling=sampling, title=title or "")

    def sessions(self, query: str = "", limit: int | None = None) -> list[SessionRow]:
        """The conversations, last used first; with a ``query``, those with all its words (see :mod:`find`)."""
        ids = matching(self._database, query)
        if ids is None:
            rows = self._database.all(_LIST + " LIMIT ?", (-1 if limit is None else limit,))
            return [SessionRow(*row) for row in rows]
        found = [SessionRow(*row) for row in self._database.all(_LIST) if row["id"] in ids]
        return found[:limit]

    def open(self, name: str) -> Session:
        """The conversation of an id, the beginning of one, or a title (whole, or a part that only one has).

        Raises:
            NotFoundError: there is none. UsageError: there are several.
        """
        wanted = whole(name).strip()
        rows = self._database.all("SELECT * FROM sessions ORDER BY updated DESC")
        folded = wanted.casefold()
        for matches in (
            [r for r in rows if r["id"] == wanted],
            [r for r in rows if wanted and r["id"].startswith(folded)],
            [r for r in rows if r["title"].casefold() == folded],
            [r for r in rows if wanted and folded in r["title"].casefold()],
        ):
            if len(matches) > 1:
                some = ", ".join(f"{r['id']} ({r['title']})" for r in matches[:3])
                raise UsageError(f"{name!r} means {len(matches)} conversations: {some}", "give more of the id")
            if matches:
                return from_database(self._database, matches[0])
        raise NotFoundError(f"no saved conversation {name!r}", "see 'hfterm chat --list'")

    def last(self) -> Session:
        """The conversation that was used last.

        Raises:
            NotFoundError: there is none yet.
        """
        rows = self._database.all(f"SELECT * FROM sessions ORDER BY {_LAST_USED} LIMIT 1")
        if not rows:
            raise NotFoundError("no saved conversation yet", "begin one with 'hfterm chat MODEL'")
        return from_database(self._database, rows[0])

    def delete(self, name: str) -> SessionRow:
        """Delete the conversation that ``name`` means (see :meth:`open`), all its branches with it; what it was.

        Raises:
            NotFoundError: there is none. UsageError: there are several.
        """
        session = self.open(name)
        row = SessionRow(*self._database.all(f"SELECT * FROM ({_LIST}) WHERE id = ?", (session.id,))[0])
        with self._database.write() as run:
            run("DELETE FROM messages WHERE session = ?", (session.id,))
            run("DELETE FROM sessions WHERE id = ?", (session.id,))
        return row

    def rename(self, name: str, title: str) -> Session:
        """Give the conversation that ``name`` means another title.

        Raises:
            NotFoundError: there is none. UsageError: there are several, or the title is empty.
        """
        if not title.strip():
            raise UsageError("a title cannot be empty")
        session = self.open(name)
        session.title = title
        return session


# Within one millisecond, the one with the newest message.
_LAST_USED = "updated DESC, (SELECT max(id) FROM messages WHERE session = sessions.id) DESC"
_LIST = f"""SELECT id, title, model, created, updated,
    (SELECT count(*) FROM messages WHERE session = sessions.id) AS messages
    FROM sessions ORDER BY {_LAST_USED}"""
