"""A SentencePiece model as a fast tokenizer: its pieces, and its normalizer's settings as steps.

Format: https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto. What sentencepiece does with
a text: characters are normalized, white space is stripped and folded, a space goes before it and spaces become U+2581,
and then BPE or Unigram runs over it all; symbols that the user defined are found first and stay whole.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from hfterm import extras
from hfterm.errors import HftermError, UsageError, one_line
from hfterm.tok.convert_check import Converted, Encoded

SPACE = "\u2581"
UNIGRAM, BPE = 1, 2
# Types of a piece.
UNKNOWN, CONTROL, DEFINED, UNUSED, BYTE = 2, 3, 4, 5, 6


def proto(path: Path) -> Any:
    """The model in a file.

    Raises:
        HftermError: it is none. MissingExtraError: sentencepiece is not installed.
    """
    extras.require("sentencepiece", "tok")
    extras.require("google.protobuf", "tok")
    from google.protobuf.message import DecodeError
    from sentencepiece import sentencepiece_model_pb2

    model = sentencepiece_model_pb2.ModelProto()
    try:
        model.ParseFromString(path.read_bytes())
    except DecodeError as exc:
        raise HftermError(f"{str(path)!r} is no SentencePiece model: {one_line(exc)[:100]}") from exc
    if not model.pieces:
        raise HftermError(f"{str(path)!r} is no SentencePiece model: it has no pieces")
    return model


class Reference:
    """The library's own encoding. ``ids``: in ids; else in pieces, for a tokenizer that gives them other ids."""

    def __init__(self, path: Path, model: Any, *, ids: bool = True) -> None:
        sentencepiece = extras.require("sentencepiece", "tok")
        self.name = f"sentencepiece {sentencepiece.__version__}"
        self.by_ids = ids
        self.processor = sentencepiece.SentencePieceProcessor(model_file=str(path))
        self.unknown = model.trainer_spec.unk_id
        # Written in a text, these are plain text to the library and special tokens to a fast tokenizer.
        self.special = tuple(piece.piece for piece in model.pieces if piece.type in (CONTROL, UNKNOWN))
        self.defined = tuple(piece.piece for piece in model.pieces if piece.type == DEFINED)

    def __call__(self, text: str) -> Encoded:
        """The ids, the pieces, and the text that comes back (None: a part of it is unknown)."""
        ids: list[int] = self.processor.encode(text, out_type=int)
        back = None if self.unknown in ids else self.processor.decode(ids)
        return Encoded(ids, [self.processor.id_to_piece(number) for number in ids], back)


def convert(path: Path) -> Converted:
    """The fast tokenizer of a model's file.

    Raises:
        HftermError: it is no such model. UsageError: one of a kind that has no fast form.
    """
    model = proto(path)
    kind = model.trainer_spec.model_type
    if kind not in (UNIGRAM, BPE):
        raise UsageError(f"{str(path)!r} splits into words or characters: only BPE and Unigram models have a fast form")
    if model.trainer_spec.treat_whitespace_as_suffix:
        raise UsageError(f"{str(path)!r} puts spaces behind words, which no fast tokenizer can do")
    from tokenizers import Tokenizer

    raw = Tokenizer(_unigram(model) if kind == UNIGRAM else _bpe(model))
    _steps(raw, model)
    _add(raw, model)
    spec = model.trainer_spec
    numbers = {"unk": spec.unk_id, "bos": spec.bos_id, "eos": spec.eos_id, "pad": spec.pad_id}
    roles = {f"{role}_token": model.pieces[n].piece for role, n in numbers.items() if 0 <= n < len(model.pieces)}
    others = [p.piece for p in model.pieces if p.type == CONTROL and p.piece not in roles.values()]
    what = f"SentencePiece {'Unigram' if kind == UNIGRAM else 'BPE'}"
    return Converted(raw, what, Reference(path, model), roles, tuple(others))


def _unigram(model: Any) -> Any:
    from tokenizers.models import Unigram

    # A symbol that the user defined wins over all other ways to cut: unigram_model.cc gives it this score.
    best = max((p.score for p in model.pieces if p.type not in (UNKNOWN, CONTROL, DEFINED, UNUSED, BYTE)), default=0.0)
    pieces = [(p.piece, len(p.piece) * best - 0.1 if p.type == DEFINED else p.score) for p in model.pieces]
    return Unigram(pieces, unk_id=model.trainer_spec.unk_id, byte_fallback=model.trainer_spec.byte_fallback)


def _bpe(model: Any) -> Any:
    from tokenizers.models import BPE as Model

    unknown = model.pieces[model.trainer_spec.unk_id].piece
    return Model(
        {piece.piece: number for number, piece in enumerate(model.pieces)},
        merges(model.pieces),
        unk_token=unknown,
        fuse_unk=True,
        byte_fallback=model.trainer_spec.byte_fallback,
    )


def merges(pieces: Sequence[Any]) -> list[tuple[str, str]]:
    """Every pair of pieces that makes up a third, in the order of the third one's score."""
    made = {p.piece: p.score for p in pieces if p.type not in (UNKNOWN, CONTROL, DEFINED, BYTE)}
    number = {p.piece: n for n, p in enumerate(pieces)}

    def pairs() -> Iterator[tuple[float, int, int, str, str]]:
        for piece, score in made.items():
            for at in range(1, len(piece)):
                left, right = piece[:at], piece[at:]
                if left in made and right in made:
                    yield -score, number[left], number[right], left, right

    return [(left, right) for *_, left, right in sorted(pairs())]


def _steps(raw: Any, model: Any) -> None:
    """What is done before and after the model."""
    from tokenizers import Regex, decoders, normalizers, pre_tokenizers

    how = model.normalizer_spec
    steps: list[Any] = [normalizers.Precompiled(how.precompiled_charsmap)] if how.precompiled_charsmap else []
    scheme = "first" if how.add_dummy_prefix else "never"
    if how.remove_extra_whitespaces:
        # Strip would take other white space, too. Of spaces at the beginning one stays, which is the one put there.
        ends = r" +\z" if how.add_dummy_prefix else r"\A +| +\z"
        steps += [normalizers.Replace(Regex(ends), ""), normalizers.Replace(Regex(" {2,}"), " ")]
    elif how.add_dummy_prefix and not _defined(model):
        # Metaspace puts nothing before a space; this does, as the library. It hides symbols that are looked for after.
        steps.append(normalizers.Prepend(" "))
        scheme = "never"
    if steps:
        raw.normalizer = normalizers.Sequence(steps)
    # Where no piece goes on behind a space, words apart give the same pieces and are kept by the model's cache.
    apart = not any(SPACE in piece.piece[1:] for piece in model.pieces if piece.type not in (CONTROL, UNKNOWN))
    raw.pre_tokenizer = pre_tokenizers.Metaspace(SPACE, prepend_scheme=scheme, split=apart)
    parts: list[Any] = [decoders.Replace(SPACE, " ")]
    if model.trainer_spec.byte_fallback:
        parts.append(decoders.ByteFallback())
    parts.append(decoders.Fuse())
    if how.add_dummy_prefix:
        parts.append(decoders.Strip(" ", 1, 0))
    raw.decoder = decoders.Sequence(parts)


def _defined(model: Any) -> bool:
    return any(piece.type == DEFINED for piece in model.pieces)


def _add(raw: Any, model: Any) -> None:
    """Tell of special tokens; of defined symbols only to BPE: Unigram finds them by their score."""
    from tokenizers import AddedToken

    raw.add_special_tokens(
        [AddedToken(p.piece, normalized=False, special=True) for p in model.pieces if p.type in (CONTROL, UNKNOWN)]
    )
    if model.trainer_spec.model_type == BPE:
        raw.add_tokens([AddedToken(p.piece, normalized=True) for p in model.pieces if p.type == DEFINED])
