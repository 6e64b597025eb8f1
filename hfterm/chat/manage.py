"""What the command line does with saved conversations and engines."""

import os
from pathlib import Path

from hfterm import refs
from hfterm.chat.export import markdown, records
from hfterm.chat.slash import write_file
from hfterm.chat.store import SessionRow, Store
from hfterm.errors import HftermError, NotFoundError
from hfterm.inference.engine import Engine, is_url
from hfterm.output import Output, is_terminal

ALL = "all"


def export(out: Output, store: Store, which: str, output: str | None) -> None:
    """Write one conversation or ``all``: to a file, as records, or to read on a terminal.

    Raises:
        NotFoundError: there is none. HftermError: there is no answer in them to learn from.
    """
    sessions = [store.open(row.id) for row in reversed(chosen(store, which))]
    if output is not None:
        out.artifact(write_file(Path(output), sessions), conversations=len(sessions))
        return
    if out.format is None and is_terminal(out.stdout):
        out.text("\n\n".join(map(markdown, sessions)), end="")
        return
    count = out.records(records(sessions), key="id")
    if not count:
        raise HftermError("no answer to export", "one that was stopped or broken off would teach a model to stop there")
    if left := len(sessions) - count:
        out.note(f"hfterm: left out {left} of {len(sessions)} conversations: they have no answer to learn from")


def chosen(store: Store, which: str) -> list[SessionRow]:
    """The rows of one conversation or ``all``, last used first.

    Raises:
        NotFoundError: there is none.
    """
    rows = store.sessions()
    if which != ALL:
        wanted = store.open(which).id
        return [row for row in rows if row.id == wanted]
    if not rows:
        raise NotFoundError("no saved conversation yet", "begin one with 'hfterm chat MODEL'")
    return rows


def ready(out: Output, model: str, device: str | None) -> Engine:
    """An engine for a conversation, with what can be wrong told at once; the model loads meanwhile.

    Raises:
        HftermError: no such model, device or server.
    """
    if is_url(model):
        from hfterm.inference.remote import RemoteEngine

        server = RemoteEngine(model)
        server.choose()
        return server
    from hfterm.inference.device import checked
    from hfterm.inference.load import find
    from hfterm.inference.local import LocalEngine

    checked(device)
    found, _ = find(model, note=out.note)
    engine = LocalEngine(str(found.path), device, name=model)
    engine.start()
    return engine


def lasting(model: str, engine: Engine) -> str:
    """A model's name that holds in any folder, for a saved conversation."""
    url = getattr(engine, "url", None)
    if isinstance(url, str):
        return url
    ref = refs.parse(model)
    return os.path.abspath(ref.name) if ref.where == "path" else model
