"""Count tokens, as ``wc`` counts words: a stream in, one record a source (or a line) out."""

from collections.abc import Iterator, Sequence
from typing import Any

from hfterm.errors import CheckFailedError, HftermError, PartlyDoneError
from hfterm.tok import texts
from hfterm.tok.encode import lengths_of
from hfterm.tok.engines import REFERENCE, Encoder
from hfterm.tok.texts import OnBad
from hfterm.tok.tokenizer import Tokenizer

Row = dict[str, Any]


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
    encoder: Encoder | None = None,
) -> Iterator[Row]:
    """Yield one record a source, and a ``total`` when there are several; with ``each`` one a text.

    A text file is counted line by line, without the line ends. A record of data counts its ``column``
    (text, or a list of messages); without one, the conversation in it as the chat template writes it,
    else its ``text``. ``special`` adds the tokens the model expects around a plain text.
    ``-`` is standard input. With ``on_bad``, a record that cannot be read or counted is given to it and left
    out. ``encoder`` chooses who counts (default: ``tokenizers``). Memory stays bounded whatever the size.

    Raises:
        HftermError: the one source cannot be read, or a record holds no text.
        PartlyDoneError: some of several sources could not be read; the rest was counted.
        CheckFailedError: as :meth:`hfterm.tok.engines.Encoder.ids`.
    """
    total, failed = Tally("total"), []
    encoder = encoder or Encoder(tokenizer, REFERENCE)
    for source in sources:
        tally = Tally("-" if source == "-" else source)
        try:
            rows = _each(source, tokenizer, encoder, column, special, each, format, on_bad, tally)
            if each:
                yield from rows
            else:
                for _ in rows:
                    pass
        except (HftermError, OSError) as exc:
            if len(sources) == 1 or isinstance(exc, BrokenPipeError | CheckFailedError):
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
    encoder: Encoder,
    column: str | None,
    special: bool,
    each: bool,
    format: str | None,
    on_bad: OnBad,
    tally: Tally,
) -> Iterator[Row]:
    found = texts.read(source, tokenizer, column=column, format=format, on_bad=on_bad, doing="count")
    for batch in texts.batches(found, texts.largest_batch(source) if each else texts.BATCH_RECORDS):
        lengths = lengths_of(encoder, batch, special, source)
        for text, tokens in zip(batch, lengths, strict=True):
            tally.add(tokens, len(text.text))
            if each:
                yield {"source": source, "record": tally.records, "tokens": tokens, "characters": len(text.text)}
