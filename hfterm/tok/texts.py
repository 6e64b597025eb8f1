"""Texts out of sources: lines, a column of records, conversations as the chat template writes them; in batches."""

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from hfterm.errors import HftermError
from hfterm.tok import room, sources
from hfterm.tok.messages import shape, to_messages, tools_of
from hfterm.tok.tokenizer import Tokenizer

# What goes through the tokenizer at once: batches of this many, or of this many characters.
BATCH_RECORDS = 2000
BATCH_CHARACTERS = 1 << 20

OnBad = Callable[[HftermError], None] | None


class Text(NamedTuple):
    """A text to be encoded.

    ``plain``: special tokens may go around it (a rendered conversation has its own). ``row``: the record it is of,
    ``number``: the place of that in its source, from 1.
    """

    text: str
    plain: bool
    row: Mapping[str, Any]
    number: int = 0


def name_of(source: str) -> str:
    """A source as messages name it."""
    return "standard input" if source == "-" else source


def read(
    source: str,
    tokenizer: Tokenizer,
    *,
    column: str | None = None,
    chat: bool = False,
    generation_prompt: bool = False,
    format: str | None = None,
    on_bad: OnBad = None,
    doing: str = "read",
) -> Iterator[Text]:
    """Yield the texts of a file, or of ``-``.

    A line of text is a text. A record gives its ``column`` (text, or a list of messages); without one, the
    conversation in it as the chat template writes it, else its ``text``. ``chat`` takes a plain text as a user's
    message. With ``on_bad``, a record that cannot be used is given to it and left out.

    Raises:
        HftermError: the source cannot be read, or a record holds no text; the message says what was being done.
    """
    rows = sources.rows(source, format=format, on_bad=on_bad)
    for number, row in enumerate(rows, 1):
        # The usual record at the least cost: a text that is taken as it is.
        value: Any = row.get(column or "text")
        usual = type(value) is str and not chat and len(value) < room.LARGE and (column or shape(row) == "text")
        if usual and (value.isascii() or _is_whole(value)):
            yield Text(value, True, row, number)
            continue
        try:
            text = _text(row, tokenizer, column, chat, generation_prompt, number)
            room.check(len(text.text))
            if not _is_whole(text.text):
                raise HftermError("the text holds half of a surrogate pair, which stands for no character")
            yield text
        except HftermError as exc:
            exc.message = f"cannot {doing} {name_of(source)}: record {number}: {exc.message}"
            if on_bad is None:
                raise
            on_bad(exc)


def _is_whole(text: str) -> bool:
    r"""Whether UTF-8 can carry it: JSON can spell what it cannot (``"\ud800"``)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(
    row: Mapping[str, Any], tokenizer: Tokenizer, column: str | None, chat: bool, prompt: bool, number: int
) -> Text:
    def rendered(messages: Sequence[Mapping[str, Any]]) -> Text:
        text = tokenizer.render(messages, tools=tools_of(row), add_generation_prompt=prompt)
        return Text(text, False, row, number)

    if column is None and (kind := shape(row)) != "text":
        if kind is None:
            raise HftermError("no text and no conversation in it", f"choose with --column from {_names(row)}")
        return rendered(to_messages(row))
    value = row.get(column or "text")
    if isinstance(value, list):
        return rendered(to_messages({"messages": value}))
    if value is None:
        raise HftermError(f"no column {column!r}", f"it has {_names(row)}")
    text = value if isinstance(value, str) else str(value)
    return rendered([{"role": "user", "content": text}]) if chat else Text(text, True, row, number)


def words(row: Mapping[str, Any], column: str | None = None) -> str:
    """A record's words without a template: its ``column``, else its ``text``, else what is said in its conversation.

    Raises:
        HftermError: it has none of these.
    """
    if column is not None or row.get("text") is not None:
        value = row.get(column or "text")
        if value is None:
            raise HftermError(f"no column {column!r}", f"it has {_names(row)}")
        if not isinstance(value, list):
            return value if isinstance(value, str) else str(value)
        row = {"messages": value}
    if shape(row) is None:
        raise HftermError("no text and no conversation in it", f"choose with --column from {_names(row)}")
    return "\n".join(str(message["content"]) for message in to_messages(row))


def _names(row: Mapping[str, Any]) -> str:
    return ", ".join(map(str, row)) or "no fields"


def batches(texts: Iterable[Text], largest: int = BATCH_RECORDS) -> Iterator[list[Text]]:
    """Lists of texts that are all plain or all rendered, of at most ``largest`` and about ``BATCH_CHARACTERS``."""
    batch: list[Text] = []
    size = 0
    for text in texts:
        if batch and (text.plain != batch[0].plain or size + len(text.text) > BATCH_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text.text)
        if len(batch) >= largest:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def largest_batch(source: str) -> int:
    """How many texts to take at once: one of a live stream, whose records are answered as they come."""
    return 1 if source == "-" and _is_live(sys.stdin) else BATCH_RECORDS


def _is_live(stream: Any) -> bool:
    try:
        return not stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError, AttributeError):
        return False
