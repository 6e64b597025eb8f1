"""A repository's card: README.md with its metadata (https://huggingface.co/docs/hub/repositories-cards)."""

import re
from typing import Any

from hfterm.errors import NotFoundError
from hfterm.hub import read as bytes_of
from hfterm.hub.client import Repo
from hfterm.output import Output
from hfterm.text import sanitize

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*\r?$\n?", re.DOTALL | re.MULTILINE)
# More is no card, and nobody reads it on a terminal.
MOST_BYTES = 4 << 20
MOST_DEPTH = 50
# Characters that are laid out as Markdown: the rest would take minutes.
MOST_RENDERED = 200_000


def read(repo: Repo) -> str:
    """The card's text, metadata included.

    Raises:
        NotFoundError: there is none. AccessError, NetworkError.
    """
    try:
        data = b""
        for chunk in bytes_of.stream(repo._replace(path="README.md"), (0, MOST_BYTES - 1)):
            data += chunk
    except NotFoundError as exc:
        if "README.md" in exc.message:
            raise NotFoundError(f"{repo.id} has no card (README.md)") from exc
        raise
    return data.decode("utf-8", "replace")


def split(text: str) -> dict[str, Any]:
    """``data``: the metadata at its head; ``content``: the text under it. Metadata that is no YAML is None."""
    front = _FRONT.match(text)
    if front is None:
        return {"data": {}, "content": text}
    data = metadata(front[1])
    return {"data": data, "content": text[front.end() :]}


def metadata(text: str) -> dict[str, Any] | None:
    """A card's metadata; None when it is no YAML mapping, or one with references (they can stand for terabytes)."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        level = 0
        for event in yaml.parse(text, Loader=loader):
            level += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if level > MOST_DEPTH or isinstance(event, yaml.AliasEvent):
                return None
        data = yaml.load(text, Loader=loader)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError, OverflowError):  # a date of no calendar, ...
        return None
    return data if isinstance(data, dict) else {} if data is None else None


def render(text: str, out: Output) -> None:
    """Show it on a terminal: the metadata in short, then the text as Markdown."""
    from rich.markdown import Markdown
    from rich.text import Text

    parts = split(text)
    console = out.console(out.stdout)
    for name, value in (parts["data"] or {}).items():
        line = f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
        console.print(Text(sanitize(line, cell=True)[:500], style="dim"))
    content = sanitize(parts["content"].replace("\r\n", "\n"))
    console.print(Markdown(content[:MOST_RENDERED]))
    if len(content) > MOST_RENDERED:
        out.note(f"the first {MOST_RENDERED // 1000},000 of {len(content)} characters; all of it: --raw")
