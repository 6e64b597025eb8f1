"""What differs between two tokenizers: vocabulary, parts, templates, and the ids of a sample of texts."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from hfterm.errors import HftermError, one_line
from hfterm.tok.inspect import PARTS, definition, described
from hfterm.tok.tokenizer import Tokenizer

Row = dict[str, Any]
# Where tokenizers differ: case, spaces, digits, accents in both forms, other scripts, emoji, code, odd characters.
SAMPLE = (
    "Hello, y'all! How are you 😁 ?",
    "The quick brown fox jumps over the lazy dog.",
    "  two spaces,\ta tab\nand  a\r\nline  ",
    "I'll, you're, WON'T, it\u2019s",
    "3.14159 1,000,000 2026-11-23 0x1F 50%",
    "Grüße, naïve café, e\u0301te\u0301, Straße, İstanbul",
    "Быстрая лиса, γρήγορη αλεπού, שלום עולם, مرحبا",
    "敏捷的棕色狐狸。素早い茶色の狐、빠른 갈색 여우",
    "👩\u200d👩\u200d👧\u200d👦 🇩🇪 👍🏽 ½ ﬁ ① \uff21",
    "def f(x):\n    return x**2  # TODO: fix_this\n\n\n",
    '{"key": [1, 2, null], "url": "https://example.org/a?b=c&d=%20"}',
    "<s>[INST] <|endoftext|> </s> [MASK] [UNK] <unk>",
    "a\u00a0b\u200bc\u2028d\ufeffe\x00f",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ssssssss ========",
    "",
    " ",
)
TOLD = 20
_SHOWN = 60


def diff(a: Tokenizer, b: Tokenizer, texts: Iterable[str] | None = None, *, limit: int = TOLD) -> Iterator[Row]:
    """Yield what differs as ``{"kind", "what", "a", "b"}``; nothing when they are the same.

    Kinds: ``removed added moved`` (a token only in A, only in B, with another id), the parts' names, ``added_token``
    (its flags), ``special``, ``chat_template``, ``text`` (one that gets other ids: where they part), and ``summary``
    (how many more tokens or texts there are, after the first ``limit`` of a kind; 0: all are told).
    ``texts`` are encoded both ways (default: ``SAMPLE``), with special tokens.

    Raises:
        HftermError: a text cannot be read.
    """
    for kind, rows in (
        ("removed", _tokens(a, b, "removed")),
        ("added", _tokens(a, b, "added")),
        ("moved", _tokens(a, b, "moved")),
        ("", chain(_parts(a, b), _special(a, b))),
        ("texts", _texts(a, b, SAMPLE if texts is None else texts)),
    ):
        yield from islice(rows, (limit or None) if kind else None)
        more = sum(1 for _ in rows)
        if more:
            yield {"kind": "summary", "what": f"{more} more {kind}", "a": None, "b": None}


def _tokens(a: Tokenizer, b: Tokenizer, kind: str) -> Iterator[Row]:
    old, new = a.raw.get_vocab(), b.raw.get_vocab()
    first, second = (new, old) if kind == "added" else (old, new)
    for token, number in sorted(first.items(), key=lambda pair: pair[1]):
        other = second.get(token)
        if kind == "moved" and other is not None and other != number:
            yield {"kind": kind, "what": token, "a": number, "b": other}
        elif kind != "moved" and other is None:
            yield {
                "kind": kind,
                "what": token,
                "a": None if kind == "added" else number,
                "b": number if kind == "added" else None,
            }


def _parts(a: Tokenizer, b: Tokenizer) -> Iterator[Row]:
    one, two = definition(a), definition(b)
    for part in PARTS:
        left: Any = one.get(part)
        right: Any = two.get(part)
        if part == "model":
            merges, others = left.pop("merges", None), right.pop("merges", None)
            scored = left.get("type") == right.get("type") == "Unigram"
            vocabularies = [m.pop("vocab", None) for m in (left, right)]
            if merges != others:
                yield {"kind": "merges", "what": _first_other(merges, others), "a": _len(merges), "b": _len(others)}
            if scored and vocabularies[0] != vocabularies[1]:
                yield {"kind": "scores", "what": "the pieces' scores", "a": None, "b": None}
        if left != right:
            said = (described(left), described(right))
            # What is said shortly may be the same of both.
            what = "differs" if said[0] != said[1] else "differs in details"
            yield {"kind": part, "what": what, "a": said[0], "b": said[1]}
    flags, others = _flags(one), _flags(two)
    for token in flags:
        changed = [k for k in flags[token] if token in others and flags[token][k] != others[token].get(k)]
        if changed:
            kept = [{k: side[token].get(k) for k in changed} for side in (flags, others)]
            yield {"kind": "added_token", "what": token, "a": kept[0], "b": kept[1]}


def _flags(parts: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Added token -> how it is looked for in a text."""
    return {t["content"]: {k: v for k, v in t.items() if k not in ("id", "content")} for t in parts["added_tokens"]}


def _first_other(left: list[Any] | None, right: list[Any] | None) -> str:
    if left is None or right is None:
        return "only one has merges"
    at = next((i for i, (x, y) in enumerate(zip(left, right, strict=False)) if x != y), min(len(left), len(right)))
    return f"the same up to number {at}"


def _len(values: list[Any] | None) -> int | None:
    return None if values is None else len(values)


def _special(a: Tokenizer, b: Tokenizer) -> Iterator[Row]:
    for role in dict.fromkeys([*a.special, *b.special]):
        if a.special.get(role) != b.special.get(role):
            yield {"kind": "special", "what": role, "a": a.special.get(role), "b": b.special.get(role)}
    if a.chat_template != b.chat_template:
        sizes = [None if t is None else f"{len(t)} characters" for t in (a.chat_template, b.chat_template)]
        yield {"kind": "chat_template", "what": "differs", "a": sizes[0], "b": sizes[1]}


def _texts(a: Tokenizer, b: Tokenizer, texts: Iterable[str]) -> Iterator[Row]:
    for text in texts:
        try:
            one, two = a.raw.encode(text), b.raw.encode(text)
        except Exception as exc:  # the library raises bare Exception
            raise HftermError(f"cannot encode {text[:_SHOWN]!r}: {one_line(exc)[:200]}") from exc
        if one.ids == two.ids:
            continue
        at = next(
            (i for i, (x, y) in enumerate(zip(one.ids, two.ids, strict=False)) if x != y),
            min(len(one.ids), len(two.ids)),
        )
        # The later one: of a special token at the end the place is 0.
        place = max(span[0] for span in (*one.offsets[at : at + 1], *two.offsets[at : at + 1]))
        yield {
            "kind": "text",
            "what": f"character {place}: {text[max(0, place - 20) : place + 20]!r}",
            "a": _near(one, at),
            "b": _near(two, at),
        }


def _near(one: Any, at: int) -> str:
    shown = [f"{token}={number}" for token, number in zip(one.tokens[at : at + 4], one.ids[at : at + 4], strict=True)]
    return f"{len(one.ids)} tokens, ... {' '.join(shown) or 'ended'}"
