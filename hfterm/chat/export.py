"""Conversations as records to train on, and as Markdown to read."""

from collections.abc import Iterable, Iterator
from typing import Any

from hfterm.chat.message import EDITED, Message
from hfterm.chat.session import Session

# Ends that an answer to learn from may have; one cut at its length limit is still the model's own choice of words.
_LEARNABLE = ("end", "length", EDITED)
_NAMES = {"system": "System", "user": "You", "assistant": "Model"}


def record(session: Session) -> dict[str, Any] | None:
    """The active branch as ``hfterm train sft`` takes it: ``{"messages": [{"role", "content"}, ...], ...}``.

    It ends with the last answer that was not stopped, broken off or filtered: such a one would teach a model
    to stop there. Earlier ones like it stay, for the conversation went on from them. None when there is no
    such answer. ``id``, ``title``, ``model`` and ``created`` say where it comes from.
    """
    path = session.path()
    while path and not (path[-1].role == "assistant" and path[-1].stop in _LEARNABLE and path[-1].content.strip()):
        path.pop()
    if not path:
        return None
    system = [{"role": "system", "content": session.system}] if session.system else []
    return {
        "messages": [*system, *({"role": m.role, "content": m.content} for m in path)],
        "id": session.id,
        "title": session.title,
        "model": session.model,
        "created": session.created,
    }


def records(sessions: Iterable[Session]) -> Iterator[dict[str, Any]]:
    """The record of every conversation that has one."""
    for session in sessions:
        if (found := record(session)) is not None:
            yield found


def markdown(session: Session) -> str:
    """The active branch to read: a heading a message, the model's Markdown as it is."""
    lines = [f"# {_line(session.title) or 'Conversation'}", "", f"*{_line(session.model)}, {session.created}*", ""]
    if session.system:
        lines += ["## System", "", session.system.strip(), ""]
    for message in session.path():
        lines += [f"## {_heading(message)}", "", message.content.strip(), ""]
    return "\n".join(lines)


def _heading(message: Message) -> str:
    name = _NAMES.get(message.role, message.role)
    return name if message.whole else f"{name} (unfinished: {message.stop or 'lost'})"


def _line(text: str) -> str:
    return " ".join(text.split())
