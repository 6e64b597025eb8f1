"""Whether a converted tokenizer does what the one that it was made of does, text by text."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple, Protocol

from hfterm.errors import HftermError, one_line
from hfterm.tok.diff import SAMPLE

_SHOWN = 40
# fmt: off
_MORE = (
    "The committee's decision, announced on Friday, wasn't unexpected: \"We'll appeal,\" she said.",
    "x = [i**2 for i in range(10) if i % 2 == 0]\nprint(f\"{x!r:>40}\")\n\n\nclass A(B):\n\tpass\n",
    "SELECT name, COUNT(*) AS n FROM t WHERE id <> 3 GROUP BY 1 HAVING n >= 10; -- done",
    "<div class=\"a b\"><a href='/x?y=1&amp;z=2'>link</a></div>\r\n\r\n",
    "# Title\n\n* one\n* two\n    * three\n\n| a | b |\n|---|---|\n```sh\nls -la ~/x && cd ..\n```",
    "Der Rhein fließt durch Köln; die Brücke wurde 1894 für 2,5 Mio. Mark gebaut (vgl. S. 12 ff.).",
    "L'été dernier, j'ai mangé du pâté à l'œuf — c'était bon ! « Vraiment ? » dit-elle…",
    "El niño comió piñata; ¿qué pasó? ¡Nada! Ação, coração, ôô.",
    "नमस्ते दुनिया, हिन्दी में लिखा हुआ पाठ। বাংলা ভাষা। தமிழ் மொழி",
    "ภาษาไทยไม่มีช่องว่าง ລາວ ខ្មែរ မြန်မာ",
    "שלום לכולם, مرحبا بالعالم ١٢٣٤، فارسی\u200c",
    "東京都は日本の首都です。人口は約1400万人。ﾊﾝｶｸ カタカナ ひらがな",
    "汉语和漢語,全角!字符?123", "안녕하세요 세계, 한국어 문장입니다.",
    "\u0130\u0131 \u1e9e \ufb03 \u2126 \u212b \u00b5 \u2460 \u00bd \u2122 \u33a1 \ufe0f a\u0301",
    "😀😃😄 👨\u200d👩\u200d👧 🏳\ufe0f\u200d🌈 ☕\ufe0f ✈ 🇫🇷🇯🇵 👋🏽",
    "   leading", "trailing   ", "\ttab\tand\t\ttabs ", "a  b   c    d     e", "\n\n\n", "a\n\nb\n \nc\n  d",
    "\u3000x\u2003y\u2009z",
    "0 1 12 123 1234 12345 123456 1234567 12.50 1e-10 -3 +4 2nd 10x v1.2.3",
    "supercalifragilisticexpialidocious antidisestablishmentarianism pneumonoultramicroscopic",
    "iPhone XMLHttpRequest snake_case camelCase SCREAMING_CASE kebab-case mixedUP123abc",
    "!!! ??? ... --- ___ *** /// \\\\\\ ((( ))) [[]] {{}} <<>> ~~~ ^^^ $$$ ### @@@",
    "don't DON'T Don\u2019t we've they'll I'd she's o'clock 'quoted' rock'n'roll",
    "user@example.org https://example.org/path/to?q=a+b#frag C:\\dir\\file.txt 192.168.0.1",
    "\u202eabc\u202c \u200f \u061c \u2066x\u2069 \U0001f9ff", "q" * 300, "ab" * 150, "\u00e9" * 80,
    "\x01\x02\x1b[0m\x7f\x80\x9f",
)
# fmt: on


class Encoded(NamedTuple):
    """A text's ids and tokens, and what they are decoded to (None: nothing that can be compared)."""

    ids: list[int]
    tokens: list[str]
    back: str | None = None


class Reference(Protocol):
    """The library that a tokenizer comes from: its name and version, and how it encodes.

    ``by_ids``: ids are compared, else tokens. ``special``: what is a special token in a text only to one of the two.
    ``defined``: symbols that the user defined.
    """

    name: str
    by_ids: bool
    special: tuple[str, ...]
    defined: tuple[str, ...]

    def __call__(self, text: str) -> Encoded:
        """A text encoded, without special tokens around it."""
        ...


class Converted(NamedTuple):
    """A fast tokenizer, what it was, the library to compare it with (None: there is none), and its special tokens.

    ``save`` writes it where transformers made it and writes more than its own files.
    """

    raw: Any
    what: str
    reference: Reference | None
    roles: Mapping[str, str]
    special: tuple[str, ...] = ()
    save: Callable[[Any], None] | None = None


class Difference(NamedTuple):
    """A text that is encoded (or decoded) otherwise, around the place where it begins."""

    what: str
    source: str
    fast: str


class Checked(NamedTuple):
    """How many texts were compared, how many had special tokens in them and were not, and those that differ."""

    compared: int
    skipped: int
    different: list[Difference]

    @property
    def identical(self) -> int:
        """How many are the same."""
        return self.compared - len(self.different)


def sample(reference: Reference) -> Iterator[str]:
    """The built-in texts, and some with the symbols that the user defined."""
    yield from chain(SAMPLE, _MORE)
    for symbol in reference.defined[:100]:
        yield f"a {symbol} b{symbol}c{symbol}{symbol} {symbol}"


def check(raw: Any, reference: Reference, texts: Iterable[str]) -> Checked:
    """Encode and decode each text both ways.

    Raises:
        HftermError: one of the two cannot encode a text.
    """
    compared = skipped = 0
    different = []
    for text in texts:
        if any(token in text for token in reference.special):
            skipped += 1
            continue
        compared += 1
        try:
            theirs, ours = reference(text), raw.encode(text, add_special_tokens=False)
        except Exception as exc:  # the libraries raise bare Exception
            raise HftermError(f"cannot encode {text[:_SHOWN]!r}: {one_line(exc)[:200]}") from exc
        # Not ours.tokens: those of what is unknown are the text itself.
        mine = Encoded(ours.ids, [raw.id_to_token(number) for number in ours.ids])
        same = theirs.ids == mine.ids if reference.by_ids else theirs.tokens == mine.tokens
        if not same:
            different.append(_parted(text, theirs, mine, ours.offsets))
        elif theirs.back is not None:
            back = raw.decode(ours.ids, skip_special_tokens=False)
            if back != theirs.back:
                at = next((n for n, (a, b) in enumerate(zip(back, theirs.back, strict=False)) if a != b), 0)
                near = slice(max(0, at - 10), at + 20)
                shown = repr(text[:_SHOWN])
                different.append(Difference(f"decoded: {shown}", repr(theirs.back[near]), repr(back[near])))
    return Checked(compared, skipped, different)


def _parted(text: str, theirs: Encoded, ours: Encoded, offsets: Sequence[tuple[int, int]]) -> Difference:
    pairs = zip(theirs.tokens, ours.tokens, strict=False)
    at = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(theirs.tokens), len(ours.tokens)))
    place = offsets[at][0] if at < len(offsets) else len(text)
    shown = text[max(0, place - 15) : place + 25]
    return Difference(f"character {place}: {shown!r}", _near(theirs, at), _near(ours, at))


def _near(one: Encoded, at: int) -> str:
    pairs = zip(one.tokens[at : at + 4], one.ids[at : at + 4], strict=True)
    return f"{len(one.ids)} tokens, ... {' '.join(f'{token}={number}' for token, number in pairs) or 'ended'}"
