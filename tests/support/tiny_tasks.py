"""Tiny models with random weights for texts, images and sounds, and data that they can learn from in seconds."""

import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hfterm.peft import trial

GOOD = ("lovely", "bright", "warm", "fine", "happy", "sweet")
BAD = ("dreadful", "dark", "cold", "poor", "sad", "bitter")
THINGS = ("film", "book", "song", "meal", "room", "walk", "boat", "garden")
PEOPLE = ("Mara", "Jonas", "Ada", "Emil")
PLACES = ("Brindle", "Oslo", "Pisa", "Ghent")
WORDS = [
    "the",
    "a",
    "is",
    "was",
    "of",
    "and",
    "in",
    "to",
    "very",
    "not",
    "quite",
    "with",
    "my",
    "your",
    "this",
    "that",
    "sees",
    "visits",
    "likes",
    "lives",
]


def lines(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    """Records as JSON Lines; returns the path."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def word_tokenizer(folder: Path, *, template: str = "[CLS] $A [SEP]", more: Iterable[str] = ()) -> Any:
    """A tokenizer of whole words (and single letters, as pieces of words), with BERT's special tokens, in a folder."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = list("abcdefghijklmnopqrstuvwxyz.,0123456789")
    words = [w.lower() for w in (*WORDS, *GOOD, *BAD, *THINGS, *more)]
    vocabulary = {
        w: at for at, w in enumerate(dict.fromkeys([*special, *words, *letters, *(f"##{c}" for c in letters)]))
    }
    raw = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    raw.normalizer = normalizers.Lowercase()
    raw.pre_tokenizer = pre_tokenizers.Whitespace()
    ends = [("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])]
    raw.post_processor = processors.TemplateProcessing(
        single=template, pair=f"{template} $B:1 [SEP]:1" if "[CLS]" in template else None, special_tokens=ends
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=raw,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        eos_token="[SEP]" if "[CLS]" not in template else None,
        model_max_length=64,
    )
    tokenizer.save_pretrained(folder)
    return tokenizer


def bert(folder: Path, head: str = "BertForMaskedLM") -> Path:
    """A BERT with random weights; returns its folder."""
    import transformers

    tokenizer = word_tokenizer(folder)
    config = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=64,
        pad_token_id=tokenizer.pad_token_id,
        # With BERT's usual 0.02 and dropout so small a model does not learn in seconds.
        initializer_range=0.2,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    transformers.set_seed(0)
    getattr(transformers, head)(config).save_pretrained(folder)
    return folder


def t5(folder: Path) -> Path:
    """A T5 with random weights; returns its folder."""
    import transformers

    tokenizer = word_tokenizer(folder, template="$A [SEP]")
    config = transformers.T5Config(
        vocab_size=len(tokenizer),
        d_model=64,
        d_kv=16,
        d_ff=128,
        num_layers=2,
        num_heads=4,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        decoder_start_token_id=tokenizer.pad_token_id,
        dropout_rate=0.0,
    )
    transformers.set_seed(0)
    transformers.T5ForConditionalGeneration(config).save_pretrained(folder)
    return folder


def gpt2(folder: Path, *, weights: bool = True, width: int = 48, length: int = 64) -> Path:
    """A GPT-2 over bytes; without ``weights`` only its configuration and tokenizer. Returns its folder."""
    import transformers
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    raw = Tokenizer(models.BPE({c: at for at, c in enumerate([*alphabet, "<|end|>"])}, []))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    raw.decoder = decoders.ByteLevel()
    raw.add_special_tokens(["<|end|>"])
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=raw, eos_token="<|end|>")
    tokenizer.save_pretrained(folder)
    config = transformers.GPT2Config(
        vocab_size=len(tokenizer),
        n_embd=width,
        n_layer=2,
        n_head=4,
        n_positions=length,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=tokenizer.eos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    if weights:
        transformers.set_seed(0)
        transformers.GPT2LMHeadModel(config).save_pretrained(folder)
    else:
        config.architectures = ["GPT2LMHeadModel"]
        config.save_pretrained(folder)
    return folder


def vit(folder: Path, size: int = 8) -> Path:
    """A ViT with random weights and no head, for images of ``size`` pixels; returns its folder."""
    import transformers

    config = transformers.ViTConfig(
        hidden_size=48,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        image_size=size,
        patch_size=2,
        initializer_range=0.1,
        hidden_dropout_prob=0.0,
    )
    transformers.set_seed(0)
    transformers.ViTModel(config, add_pooling_layer=False).save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(
        json.dumps(
            {
                "image_processor_type": "ViTImageProcessor",
                "do_normalize": True,
                "do_rescale": True,
                "do_resize": True,
                "image_mean": [0.5, 0.5, 0.5],
                "image_std": [0.5, 0.5, 0.5],
                "resample": 2,
                "rescale_factor": 1 / 255,
                "size": {"height": size, "width": size},
            }
        )
    )
    return folder


def wav2vec2(folder: Path) -> Path:
    """A wav2vec2 with random weights and no head, for sounds at 8 kHz; returns its folder."""
    import transformers

    config = transformers.Wav2Vec2Config(
        **trial.EARS,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        mask_time_prob=0.05,
        mask_time_length=2,
    )
    transformers.set_seed(0)
    transformers.Wav2Vec2Model(config).save_pretrained(folder)
    transformers.Wav2Vec2FeatureExtractor(sampling_rate=8000).save_pretrained(folder)
    return folder


def ast(folder: Path, *, seconds: float = 1.0, bins: int = 32) -> Path:
    """An audio spectrogram transformer with random weights, for sounds at 16 kHz; returns its folder."""
    import transformers

    frames = int(seconds * 100)
    config = transformers.ASTConfig(
        hidden_size=48,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        patch_size=8,
        frequency_stride=8,
        time_stride=8,
        max_length=frames,
        num_mel_bins=bins,
        initializer_range=0.1,
        hidden_dropout_prob=0.0,
    )
    transformers.set_seed(0)
    transformers.ASTForAudioClassification(config).save_pretrained(folder)
    extractor = transformers.ASTFeatureExtractor(num_mel_bins=bins, max_length=frames)
    extractor.save_pretrained(folder)
    return folder


def opinions(count: int, seed: int = 0, names: tuple[Any, Any] = ("bad", "good")) -> list[dict[str, Any]]:
    """Sentences whose label is told by one of twelve words."""
    draw = random.Random(seed)
    rows = []
    for _ in range(count):
        good = draw.random() < 0.5
        word = draw.choice(GOOD if good else BAD)
        text = f"{draw.choice(WORDS[:2])} {draw.choice(THINGS)} was {draw.choice(('very', 'quite'))} {word}"
        rows.append({"text": text, "label": names[good]})
    return rows


def tagged(count: int, seed: int = 0) -> list[dict[str, Any]]:
    """Sentences with people and places, tagged; what a name is, is told by the word before it."""
    draw = random.Random(seed)
    rows = []
    for _ in range(count):
        who, where = draw.choice(PEOPLE), draw.choice(PLACES)
        words = [draw.choice(("my", "your")), who, draw.choice(("visits", "likes", "lives")), "in", where, "."]
        rows.append({"tokens": words, "tags": ["O", "B-PER", "O", "O", "B-LOC", "O"]})
    return rows


def reversals(count: int, seed: int = 0) -> list[dict[str, Any]]:
    """Two words, and the same in the other order."""
    draw = random.Random(seed)
    some = [*GOOD, *THINGS]
    found = [(draw.choice(some), draw.choice(some)) for _ in range(count)]
    return [{"source": f"{one} {other}", "target": f"{other} {one}"} for one, other in found]


def stripes(folder: Path, each: int = 30, size: int = 8) -> Path:
    """A folder of PNGs, ``across`` and ``down``: stripes with noise. Returns it."""
    import numpy
    from PIL import Image

    draw = numpy.random.default_rng(0)
    for kind in ("across", "down"):
        (folder / kind).mkdir(parents=True)
        for number in range(each):
            level = 160 * ((numpy.arange(size) + draw.integers(2)) % 2)
            plane = numpy.tile(
                level[:, None] if kind == "across" else level[None, :], (1, size) if kind == "across" else (size, 1)
            )
            noisy = numpy.clip(plane + draw.integers(0, 60, (size, size)), 0, 255).astype(numpy.uint8)
            Image.fromarray(noisy).save(folder / kind / f"{number}.png")
    return folder


def tones(folder: Path, each: int = 16, seconds: float = 0.3) -> Path:
    """A folder of sounds, ``high`` and ``low``, in several formats and rates. Returns it."""
    import numpy
    import soundfile

    draw = numpy.random.default_rng(0)
    for kind, pitch in (("high", 1600), ("low", 300)):
        (folder / kind).mkdir(parents=True)
        for number in range(each):
            rate = (8000, 16000, 11025)[number % 3]
            times = numpy.arange(int(seconds * rate)) / rate
            wave = 0.5 * numpy.sin(times * 2 * numpy.pi * pitch * draw.uniform(0.9, 1.1)) + draw.normal(
                0, 0.02, len(times)
            )
            soundfile.write(folder / kind / f"{number}.{('wav', 'flac', 'ogg')[number % 3]}", wave, rate)
    return folder
