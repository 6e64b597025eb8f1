"""tiktoken's ranks (a ``.tiktoken`` file, or an encoding by its name) as a fast tokenizer.

A file is ``BASE64 RANK`` line by line; the pattern that cuts a text into words and the special tokens are not in it.
tiktoken looks a word up whole and else joins the pair of lowest rank, again and again: BPE with ``ignore_merges``.
"""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hfterm import extras
from hfterm.errors import HftermError, NetworkError, UsageError, one_line
from hfterm.tok import special
from hfterm.tok.convert_check import Converted, Encoded

_GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
_CL100K = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_LETTERS = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]",
    r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]",
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
)
_O200K = (
    f"{_LETTERS[0]}*{_LETTERS[1]}+{_LETTERS[2]}|{_LETTERS[0]}+{_LETTERS[1]}*{_LETTERS[2]}"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_END, _PROMPT = "<|endoftext|>", "<|endofprompt|>"
_FIM = ("<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>")


class Known(NamedTuple):
    """An encoding's pattern (as first published, without the possessive marks of later ones) and special tokens."""

    pattern: str
    special: Mapping[str, int]


# https://github.com/openai/tiktoken/blob/main/tiktoken_ext/openai_public.py; the ids of other families are in order.
KNOWN: dict[str, Known] = {
    "gpt2": Known(_GPT2, {_END: 50256}),
    "r50k_base": Known(_GPT2, {_END: 50256}),
    "p50k_base": Known(_GPT2, {_END: 50256}),
    "p50k_edit": Known(_GPT2, {_END: 50256, **{token: 50281 + n for n, token in enumerate(_FIM)}}),
    "cl100k_base": Known(_CL100K, {_END: 100257, **{t: 100258 + n for n, t in enumerate(_FIM)}, _PROMPT: 100276}),
    "o200k_base": Known(_O200K, {_END: 199999, _PROMPT: 200018}),
    "llama3": Known(_CL100K, {}),
    "qwen": Known(_CL100K.replace("{1,3}", ""), {}),
}


class Reference:
    """tiktoken's own encoding, by ids."""

    by_ids = True
    defined: tuple[str, ...] = ()
    special: tuple[str, ...] = ()  # both find special tokens in a text

    def __init__(self, encoding: Any) -> None:
        tiktoken = extras.require("tiktoken", "tok")
        self.name = f"tiktoken {tiktoken.__version__}"
        self.encoding = encoding

    def __call__(self, text: str) -> Encoded:
        """The ids, the tokens, the text that comes back."""
        ids: list[int] = self.encoding.encode(text, allowed_special="all")
        tokens = [self.encoding.decode_single_token_bytes(n).decode("utf-8", "backslashreplace") for n in ids]
        return Encoded(ids, tokens, self.encoding.decode(ids))


def looks_like_ranks(head: bytes) -> bool:
    """Whether a file that begins so holds ranks (Llama 3's is called ``tokenizer.model``)."""
    return re.match(rb"[A-Za-z0-9+/]+={0,2} \d+\r?\n", head) is not None


def names() -> tuple[str, ...]:
    """The encodings that can be named."""
    return tuple(KNOWN)


def convert(
    path: Path | None, name: str | None = None, *, pattern: str | None = None, special_tokens: Sequence[str] = ()
) -> Converted:
    """The fast tokenizer of a file of ranks with a ``pattern`` (a name of ``KNOWN``, or a regular expression), or of
    the encoding ``name`` as tiktoken itself has it (from the network, or the folder ``TIKTOKEN_CACHE_DIR``).

    ``special_tokens`` get the ids behind the last rank (see :func:`hfterm.tok.special.parse`).

    Raises:
        UsageError: no pattern, or one that is no regular expression. HftermError: the file is damaged.
        NetworkError: tiktoken could not download the ranks. MissingExtraError: it is not installed.
    """
    tiktoken = extras.require("tiktoken", "tok")
    if path is None:
        assert name is not None
        encoding = _named(tiktoken, name)
        known = KNOWN.get(name)
        return _made(encoding, known.pattern if known else encoding._pat_str, special_tokens)
    if pattern is None and path.stem in KNOWN:
        pattern = path.stem
    if pattern is None:
        raise UsageError(
            f"{str(path)!r} does not say how words are cut",
            f"add --pattern with {', '.join(KNOWN)} or the regular expression",
        )
    ranks = _ranks(path)
    chosen = KNOWN.get(pattern, Known(pattern, {}))
    given = chosen.special
    if clash := next((token for token, number in given.items() if number in set(ranks.values())), None):
        raise UsageError(
            f"{str(path)!r} is not {pattern}: it has a rank {given[clash]}, the id of {clash}",
            "name the right pattern with --pattern",
        )
    tokens, _ = special.parse(special_tokens)
    first = max([*ranks.values(), *given.values()]) + 1
    added = {token: first + n for n, token in enumerate(token for token in tokens if token not in given)}
    try:
        encoding = tiktoken.Encoding(
            path.stem, pat_str=chosen.pattern, mergeable_ranks=ranks, special_tokens={**given, **added}
        )
    except (ValueError, AssertionError) as exc:
        raise UsageError(f"tiktoken does not take the pattern {pattern!r}: {one_line(exc)[:200]}") from exc
    return _made(encoding, chosen.pattern, special_tokens)


def _named(tiktoken: Any, name: str) -> Any:
    try:
        return tiktoken.get_encoding(name)
    except OSError as exc:  # requests' errors are such, too
        raise NetworkError(
            f"tiktoken cannot download {name}: {one_line(exc)[:120]}",
            "give its .tiktoken file, or set TIKTOKEN_CACHE_DIR to a folder that has it",
        ) from exc


def _ranks(path: Path) -> dict[bytes, int]:
    # Not tiktoken's own reader: it keeps what a path held once, and gives that when the file has changed.
    ranks: dict[bytes, int] = {}
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                token, rank = line.split()
                ranks[base64.b64decode(token, validate=True)] = int(rank)
            except ValueError as exc:
                raise HftermError(
                    f"cannot read {str(path)!r}: line {number} is not a token in base64 and a rank"
                ) from exc
    missing = [n for n in range(256) if bytes([n]) not in ranks]
    if missing:
        raise HftermError(
            f"{str(path)!r} has no rank for {len(missing)} of the 256 bytes (the first is 0x{missing[0]:02x})"
        )
    if len(set(ranks.values())) != len(ranks):
        raise HftermError(f"{str(path)!r} gives one rank to several tokens")
    return ranks


def _made(encoding: Any, pattern: str, special_tokens: Sequence[str]) -> Converted:
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, pre_tokenizers, processors
    from tokenizers.models import BPE

    ranks: Mapping[bytes, int] = encoding._mergeable_ranks
    specials: Mapping[str, int] = encoding._special_tokens
    letters = byte_letters()

    def written(token: bytes) -> str:
        return "".join(letters[byte] for byte in token)

    vocabulary = {written(token): rank for token, rank in ranks.items()}
    # In the vocabulary a special token keeps its id also where ids before it are left out.
    vocabulary |= specials
    pairs = [(written(left), written(right)) for left, right in _merges(ranks)]
    raw = Tokenizer(BPE(vocabulary, pairs, ignore_merges=True, fuse_unk=False))
    try:
        split = pre_tokenizers.Split(Regex(for_tokenizers(pattern)), "isolated")
    except Exception as exc:  # the library raises bare Exception
        raise UsageError(f"tokenizers does not take the pattern: {one_line(exc)[:200]}") from exc
    raw.pre_tokenizer = pre_tokenizers.Sequence(
        [split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    raw.decoder = decoders.ByteLevel()
    raw.post_processor = processors.ByteLevel(trim_offsets=False)
    ordered = sorted(specials, key=lambda token: specials[token])
    raw.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in ordered])
    roles = special.parse(special_tokens or ordered)[1]
    others = tuple(token for token in ordered if token not in roles.values())
    return Converted(raw, "tiktoken BPE", Reference(encoding), roles, others)


def byte_letters() -> list[str]:
    """The letter that byte-level BPE writes for each byte: itself where it can be seen, else one from 256 on."""
    seen = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in seen]
    return [chr(byte) if byte in seen else chr(256 + hidden.index(byte)) for byte in range(256)]


def _merges(ranks: Mapping[bytes, int]) -> Iterator[tuple[bytes, bytes]]:
    for token, _ in sorted(ranks.items(), key=lambda pair: pair[1]):
        cuts = ((token[:at], token[at:]) for at in range(1, len(token)))
        found = [(left, right) for left, right in cuts if left in ranks and right in ranks]
        yield from sorted(found, key=lambda pair: (ranks[pair[0]], ranks[pair[1]]))


def for_tokenizers(pattern: str) -> str:
    """A pattern as Oniguruma, which tokenizers has, reads it: there ``{1,3}+`` is no possessive, ``$`` ends lines."""
    pattern = re.sub(r"(\{\d+(?:,\d*)?\})\+", r"\1", pattern)
    return re.sub(r"\\.|\[(?:\\.|[^\]\\])*\]|\$", lambda m: r"\z" if m[0] == "$" else m[0], pattern)
