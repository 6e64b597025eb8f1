"""Conversations as the model reads them: the chat template over a stream of records."""

from collections.abc import Iterator, Sequence
from typing import Any

from hfterm.tok import texts
from hfterm.tok.encode import ids_of
from hfterm.tok.engines import REFERENCE, Encoder
from hfterm.tok.texts import OnBad
from hfterm.tok.tokenizer import Tokenizer

Row = dict[str, Any]


def render(
    sources: Sequence[str],
    tokenizer: Tokenizer,
    *,
    column: str | None = None,
    generation_prompt: bool = False,
    ids: bool = False,
    keep: bool = False,
    format: str | None = None,
    on_bad: OnBad = None,
    encoder: Encoder | None = None,
) -> Iterator[Row]:
    """Yield ``{"text", "tokens"}`` for each conversation: what the template makes of it, and of how many tokens.

    A plain text is a user's message. ``ids`` adds the ids; ``keep`` the record's own fields, before these. ``encoder``
    chooses who makes the ids (default: ``tokenizers``).

    Raises:
        HftermError: there is no chat template, it refuses a conversation, or a source cannot be read.
        CheckFailedError: as :meth:`hfterm.tok.engines.Encoder.ids`.
    """
    encoder = encoder or Encoder(tokenizer, REFERENCE)
    for source in sources:
        found = texts.read(
            source,
            tokenizer,
            column=column,
            chat=True,
            generation_prompt=generation_prompt,
            format=format,
            on_bad=on_bad,
            doing="render",
        )
        for batch in texts.batches(found, texts.largest_batch(source)):
            for text, numbers in zip(batch, ids_of(encoder, batch, False, source).lists(), strict=True):
                row: Row = dict(text.row) if keep else {}
                row |= {"text": text.text, "tokens": len(numbers)}
                if ids:
                    row["ids"] = numbers
                yield row
