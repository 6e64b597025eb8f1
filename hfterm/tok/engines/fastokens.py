"""fastokens (https://github.com/crusoecloud/fastokens, Apache-2.0): BPE out of the same ``tokenizer.json``."""

import json
import sys
from array import array
from collections.abc import Sequence
from typing import Any

from hfterm.tok.engines import ids as numbers
from hfterm.tok.engines.engine import Engine, Known, Reference, register, version_of
from hfterm.tok.engines.ids import Ids
from hfterm.tok.tokenizer import Tokenizer

NAME = "fastokens"


class Fastokens:
    """fastokens with one tokenizer.

    It refuses a byte-level vocabulary that lacks some of the 256 bytes, where ``tokenizers`` leaves such a byte out.
    They are put in here, with ids of which one byte is that of no other token (``mark``: which byte, its value); texts
    in which one shows up are left to ``tokenizers``.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        import fastokens

        text, self.mark = _completed(tokenizer)
        self.raw = fastokens.Tokenizer.from_json_str(text)
        self.reference = Reference(tokenizer)

    def ids(self, texts: Sequence[str], special: bool) -> Ids:
        """The ids of each text."""
        flat, bounds = self._flat(texts, special)
        found = Ids(array("I", flat), bounds)
        if not self._marked(flat):
            return found
        lists = [*map(found.__getitem__, range(len(found)))]
        places = [at for at, one in enumerate(lists) if self._marked(one.tobytes())]
        right = self.reference.ids([texts[at] for at in places], special)
        for number, at in enumerate(places):
            lists[at] = right[number]
        return Ids.of(lists)

    def lengths(self, texts: Sequence[str], special: bool) -> list[int]:
        """How many ids each text has."""
        flat, bounds = self._flat(texts, special)
        return self.ids(texts, special).lengths() if self._marked(flat) else numbers.lengths(bounds)

    def _flat(self, texts: Sequence[str], special: bool) -> tuple[bytes, "array[int]"]:
        flat, bounds = self.raw.encode_batch_flat(list(texts), add_special_tokens=special)
        return flat, array("Q", bounds)

    def _marked(self, flat: bytes) -> bool:
        if self.mark is None:
            return False
        place, value = self.mark
        return value in flat[place if sys.byteorder == "little" else 3 - place :: 4]


def _completed(tokenizer: Tokenizer) -> tuple[str, tuple[int, int] | None]:
    """The tokenizer's JSON with a token for each byte, and the mark of those that were not there."""
    text: str = tokenizer.raw.to_str()
    if '"ByteLevel"' not in text:
        return text, None
    from tokenizers.pre_tokenizers import ByteLevel

    lacking = sorted(letter for letter in ByteLevel.alphabet() if tokenizer.raw.token_to_id(letter) is None)
    if not lacking:
        return text, None
    content: dict[str, Any] = json.loads(text)
    vocabulary = content["model"]["vocab"]
    if not isinstance(vocabulary, dict):
        return text, None
    largest = max(tokenizer.raw.get_vocab().values(), default=0)
    place = 1 if largest >> 8 < 255 else 2
    value = (largest >> 8 * place) + 1
    if value > 255:
        return text, None
    first = value << 8 * place
    # It wants ids without gaps: tokens that no text has (the bytes' letters are none of a private use) fill them.
    vocabulary.update({f"\uf8ff{at}": at for at in range(len(vocabulary), first)})
    vocabulary.update({letter: first + at for at, letter in enumerate(lacking)})
    return json.dumps(content, ensure_ascii=False), (place, value)


def _load(tokenizer: Tokenizer) -> Engine:
    return Fastokens(tokenizer)


register(Known(NAME, lambda: version_of(NAME), _load))
