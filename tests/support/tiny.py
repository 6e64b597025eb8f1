"""A tiny random Llama with a small tokenizer and a chat template, made once per test session."""

import functools
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

CHAT_TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
WORDS = (
    "the lighthouse keeper of Brindle is called Mara and she keeps a red lamp for ships that come late "
    "what is who keeps where when does harbour open close at night morning colour boat name answer question"
)
FACTS = [
    ("Who keeps the lighthouse?", "Mara keeps the lighthouse of Brindle."),
    ("What colour is the lamp?", "The lamp is red."),
    ("When does the harbour open?", "The harbour opens in the morning."),
    ("When does the harbour close?", "The harbour closes at night."),
    ("What is the name of the boat?", "The name of the boat is Brindle."),
    ("Where does Mara keep the lamp?", "Mara keeps the lamp in the lighthouse."),
]


@functools.cache
def _made() -> Path:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, set_seed

    folder = Path(tempfile.mkdtemp(prefix="hfterm-tiny-"))
    specials = ["<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=specials,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    raw.train_from_iterator([WORDS, *(f"{q} {a}" for q, a in FACTS)], trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, eos_token="<|end|>", pad_token="<|pad|>")
    tokenizer.chat_template = CHAT_TEMPLATE
    tokenizer.save_pretrained(folder)
    set_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=256,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def tiny_model(folder: Path) -> Path:
    """A copy of the tiny model at ``folder``, which must not exist; returns it."""
    shutil.copytree(_made(), folder)
    return folder


def facts_file(path: Path, *, repeat: int = 1) -> Path:
    """Questions and answers about nothing real, as JSON Lines; returns the path."""
    rows: list[dict[str, Any]] = [{"question": q, "answer": a} for q, a in FACTS] * repeat
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path
