"""Cut texts into chunks of so many tokens, at tokens or at sentences."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from hfterm import records
from hfterm.errors import HftermError, UsageError
from hfterm.tok import room, sentences, texts
from hfterm.tok import sources as reading
from hfterm.tok.encode import encoded
from hfterm.tok.sentences import Splitter
from hfterm.tok.texts import OnBad, Text
from hfterm.tok.tokenizer import Tokenizer

BY = ("tokens", "sentence")
SPLITTERS = ("rules", "nltk", "learn")
Row = dict[str, Any]
# Where a chunk lies: characters from, to, and its tokens.
Span = tuple[int, int, int]


def chunk(
    sources: Sequence[str],
    tokenizer: Tokenizer,
    size: int,
    *,
    overlap: int = 0,
    by: str = "tokens",
    splitter: str = "rules",
    language: str = "english",
    column: str | None = None,
    keep: bool = False,
    format: str | None = None,
    on_bad: OnBad = None,
) -> Iterator[Row]:
    """Yield ``{"source", "record", "chunk", "start", "end", "tokens", "text"}``: slices of each text, in its order.

    A file of plain text is one text, from its first line to its last; a record is one. A chunk has at most ``size``
    tokens, as they are counted in the whole text, and begins with the last ``overlap`` of the one before. ``by``
    ``sentence`` cuts between sentences, and inside one only where it is too long; then the overlap is whole sentences.
    What a sentence is, ``splitter`` says: ``rules`` (:mod:`hfterm.tok.sentences`), ``nltk`` (Punkt for a ``language``)
    or ``learn`` (Punkt learnt from the sources, which are read twice). ``keep`` puts the record's own fields first.

    Raises:
        UsageError: the overlap is no smaller than the size; or standard input is to be read twice.
        HftermError: a source cannot be read. As :mod:`hfterm.tok.punkt`.
    """
    if overlap >= size:
        raise UsageError(f"an overlap of {overlap} leaves nothing of a chunk of {size} tokens")
    split: Splitter = sentences.spans
    if by == "sentence" and splitter != "rules":
        from hfterm.tok import punkt

        if splitter == "nltk":
            split = punkt.of_language(language)
        elif "-" in sources:
            raise UsageError("learning sentences reads the input twice", "name files in place of standard input")
        else:
            every = (_read(source, tokenizer, column, format, on_bad and (lambda bad: None)) for source in sources)
            split = punkt.learnt(text.text for found in every for text in found)
    for source in sources:
        found = _read(source, tokenizer, column, format, on_bad)
        for number, text in enumerate(found, 1):
            [one] = encoded(tokenizer.raw.encode_batch, [text], False)
            tokens: list[tuple[int, int]] = one.offsets
            cut = _by_tokens(tokens, 0, len(tokens), size, overlap)
            if by == "sentence":
                cut = _by_sentence(text.text, tokens, split, size, overlap)
            for place, (start, end, count) in enumerate(cut, 1):
                yield {
                    **(text.row if keep else {}),
                    "source": source,
                    "record": number,
                    "chunk": place,
                    "start": start,
                    "end": end,
                    "tokens": count,
                    "text": text.text[start:end],
                }


def _read(source: str, tokenizer: Tokenizer, column: str | None, format: str | None, on_bad: OnBad) -> Iterator[Text]:
    plain = reading.plain(source, format)
    named = format or records.format_of(source)
    if (named or (_looked_at(source) if plain else None)) != "text":
        yield from texts.read(source, tokenizer, column=column, format=format, on_bad=on_bad, doing="chunk")
        return
    for path in [source] if plain else reading.paths(source, format):
        lines = records.read(path, format="text", skip_bad=on_bad is not None, on_bad=on_bad)
        whole = "\n".join(row["text"] for row in lines)
        try:
            room.check(len(whole))
        except HftermError as exc:
            exc.message = f"cannot chunk {texts.name_of(path)}: {exc.message}"
            raise
        yield Text(whole, True, {})


def _looked_at(source: str) -> str | None:
    """``text`` unless standard input begins like JSON; None of a file of another name, which is told by records."""
    if source != "-" or sys.stdin is None or sys.stdin.closed:
        return None
    buffer: Any = sys.stdin.buffer
    return None if buffer.peek(1).lstrip()[:1] in (b"{", b"[") else "text"


def _by_tokens(tokens: Sequence[tuple[int, int]], first: int, last: int, size: int, overlap: int) -> Iterator[Span]:
    at = first
    while at < last:
        end = min(at + size, last)
        yield tokens[at][0], max(stop for _, stop in tokens[at:end]), end - at
        if end == last:
            return
        at = end - overlap


def _by_sentence(
    text: str, tokens: Sequence[tuple[int, int]], split: Splitter, size: int, overlap: int
) -> Iterator[Span]:
    held: list[tuple[int, int]] = []  # sentences of the chunk in the making, as tokens from and to
    fresh = False
    for first, last in _sentences(split(text), tokens):
        if held and last - held[0][0] > size:
            if fresh:
                yield _of(text, tokens, held)
            while held and (held[-1][1] - held[0][0] > overlap or last - held[0][0] > size):
                held.pop(0)
            fresh = False
        if last - first > size:
            yield from _by_tokens(tokens, first, last, size, overlap)
            held, fresh = [], False
            continue
        held.append((first, last))
        fresh = True
    if held and fresh:
        yield _of(text, tokens, held)


def _of(text: str, tokens: Sequence[tuple[int, int]], held: Sequence[tuple[int, int]]) -> Span:
    first, last = held[0][0], held[-1][1]
    start, end = tokens[first][0], max(stop for _, stop in tokens[first:last])
    while start < end and text[start].isspace():  # a token may bring the space before it
        start += 1
    return start, end, last - first


def _sentences(spans: Iterable[tuple[int, int]], tokens: Sequence[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """Each sentence as tokens from and to: a token belongs to the sentence in which it ends."""
    at = 0
    for _, end in spans:
        begin = at
        while at < len(tokens) and tokens[at][1] <= end:
            at += 1
        if at > begin:
            yield begin, at
    if at < len(tokens):
        yield at, len(tokens)
