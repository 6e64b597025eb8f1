"""Texts on which programs that cut texts into tokens come to differ."""

import json
import random
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from hfterm.tok.tokenizer import Tokenizer

# Part of what a verdict is of: to be raised with every change of the texts.
VERSION = 1
# So many of the tokenizer's added tokens are spelled out.
MOST_ADDED = 64
_MIXED = 600
# Of the characters beyond the first 65536, one in so many.
_STEP = 61
_RUN = 32

PIECES = (
    # White space of every kind, alone and in runs.
    *" \t\n\r\x0b\x0c\x1c\x85\xa0", "\r\n", "  ", "   ", "\n\n", " \n", "\n ", "\t\t", " " * 9, "\n" * 5,
    "\u1680", "\u2003", "\u2028", "\u2029", "\u202f", "\u3000", "\u180e",
    # Controls, marks that join or turn, what is no character.
    "\x00", "\x01", "\x1b[0m", "\x7f", "\x9f", "\u00ad", "\u034f", "\u200b", "\u200d", "\u200e", "\u202e",
    "\u2066", "\ufeff", "\ufffd", "\ufffe", "\uffff", "\ue000", "\U000e0001", "\U0010ffff",
    # Words, contractions of every case, letters that fold or decompose.
    "a", "the", " world", "Hello", "don't", "'s", "'S", "'ll", "'LL", "'Re", "'\u017f", "I'VE", "\u2019s",
    "\u212a", "\u0130", "ß", "ẞ", "\ufb01", "\u01c6", "\u00e9", "e\u0301", "\u0301", "\u0301\u0301",
    "q\u0307\u0323", "\u1e9b\u0323", "camelCase", "HTTPServer", "snake_case", "a" * 70, "aA" * 20, "\u017f",
    "ª", "ʰ",
    # Digits and what counts as one.
    "1", "12", "123", "1234", "12345678901234567890", "1,000.50", "0x1F", "1e-5", "v2.0", "٣٤٥", "१२", "½", "²",
    "Ⅷ", "①", "\U0001d7d8", "\uff13",
    # Scripts without spaces, right to left, with marks.
    "你好世界", "こんにちは", "カタカナ", "한국어", "\u1112\u1161\u11ab", "Привет", "Ελληνικά", "שלום", "مرحبا",
    "السّلام", "हिन्दी", "ไทย", "தமிழ்", "\ufdfa", "\uff21\uff42", "\U0001d49c\U0001d505", "𐍈", "𠀀", "क्\u200dष", "\ufefb",
    # Pictures of several code points.
    "😁", "😁" * 4, "👩\u200d👩\u200d👧", "👍🏽", "🇩🇪", "🇩", "❤\ufe0f", "1\ufe0f\u20e3",
    "🏴\U000e0067\U000e0062\U000e007f",
    # Signs, code, addresses.
    "!", "...", "?!", "—", "-" * 40, "=" * 8, "#" * 3, "_", "__", "/", "\\", "\\n", "{", "}\n", "();", "=>",
    "<", ">", "</", "[", "]]", "|", "&amp;", "$x", "@a", "http://a.b/c?d=e&f=%20", "def f(x):\n\treturn x",
    "if (a) {\n    b();\n}", "€", "™", "·", "«", "„",
    # What tokens are spelled with inside.
    "Ġ", "Ċ", "▁", "▁▁", "##", "##ing", "Ä", "Âł", "<0x0A>", "<unk>", "[UNK]", "<s>", "</s>", "<|endoftext|>",
    "<|im_start|>",
)  # fmt: skip


def sample(tokenizer: Tokenizer) -> list[str]:
    """The texts for one tokenizer: its added tokens are spelled in some of them. Always the same ones."""
    added = _added(tokenizer)
    pieces = [*PIECES, *added]
    draw = random.Random(VERSION)
    # A tokenizer may well have hundreds: each alone, beside letters, in spaces, twice, and cut short.
    around = [
        form for token in added for form in (f"a{token}b", f" {token} c", f"{token}{token}", token[:-1], token.lower())
    ]
    mixed = ["".join(draw.choices(pieces, k=draw.choice((2, 3, 5, 9, 30)))) for _ in range(_MIXED)]
    long = [letter * 3000 for letter in ("a", " ", "\n", "7", "é", "あ", "😁", "ab ", "-")]
    return ["", *pieces, *around, *mixed, *long, *_sweep()]


def _added(tokenizer: Tokenizer) -> list[str]:
    found: dict[int, Any] = tokenizer.raw.get_added_tokens_decoder()
    texts = [str(token.content) for _, token in sorted(found.items())]
    # The first and the last ones: those between are often reserved, and alike.
    return texts if len(texts) <= MOST_ADDED else texts[: MOST_ADDED // 2] + texts[-MOST_ADDED // 2 :]


def _sweep() -> Iterator[str]:
    """Every character up to 65535 and some of the others: in runs, and each behind a letter."""
    points = [*range(0x80), *range(0x80, 0xD800), *range(0xE000, 0x10000), *range(0x10000, 0x110000, _STEP)]
    letters = [chr(point) for point in points if unicodedata.category(chr(point)) != "Cn" or point % 8 == 0]
    for at in range(0, len(letters), _RUN):
        run = letters[at : at + _RUN]
        yield "".join(run) if at // _RUN % 2 else " a".join(run)


def excerpt(text: str, length: int = 120) -> str:
    """A text as a message shows it: on one line, cut."""
    shown = json.dumps(text[:length], ensure_ascii=True)
    return shown if len(text) <= length else f"{shown} ... ({len(text)} characters)"


def shortest(texts: Sequence[str]) -> str:
    """The shortest of some texts: the one to show."""
    return min(texts, key=len)
