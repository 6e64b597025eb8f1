"""What the chat screen says of itself: what to do where nothing was said yet, and what the engine does."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from hfterm.dashboard.widgets.message import short_model
from hfterm.text import redact, sanitize

if TYPE_CHECKING:
    from hfterm.dashboard.app import HftermApp
    from hfterm.inference.engine import Engine

_ROLES = {"dead": "bad", "loading": "warn", "answering": "good", "ready": "good"}


def welcome(model: str, app: "HftermApp", *, saved: bool, trouble: str = "") -> Sequence[Text]:
    """The lines of an empty conversation; ``saved``: there are others, ``trouble``: why they are not kept."""

    def line(key: str, text: str) -> Text:
        return Text(end="").append(f"{key:<10}", app.shade("accent")).append(text)

    if not model:
        head = Text("No model yet", style=app.shade("title"))
        rows = [
            line("m", "choose one: a run, a cached model, a Hub id, a server"),
            line(":demo", "fine-tune a small one here, in a few minutes"),
        ]
    else:
        head = Text.assemble("A new conversation with ", (redact(sanitize(model, cell=True)), app.shade("title")))
        rows = [line("i", "write; Enter sends"), line("m", "another model"), line("P", "system prompt, temperature")]
    if saved:
        rows.append(line("o", "a saved conversation"))
    if trouble:
        rows += [Text(), Text(sanitize(trouble, cell=True), style=app.shade("bad"))]
    return [Text(), head, Text(), *rows]


def engine_title(model: str, engine: "Engine | None", app: "HftermApp") -> Text:
    """The model, and what its engine does; None: it was not asked for yet."""
    title = Text(short_model(model) if model else "no model")
    if engine is None:
        return title
    detail = sanitize(engine.detail or "", cell=True)
    words = f"{engine.state}: {detail}" if detail else engine.state
    if engine.state == "dead" and not detail:
        words = "dead: the next question starts it anew"
    style = app.shade(_ROLES.get(engine.state, "dim"))
    return title.append("  ").append("*" if app.ascii else "●", style).append(f" {words}", style)
