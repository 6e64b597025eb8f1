"""Count tokens, as ``wc`` counts words: a stream in, one record a source (or a line) out."""

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from hfterm import records
from hfterm.errors import HftermError, PartlyDoneError
from hfterm.tok.messages import shape, to_messages
from hfterm.tok.tokenizer import Tokenizer

# What goes through the tokenizer at once: batches of this many, or of this many characters.
BATCH_RECORDS = 2000
BATCH_CHARACTERS = 1 << 20

Row = dict[str, Any]
OnBad = Callable[[HftermError], None] | None


class Tally:
    """What was counted so far."""

    def __init__(self, source: str) -> None:
        self.source, self.records, self.tokens, self.characters = source, 0, 0, 0
        self.low: int | None = None
        self.high: int | None = None

    def add(self, tokens: int, characters: int) -> None:
        """Take one text in."""
        self.records += 1
        self.tokens += tokens
        self.characters += characters
        self.low = tokens if self.low is None else min(self.low, tokens)
        self.high = tokens if self.high is None else max(self.high, tokens)

    def merge(self, other: "Tally") -> None:
        """Take another tally in."""
        self.records += other.records
        self.tokens += other.tokens
        self.characters += other.characters
        self.low = min((v for v in (self.low, other.low) if v is not None), default=None)
        self.high = max((v for v in (self.high, other.high) if v is not None), default=None)

    def row(self) -> Row:
        """The tally as a record; min, mean and max are tokens a text, None without any."""
        return {
            "source": self.source,
            "records": self.records,
            "tokens": self.tokens,
            "characters": self.characters,
            "min": self.low,
            "mean": round(self.tokens / self.records, 2) if self.records else None,
            "max": self.high,
        }


def count(
    sources: Sequence[str],
    tokenizer: Tokenizer,
    *,
    column: str | None = None,
    special: bool = False,
    each: bool = False,
    format: str | None = None,
    on_bad: OnBad = None,
) -> Iterator[Row]:
    """Yield one record a source, and a ``total`` when there are several; with ``each`` one a text.

    A text file is counted line by line, without the line ends. A record of data counts its ``column``
    (text, or a list of messages); without one, the conversation in it as the chat template writes it,
    else its ``text``. ``special`` adds the tokens the model expects around a plain text.
    ``-`` is standard input. With ``on_bad``, a record that cannot be read or counted is given to it and left
    out. Memory stays bounded whatever the size.

    Raises:
        HftermError: the one source cannot be read, or a record holds no text.
        PartlyDoneError: some of several sources could not be read; the rest was counted.
    """
    total, failed = Tally("total"), []
    for source in sources:
        tally = Tally("-" if source == "-" else source)
        try:
            rows = _each(source, tokenizer, column, special, each, format, on_bad, tally)
            if each:
                yield from rows
            else:
                for _ in rows:
                    pass
        except (HftermError, OSError) as exc:
            if len(sources) == 1 or isinstance(exc, BrokenPipeError):
                raise
            failed.append(str(exc))
            continue
        total.merge(tally)
        if not each:
            yield tally.row()
    if len(sources) > 1 and not each:
        yield total.row()
    if failed:
        raise PartlyDoneError(f"{len(failed)} of {len(sources)} not counted: {'; '.join(failed)}", failed=tuple(failed))


def _each(
    source: str,
    tokenizer: Tokenizer,
    column: str | None,
    special: bool,
    each: bool,
    format: str | None,
    on_bad: OnBad,
    tally: Tally,
) -> Iterator[Row]:
    name = "standard input" if source == "-" else source
    rows = records.read(source, format=format, skip_bad=on_bad is not None, on_bad=on_bad)
    texts = _texts(rows, name, tokenizer, column, special, on_bad)
    # A live stream's records are answered one by one, as they come.
    largest = 1 if each and source == "-" and _is_live(sys.stdin) else BATCH_RECORDS
    for flag, batch in _batches(texts, largest):
        for text, tokens in zip(batch, tokenizer.lengths(batch, special=flag), strict=True):
            tally.add(tokens, len(text))
            if each:
                yield {"source": source, "record": tally.records, "tokens": tokens, "characters": len(text)}


def _is_live(stream: Any) -> bool:
    try:
        return not stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError, AttributeError):
        return False


def _texts(
    rows: Iterable[Mapping[str, Any]],
    name: str,
    tokenizer: Tokenizer,
    column: str | None,
    special: bool,
    on_bad: OnBad,
) -> Iterator[tuple[bool, str]]:
    """Each record's text, and whether to put special tokens around it: a rendered chat has its own."""
    for number, row in enumerate(rows, 1):
        try:
            if column is None and (kind := shape(row)) != "text":
                if kind is None:
                    raise HftermError("no text and no conversation in it", f"choose with --column from {_names(row)}")
                yield False, tokenizer.render(to_messages(row))
                continue
            value = row.get(column or "text")
            if isinstance(value, list):
                yield False, tokenizer.render(to_messages({"messages": value}))
            elif isinstance(value, str):
                yield special, value
            elif value is None:
                raise HftermError(f"no column {column!r}", f"it has {_names(row)}")
            else:
                yield special, str(value)
        except HftermError as exc:
            exc.message = f"cannot count {name}: record {number}: {exc.message}"
            if on_bad is None:
                raise
            on_bad(exc)


def _names(row: Mapping[str, Any]) -> str:
    return ", ".join(map(str, row)) or "no fields"


def _batches(texts: Iterable[tuple[bool, str]], largest: int) -> Iterator[tuple[bool, list[str]]]:
    batch: list[str] = []
    size, kind = 0, False
    for flag, text in texts:
        if batch and (flag != kind or len(batch) >= largest or size + len(text) > BATCH_CHARACTERS):
            yield kind, batch
            batch, size = [], 0
        kind = flag
        batch.append(text)
        size += len(text)
        if largest == 1:
            yield kind, batch
            batch, size = [], 0
    if batch:
        yield kind, batch
