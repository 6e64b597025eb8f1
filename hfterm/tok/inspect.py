"""What a tokenizer is: its parts, its vocabulary, its hash."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from hfterm.errors import HftermError, UsageError
from hfterm.tok.tokenizer import Tokenizer

# The parts of a tokenizer.json in the order in which a text goes through them.
PARTS = ("normalizer", "pre_tokenizer", "model", "post_processor", "decoder")
# transformers writes this where it knows no greatest length.
_NO_LENGTH = 10**18


def definition(tokenizer: Tokenizer) -> dict[str, Any]:
    """The tokenizer.json as the library reads it, truncation and padding aside."""
    value: dict[str, Any] = json.loads(tokenizer.raw.to_str())
    return value


def described(part: Any) -> str | None:
    """A part in words: ``Sequence(NFD, Lowercase)``, ``ByteLevel(add_prefix_space=False, ...)``; None without one."""
    if not isinstance(part, dict):
        return None
    kind = str(part.get("type", "?"))
    inner = next((part[k] for k in ("normalizers", "pretokenizers", "processors", "decoders") if k in part), None)
    if isinstance(inner, list):
        return f"{kind}({', '.join(str(described(one)) for one in inner)})"
    if kind == "TemplateProcessing":
        return f"{kind}({' '.join(_piece(one) for one in part.get('single', []))})"
    if kind in ("BPE", "WordPiece", "Unigram", "WordLevel"):
        left = ("type", "vocab", "merges")
        return _called(kind, {k: v for k, v in part.items() if k not in left and v not in (None, False)})
    return _called(kind, {k: v for k, v in part.items() if k != "type" and v is not None})


def _called(kind: str, settings: Mapping[str, Any]) -> str:
    def shown(value: Any) -> str:
        if isinstance(value, dict) and len(value) == 1:  # {"Regex": "..."}
            value = next(iter(value.values()))
        text = json.dumps(value, ensure_ascii=False)
        return text if len(text) <= 200 else f"{text[:200]}..."

    return f"{kind}({', '.join(f'{k}={shown(v)}' for k, v in settings.items())})" if settings else kind


def _piece(one: Mapping[str, Any]) -> str:
    if "SpecialToken" in one:
        return str(one["SpecialToken"].get("id"))
    return f"${one.get('Sequence', {}).get('id', '?')}"


def info(tokenizer: Tokenizer) -> dict[str, Any]:
    """The tokenizer in facts. ``vocabulary`` counts all tokens, ``added`` those outside the model's own.

    ``max_length`` is what its configuration says (None: nothing); ``sha256`` is of its parts, vocabulary and
    added tokens, whatever the file's layout.
    """
    parts = definition(tokenizer)
    config = tokenizer.config()
    length = config.get("model_max_length")
    return {
        "path": str(tokenizer.path),
        "type": str(parts["model"].get("type", "?")),
        "vocabulary": tokenizer.raw.get_vocab_size(),
        "largest_id": max(tokenizer.raw.get_vocab().values(), default=None),
        "added": tokenizer.raw.get_vocab_size() - tokenizer.raw.get_vocab_size(with_added_tokens=False),
        "merges": len(parts["model"]["merges"]) if "merges" in parts["model"] else None,
        "special": dict(tokenizer.special),
        **{part: described(parts.get(part)) for part in PARTS},
        "chat_template": tokenizer.chat_template is not None,
        "max_length": int(length) if isinstance(length, int | float) and 0 < length < _NO_LENGTH else None,
        "class": config.get("tokenizer_class"),
        "sha256": digest(parts),
    }


def digest(parts: Mapping[str, Any]) -> str:
    """The hash of what decides the ids: of two tokenizers with the same one, every text has the same ids."""
    kept = {part: parts.get(part) for part in ("added_tokens", *PARTS)}
    return hashlib.sha256(json.dumps(kept, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def vocabulary(
    tokenizer: Tokenizer, *, pattern: str | None = None, added: bool = False, ignore_case: bool = False
) -> Iterator[dict[str, Any]]:
    """Yield ``{"id", "token", "text", "kind"}`` by id; ``text`` is the token decoded, ``kind`` model, added or special.

    ``pattern``: only tokens in which (or in whose text) this regular expression is found. ``added``: only those
    outside the model's own vocabulary, and special ones.

    Raises:
        UsageError: the pattern is no regular expression.
    """
    try:
        wanted = re.compile(pattern, re.IGNORECASE if ignore_case else 0) if pattern is not None else None
    except (re.error, OverflowError, RecursionError) as exc:
        raise UsageError(f"{pattern!r} is no regular expression: {exc}") from exc
    kinds = {i: "special" if t.special else "added" for i, t in tokenizer.raw.get_added_tokens_decoder().items()}
    for token, number in sorted(tokenizer.raw.get_vocab().items(), key=lambda pair: pair[1]):
        kind = kinds.get(number, "model")
        if added and kind == "model":
            continue
        text = token if kind != "model" else _text(tokenizer, number)
        if wanted is None or wanted.search(token) or wanted.search(text):
            yield {"id": number, "token": token, "text": text, "kind": kind}


def _text(tokenizer: Tokenizer, number: int) -> str:
    try:
        return str(tokenizer.raw.decode([number], skip_special_tokens=False))
    except Exception as exc:  # the library raises bare Exception
        raise HftermError(f"the token {number} cannot be decoded: {exc}") from exc
