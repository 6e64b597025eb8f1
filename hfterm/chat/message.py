"""One message of a conversation."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Why a message has the end it has: those of hfterm.inference.engine.STOPS, and
BROKEN = "broken"  # an error ended the answer
EDITED = "edited"  # written or changed by the user
_WHOLE = ("end", EDITED)


@dataclass(frozen=True)
class Message:
    """A node of a session's tree. ``parent`` is None at the top.

    ``stop`` is why an answer ended (None: it is under way, or its process was killed); ``stats`` what it
    cost, as :meth:`hfterm.inference.engine.Done.stats`; ``model`` who answered; ``thinking`` what the model
    thought before. ``created`` is ISO 8601 UTC.
    """

    id: int
    parent: int | None
    role: str
    content: str
    created: str
    model: str | None = None
    stop: str | None = None
    stats: Mapping[str, Any] = field(default_factory=dict)
    thinking: str | None = None

    @property
    def whole(self) -> bool:
        """Whether it is finished: a question, or an answer that its model (or the user) ended."""
        return self.role != "assistant" or self.stop in _WHOLE


def from_row(row: Any) -> Message:
    """A message from a row of the table."""
    return Message(
        row["id"],
        row["parent"],
        row["role"],
        row["content"],
        row["created"],
        row["model"],
        row["stop"],
        json.loads(row["stats"]) if row["stats"] else {},
        row["thinking"],
    )
