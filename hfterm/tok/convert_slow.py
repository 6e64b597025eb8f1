"""A folder of a "slow" tokenizer (vocab.txt, vocab.json and merges.txt, spiece.model ...) by transformers' converters.

What transformers makes is compared with an implementation of its own kind: sentencepiece for a ``.model``, tiktoken for
byte-level BPE, transformers' Python code for WordPiece. The rest (CLIP's BPE, for one) has none here.
"""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from hfterm import extras
from hfterm.errors import HftermError, UsageError, one_line
from hfterm.tok import convert_spm
from hfterm.tok.convert_check import Converted, Encoded, Reference
from hfterm.tok.convert_tiktoken import KNOWN, byte_letters, for_tokenizers

# What a folder without a word about its class is, by its files.
GUESSES = {"vocab.txt": "BertTokenizer", "vocab.json": "GPT2Tokenizer"}


def convert(folder: Path, *, note: Callable[[str], None] = lambda text: None) -> Converted:
    """The fast tokenizer of a folder, as transformers loads it.

    Raises:
        HftermError: transformers cannot load it, or has no fast form of its class.
        MissingExtraError: transformers is not installed.
    """
    transformers = extras.require("transformers", "tok")
    transformers.logging.set_verbosity_error()
    maker = transformers.AutoTokenizer
    if not _class_of(folder):
        file = next((name for name in GUESSES if (folder / name).is_file()), None)
        if file is None:
            raise HftermError(f"{str(folder)!r} does not say whose tokenizer it is: it has no tokenizer_config.json")
        note(f"no tokenizer_class in {str(folder)!r}: taken for a {GUESSES[file]}")
        maker = getattr(transformers, GUESSES[file])
    try:
        # Not left out: without a word about it transformers asks whether the folder's own code may run.
        made = maker.from_pretrained(str(folder), local_files_only=True, trust_remote_code=False)
    except Exception as exc:  # it raises whatever went wrong inside
        raise HftermError(f"transformers cannot load {str(folder)!r}: {one_line(exc)[:200]}") from exc
    if not made.is_fast:
        raise UsageError(f"transformers has no fast form of {type(made).__name__}")
    for name in ("local_files_only", "is_local", "trust_remote_code"):  # how it was loaded is no part of it
        made.init_kwargs.pop(name, None)
    from tokenizers import Tokenizer

    raw = Tokenizer.from_str(made.backend_tokenizer.to_str())
    raw.no_padding()
    raw.no_truncation()
    return Converted(
        raw,
        type(made).__name__,
        _reference(folder, made, raw),
        {},
        save=lambda output: made.save_pretrained(str(output)),
    )


def _class_of(folder: Path) -> str | None:
    for name, key in (("tokenizer_config.json", "tokenizer_class"), ("config.json", "model_type")):
        try:
            value = json.loads((folder / name).read_text("utf-8")).get(key)
        except FileNotFoundError:
            continue
        except (ValueError, AttributeError) as exc:
            raise HftermError(f"cannot read {str(folder / name)!r}: damaged or half-written") from exc
        if isinstance(value, str):
            return value
    return None


def _reference(folder: Path, made: Any, raw: Any) -> Reference | None:
    special = tuple(made.all_special_tokens)
    models = sorted(folder.glob("*.model"))
    if len(models) == 1:
        return Pieces(models[0], special, made.unk_token)
    if (folder / "vocab.txt").is_file() and type(raw.model).__name__ == "WordPiece":
        return Words(folder / "vocab.txt", made)
    if (folder / "merges.txt").is_file() and '"ByteLevel"' in _described(raw.pre_tokenizer):
        # Of CLIP's kind, with marks at the ends of words, tiktoken knows nothing.
        return None if raw.model.end_of_word_suffix else Bytes(folder / "merges.txt", raw, special)
    return None


def _described(part: Any) -> str:
    return part.__getstate__().decode() if part is not None else ""


class Pieces:
    """sentencepiece, by pieces: models give them other ids."""

    by_ids = False

    def __init__(self, path: Path, special: tuple[str, ...], unknown: str) -> None:
        model = convert_spm.proto(path)
        self.own = convert_spm.Reference(path, model)
        self.name, self.defined = self.own.name, self.own.defined
        self.special = tuple(dict.fromkeys((*self.own.special, *special)))
        self.unknown = (model.pieces[model.trainer_spec.unk_id].piece, unknown)

    def __call__(self, text: str) -> Encoded:
        """The pieces, the unknown one by its name in the fast tokenizer."""
        one = self.own(text)
        mine, theirs = self.unknown
        return Encoded(one.ids, [theirs if piece == mine else piece for piece in one.tokens])


class Words:
    """transformers' BERT in Python, by ids."""

    by_ids = True
    defined: tuple[str, ...] = ()

    def __init__(self, vocabulary: Path, made: Any) -> None:
        import transformers
        from transformers.models.bert.tokenization_bert_legacy import BertTokenizerLegacy

        names = ("do_lower_case", "strip_accents", "tokenize_chinese_chars")
        how = {name: made.init_kwargs[name] for name in names if name in made.init_kwargs}
        roles = {f"{role}_token": getattr(made, f"{role}_token") for role in ("unk", "sep", "pad", "cls", "mask")}
        self.slow = BertTokenizerLegacy(str(vocabulary), **how, **roles)
        self.name = f"transformers {transformers.__version__} in Python"
        self.special = tuple(made.all_special_tokens)

    def __call__(self, text: str) -> Encoded:
        """The ids."""
        ids: list[int] = self.slow.encode(text, add_special_tokens=False)
        return Encoded(ids, self.slow.convert_ids_to_tokens(ids))


class Bytes:
    """tiktoken over the merges, by tokens: a merge's rank is its place."""

    by_ids = False
    defined: tuple[str, ...] = ()

    def __init__(self, merges: Path, raw: Any, special: tuple[str, ...]) -> None:
        tiktoken = extras.require("tiktoken", "tok")
        self.letters = byte_letters()
        number = {letter: byte for byte, letter in enumerate(self.letters)}
        ranks = {bytes([byte]): byte for byte in range(256)}
        for left, right in _pairs(merges.read_text("utf-8").splitlines()):
            ranks.setdefault(bytes(number[letter] for letter in left + right), len(ranks))
        described = json.loads(_described(raw.pre_tokenizer))
        steps = described.get("pretokenizers") or [described]
        pattern = next((step["pattern"]["Regex"] for step in steps if step["type"] == "Split"), KNOWN["gpt2"].pattern)
        self.prefix = any(step.get("add_prefix_space") for step in steps)
        self.normalizer = raw.normalizer
        self.name, self.special = f"tiktoken {tiktoken.__version__}", special
        self.encoding = tiktoken.Encoding(
            "merges", pat_str=for_tokenizers(pattern), mergeable_ranks=ranks, special_tokens={}
        )

    def __call__(self, text: str) -> Encoded:
        """The tokens, in letters for bytes."""
        if self.normalizer is not None:  # Unicode's forms, which are not for tiktoken to prove
            text = self.normalizer.normalize_str(text)
        if self.prefix and text and not text[0].isspace():
            text = f" {text}"
        ids: list[int] = self.encoding.encode_ordinary(text)
        found = map(self.encoding.decode_single_token_bytes, ids)
        return Encoded(ids, ["".join(self.letters[byte] for byte in token) for token in found])


def _pairs(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    for line in lines:
        left, space, right = line.partition(" ")
        if space and not line.startswith("#version"):
            yield left, right
