"""Token ids of texts, and which of them a stretch of the text is: exactly, or not at all."""

from array import array
from collections.abc import Sequence
from typing import Any

# So far back a token that stands for a mark of the template is looked for.
_NEAR = 64


class Encoded:
    """A text's tokens. ``at`` gives the place among ``ids`` that a place in the text is."""

    def __init__(self, text: str, ids: "array[int]", encoding: Any, encoder: "Encoder") -> None:
        self.text, self.ids, self._encoding, self._encoder = text, ids, encoding, encoder

    def at(self, place: int) -> int | None:
        """How many tokens the text up to ``place`` has, alone and as the beginning of the whole; None: they differ.

        What follows a mark (a token that was added to the vocabulary) is tokenized by itself, so that only the few
        characters from the last mark on need a look.
        """
        if place == len(self.text):
            return len(self.ids)
        if self._encoding is not None:
            token: int | None = self._encoding.char_to_token(place)
            if token is not None and self._encoding.token_to_chars(token)[0] == place:
                for mark in range(token - 1, max(-1, token - _NEAR), -1):
                    if self.ids[mark] in self._encoder.marks:
                        start = self._encoding.token_to_chars(mark)[0]
                        if self._encoder.known(self.text[start:place]) == self.ids[mark:token]:
                            return token
                        break
        before = self._encoder.ids(self.text[:place])
        return len(before) if self.ids[: len(before)] == before else None


class Encoder:
    """A tokenizer without what it would put around a text."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._fast = getattr(tokenizer, "backend_tokenizer", None)
        if self._fast is not None:
            # What its file says about these is for models that only read.
            self._fast.no_truncation()
            self._fast.no_padding()
        self.marks = frozenset(self._fast.get_added_tokens_decoder()) if self._fast is not None else frozenset()
        self._known: dict[str, array[int]] = {}
        bos, eos = tokenizer.bos_token_id, tokenizer.eos_token_id
        self.bos = [bos] if bos is not None and tokenizer("a")["input_ids"][:1] == [bos] else []
        self.eos = [eos] if eos is not None else []

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """The tokens of texts, together."""
        if self._fast is None:
            found = self._tokenizer(list(texts), add_special_tokens=False)["input_ids"] if texts else []
            return [Encoded(text, array("i", ids), None, self) for text, ids in zip(texts, found, strict=True)]
        made = self._fast.encode_batch(list(texts), add_special_tokens=False)
        return [Encoded(text, array("i", one.ids), one, self) for text, one in zip(texts, made, strict=True)]

    def ids(self, text: str) -> "array[int]":
        """The tokens of one text."""
        return self.encode([text])[0].ids

    def known(self, text: str) -> "array[int]":
        """The same of a short text that comes again and again."""
        if text not in self._known:
            if len(self._known) > 10_000:
                self._known.clear()
            self._known[text] = self.ids(text)
        return self._known[text]
