"""Tokenizers of other libraries, trained on a few lines: SentencePiece models, tiktoken ranks, slow folders."""

import base64
import io
import json
from pathlib import Path
from typing import Any

from support.tiny import FACTS, WORDS

LINES = [
    WORDS,
    *(f"{q} {a}" for q, a in FACTS),
    "Hello, y'all! How are you 😁 ?",
    "x = f(a, b) + 12  # Grüße, 日本",
] * 3
# sentencepiece composes the letter with its first mark, tokenizers goes by what is one character to the eye.
ODD = "a\u0300\u0301\u0302\u0303\u0304b"
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def spm_model(path: Path, kind: str = "unigram", **how: Any) -> Path:
    """A SentencePiece model at ``path``, trained in a fraction of a second; returns it."""
    import sentencepiece

    content = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(LINES),
        model_writer=content,
        model_type=kind,
        hard_vocab_limit=False,
        minloglevel=2,
        num_threads=1,
        **{"vocab_size": 150, **how},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.getvalue())
    return path


def byte_bpe() -> dict[str, Any]:
    """The model (``vocab`` and ``merges``) of a byte-level BPE."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    raw.train_from_iterator(LINES, trainers.BpeTrainer(vocab_size=400, initial_alphabet=alphabet, show_progress=False))
    model: dict[str, Any] = json.loads(raw.to_str())["model"]
    return model


def ranks_file(path: Path) -> Path:
    """A ``.tiktoken`` file of that BPE at ``path``; returns it."""
    from hfterm.tok.convert_tiktoken import byte_letters

    number = {letter: byte for byte, letter in enumerate(byte_letters())}
    rows = sorted(byte_bpe()["vocab"].items(), key=lambda pair: pair[1])
    encoded = ((base64.b64encode(bytes(number[letter] for letter in token)).decode(), rank) for token, rank in rows)
    path.write_text("".join(f"{token} {rank}\n" for token, rank in encoded))
    return path


def slow_folder(folder: Path, kind: str | None, **config: Any) -> Path:
    """A slow tokenizer's folder, of a class by name (None: nothing says which; then it is BERT's); returns it."""
    folder.mkdir(parents=True)
    if kind in (None, "BertTokenizer"):
        words = sorted({word.lower() for line in LINES for word in line.split() if word.isalpha()})
        letters = sorted({letter for word in words for letter in word})
        pieces = [*SPECIALS, *words, *letters, *(f"##{letter}" for letter in letters), *"!,.?'"]
        (folder / "vocab.txt").write_text("\n".join(dict.fromkeys(pieces)) + "\n")
    elif kind in ("T5Tokenizer", "LlamaTokenizer"):
        name = "spiece.model" if kind == "T5Tokenizer" else "tokenizer.model"
        spm_model(folder / name, pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    else:
        model = byte_bpe()
        names = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", "<|startoftext|>", "<|endoftext|>"]
        vocabulary = {token: n for n, token in enumerate([*names, *model["vocab"]])}
        (folder / "vocab.json").write_text(json.dumps(vocabulary))
        (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in model["merges"]))
    if kind is not None:
        (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": kind, **config}))
    return folder
