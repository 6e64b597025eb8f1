"""Tokenizers of the kinds that models have, trained on a few lines."""

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.tiny import CHAT_TEMPLATE, FACTS, WORDS

LINES = [
    WORDS,
    *(f"{question} {answer}" for question, answer in FACTS),
    "Grüße aus Köln: naïve café, 12 + 345 = 357!\n\n  def f(x):\n\treturn x's",
    "你好世界 こんにちは 한국어 Привет мир مرحبا שלום 😁 👍🏽",
]
SPECIALS = ["<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
# How models split since GPT-4: https://github.com/openai/tiktoken/blob/main/tiktoken_ext/openai_public.py (cl100k_base).
SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def _bytes(before: Any = None, normalizer: Any = None, size: int = 500) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    raw = Tokenizer(models.BPE())
    if normalizer is not None:
        raw.normalizer = normalizer
    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=before is None)
    raw.pre_tokenizer = level if before is None else pre_tokenizers.Sequence([before, level])
    raw.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=SPECIALS, initial_alphabet=alphabet, show_progress=False
    )
    raw.train_from_iterator(LINES, trainer)
    return raw


def _gpt2() -> Any:
    return _bytes()


def _llama3() -> Any:
    from tokenizers import AddedToken, Regex, normalizers, pre_tokenizers, processors

    raw = _bytes(pre_tokenizers.Split(Regex(SPLIT), "isolated"), normalizers.NFC())
    raw.add_tokens([AddedToken("<tool>", lstrip=True), AddedToken("Mara", single_word=True, normalized=True)])
    raw.post_processor = processors.TemplateProcessing(single="<|user|> $A", special_tokens=[("<|user|>", 3)])
    return raw


def _without_some_bytes() -> Any:
    """As SmolLM2's, which has no token for bytes that its texts lack; ``tokenizers`` leaves them out."""
    from tokenizers import Tokenizer

    content = json.loads(_bytes().to_str())
    vocabulary = content["model"]["vocab"]
    kept = [token for token in vocabulary if token not in ("Ą", "ñ", "ÿ", "À")]
    content["model"]["vocab"] = {token: number for number, token in enumerate(kept)}
    return Tokenizer.from_str(json.dumps(content))


def _llama2() -> Any:
    """Spaces as ▁, other characters as bytes: as SentencePiece's models that were converted."""
    from tokenizers import Tokenizer, decoders, models, normalizers, processors, trainers

    raw = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    raw.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    pieces = [f"<0x{number:02X}>" for number in range(256)]
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=["<unk>", "<s>", "</s>", *pieces],
        initial_alphabet=[chr(point) for point in range(0x21, 0x7F)],
        show_progress=False,
    )
    raw.train_from_iterator(LINES, trainer)
    content = json.loads(raw.to_str())
    content["added_tokens"] = [token for token in content["added_tokens"] if token["content"] not in pieces]
    raw = Tokenizer.from_str(json.dumps(content))
    raw.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    raw.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return raw


def _metaspace() -> Any:
    from tokenizers import normalizers, pre_tokenizers

    raw = _llama2()
    raw.normalizer = normalizers.Sequence([])
    raw.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    return raw


def _bert() -> Any:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

    raw = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    raw.normalizer = normalizers.BertNormalizer(lowercase=True)
    raw.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"]
    raw.train_from_iterator(LINES, trainers.WordPieceTrainer(vocab_size=300, special_tokens=special))
    around = [("[CLS]", 1), ("[SEP]", 2)]
    raw.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=around)
    return raw


def _unigram() -> Any:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

    raw = Tokenizer(models.Unigram())
    raw.normalizer = normalizers.NFKC()
    raw.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<unk>", "<s>", "</s>", "<pad>"]
    trainer = trainers.UnigramTrainer(vocab_size=120, special_tokens=special, unk_token="<unk>", show_progress=False)
    raw.train_from_iterator(LINES, trainer)
    return raw


KINDS: dict[str, Callable[[], Any]] = {
    "gpt2": _gpt2,
    "llama3": _llama3,
    "without some bytes": _without_some_bytes,
    "llama2": _llama2,
    "metaspace": _metaspace,
    "bert": _bert,
    "unigram": _unigram,
}


@functools.cache
def _definition(kind: str) -> str:
    return str(KINDS[kind]().to_str())


def folder_of(kind: str, folder: Path) -> Path:
    """A tokenizer of a kind at ``folder``, with a chat template; returns it."""
    folder.mkdir(parents=True)
    (folder / "tokenizer.json").write_text(_definition(kind))
    (folder / "chat_template.jinja").write_text(CHAT_TEMPLATE)
    if "<|end|>" in _definition(kind):
        config = {"eos_token": "<|end|>", "pad_token": "<|pad|>"}
        (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return folder
