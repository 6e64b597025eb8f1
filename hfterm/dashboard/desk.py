"""What the chat screen works with, apart from its looks: the store, the open conversation, the engine.

Every method may wait for a disk or a process, so they are called in a thread, one at a time.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hfterm.errors import HftermError, UsageError
from hfterm.inference.sampling import Sampling

if TYPE_CHECKING:
    from hfterm.chat.answer import Answering
    from hfterm.chat.message import Message
    from hfterm.chat.session import Session
    from hfterm.chat.store import SessionRow, Store
    from hfterm.dashboard.sources import ChatSource
    from hfterm.inference.engine import Engine

MOST_SESSIONS = 5000


class View(NamedTuple):
    """A conversation as it is shown: the active branch, each message with its place among its siblings."""

    id: str
    title: str
    model: str
    system: str | None
    sampling: Sampling
    messages: "tuple[tuple[Message, tuple[int, int]], ...]"


class Desk:
    """One conversation is open, or none."""

    def __init__(self, source: "ChatSource") -> None:
        self._source = source
        self._store: Store | None = None
        self.session: Session | None = None
        self.engine: Engine | None = None
        self._engine_of = ""
        self.trouble = ""  # why nothing is saved

    @property
    def store(self) -> "Store":
        """The saved conversations; opened when first needed. Where they cannot be, one talks without saving."""
        if self._store is None:
            try:
                self._store = self._source.store()
            except HftermError as exc:
                from hfterm.chat.store import Store

                self.trouble, self._store = f"not saved: {exc}", Store.unsaved()
        return self._store

    # Conversations.

    def sessions(self, query: str = "") -> "list[SessionRow]":
        """Those that have all words of a query, the one used last first."""
        return self.store.sessions(query, limit=MOST_SESSIONS)

    def begin(self, model: str | None = None, like: View | None = None) -> View:
        """A new conversation: with ``model``, else that of ``like``, else the one used last, else the only one."""
        if model is None:
            model = like.model if like is not None else next((row.model for row in self.store.sessions(limit=1)), "")
        if not model and len(only := self._source.models()) == 1:
            model = only[0]
        system, sampling = (like.system, like.sampling) if like is not None else (None, None)
        self.session = self.store.create(model, system=system, sampling=sampling)
        return self.view()

    def open(self, id: str) -> View:
        """A saved one."""
        self.session = self.store.open(id)
        return self.view()

    @property
    def _open(self) -> "Session":
        if self.session is None:
            raise HftermError("no conversation is open", "begin one with ctrl+n")
        return self.session

    def view(self) -> View:
        """What there is to show of the open one."""
        session = self._open
        beside: dict[tuple[int | None, str], list[int]] = {}
        for message in session.tree():
            beside.setdefault((message.parent, message.role), []).append(message.id)
        messages = []
        for message in session.path():
            all_of = beside.get((message.parent, message.role), [message.id])
            which = all_of.index(message.id) + 1 if message.id in all_of else 1
            messages.append((message, (which, len(all_of))))
        return View(session.id, session.title, session.model, session.system, session.sampling, tuple(messages))

    def choose_model(self, model: str) -> View:
        """Talk to another model from here on, and let it begin to load.

        Raises:
            UsageError: not a server's address; the model stays what it was.
        """
        session = self._open
        before, session.model = session.model, model
        try:
            self.ready_engine().start()
        except HftermError:
            session.model = before
            raise
        return self.view()

    def warm(self) -> None:
        """Let the model begin to load, for somebody writes to it."""
        if self._open.model:
            self.ready_engine().start()

    def settle(self, system: str | None, sampling: Sampling) -> View:
        """Another system prompt and sampling."""
        session = self._open
        if system != session.system:
            session.system = system
        if sampling != session.sampling:
            session.sampling = sampling
        return self.view()

    def rename(self, id: str, title: str) -> None:
        """Another title."""
        if self.session is not None and self.session.id == id:
            self.session.title = title
        else:
            self.store.rename(id, title)

    def delete(self, ids: Iterable[str]) -> None:
        """Away with them; after the open one, a new one like it is begun."""
        for id in ids:
            self.store.delete(id)
            if self.session is not None and self.session.id == id:
                self.begin(like=self.view())

    # Messages.

    def ask(self, text: str, edited: "Message | None" = None) -> "Answering":
        """A question, or an edited one beside the first; what answers it."""
        from hfterm.chat.answer import Answering

        engine, session = self.ready_engine(), self._open
        question = session.add("user", text) if edited is None else session.edit(edited, text)
        return Answering(session, engine, question)

    def again(self, message: "Message | None") -> "Answering":
        """Another answer beside ``message``, or to it if it is a question; without one, to the last question."""
        from hfterm.chat.answer import Answering

        return Answering(self._open, self.ready_engine(), message)

    def edit(self, message: "Message", text: str) -> View:
        """A changed message beside ``message``, and nobody is asked."""
        self._open.edit(message, text)
        return self.view()

    def beside(self, message: "Message", step: int) -> "tuple[View, Message] | None":
        """The branch through the sibling before or after a message, and that sibling; None: there is none."""
        session = self._open
        siblings = session.siblings(message)
        here = next((n for n, sibling in enumerate(siblings) if sibling.id == message.id), 0)
        if not 0 <= here + step < len(siblings):
            return None
        session.choose(siblings[here + step])
        return self.view(), siblings[here + step]

    # The engine.

    def ready_engine(self) -> "Engine":
        """The engine of the open conversation's model; one of another model lets go of its memory first.

        Raises:
            UsageError: no model was chosen.
        """
        model = self._open.model
        if not model:
            raise UsageError("no model chosen", "m chooses one")
        if self.engine is None or self._engine_of != model:
            new, old = self._source.engine(model), self.engine
            if old is not None:
                old.close()
            self.engine, self._engine_of = new, model
        return self.engine

    def engine_of(self, model: str) -> bool:
        """Whether the engine is that of a model."""
        return self.engine is not None and self._engine_of == model

    def find_models(self, typed: str) -> list[str]:
        """Names of models for what was typed: those there are, folders on the way, the models of a server."""
        if typed.startswith((".", "/", "~")):
            from hfterm.completion.values import complete

            return complete("models", typed)
        return [*dict.fromkeys([*self._source.models(), *(row.model for row in self.sessions() if row.model)])]

    @staticmethod
    def models_at(url: str) -> list[str]:
        """The models of a server as addresses that name them; empty where it does not tell."""
        from hfterm.inference.remote import RemoteEngine

        try:
            return [f"{url}#{name}" for name in RemoteEngine(url).models()]
        except HftermError:
            return []

    # Out and away.

    def export(self, ids: Sequence[str], path: Path, *, append: bool = False) -> int:
        """Write conversations as chat records (JSON Lines), or as Markdown where the name ends so; how many.

        Raises:
            UsageError: none of them has a finished answer to learn from.
        """
        from hfterm.chat import export
        from hfterm.files import write_text
        from hfterm.text import to_json

        opened = [self._open if self.session and id == self.session.id else self.store.open(id) for id in ids]
        if path.suffix.lower() in (".md", ".markdown"):
            texts = [export.markdown(session) for session in opened]
        else:
            texts = [to_json(record) for record in export.records(opened)]
            if not texts:
                raise UsageError("no finished answer to learn from in there", "NAME.md writes what there is, to read")
        text = "".join(text.rstrip("\n") + "\n" for text in texts)
        if append and path.exists():
            before = path.read_text("utf-8")
            text = before + ("" if not before or before.endswith("\n") else "\n") + text
        write_text(path, text)
        return len(texts)

    def close(self) -> None:
        """Let go of the model and the file."""
        if self.engine is not None:
            self.engine.close()
        if self._store is not None:
            self._store.close()
