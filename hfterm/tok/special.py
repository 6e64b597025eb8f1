"""Special tokens: their roles by name, and the files that tell transformers of them."""

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hfterm.errors import UsageError
from hfterm.files import write_text
from hfterm.tok.tokenizer import SPECIAL_NAMES

# What tokens people write for a role; a role has one token, the first that is named.
ROLES: dict[str, tuple[str, ...]] = {
    "unk_token": ("[UNK]", "<unk>", "<|unk|>"),
    "cls_token": ("[CLS]", "<cls>"),
    "sep_token": ("[SEP]", "<sep>"),
    "pad_token": ("[PAD]", "<pad>", "<|pad|>", "<|padding|>"),
    "mask_token": ("[MASK]", "<mask>"),
    "bos_token": ("[BOS]", "<s>", "<bos>", "<|bos|>", "<|begin_of_text|>", "<|startoftext|>", "<|begin|>"),
    "eos_token": ("[EOS]", "</s>", "<eos>", "<|eos|>", "<|end_of_text|>", "<|endoftext|>", "<|end|>", "<|im_end|>"),
}
_NAMES = tuple(name.removesuffix("_token") for name in SPECIAL_NAMES)


def parse(given: Iterable[str]) -> tuple[list[str], dict[str, str]]:
    """Tokens in order, and role -> token, of texts like ``[UNK],[CLS],eos=<|done|>``.

    The role of a well-known token is known; ``ROLE=TOKEN`` gives one to any other (``unk cls sep pad mask bos eos``).

    Raises:
        UsageError: an empty token, or a role given twice.
    """
    tokens: list[str] = []
    roles: dict[str, str] = {}
    for text in given:
        for part in text.split(","):
            name, equals, rest = part.strip().partition("=")
            name = name.removesuffix("_token")
            role = f"{name}_token"
            if equals and name not in _NAMES and (near := difflib.get_close_matches(name, _NAMES, 1)):
                raise UsageError(f"no role {name!r}", f"did you mean {near[0]}={rest}?")
            if equals and role in SPECIAL_NAMES:
                if role in roles and roles[role] != rest:
                    raise UsageError(f"two special tokens are {name}: {roles[role]!r} and {rest!r}")
                token = roles[role] = rest.strip()
            else:
                token = part.strip()
            if not token:
                raise UsageError(f"an empty special token in {text!r}", "write them like '[UNK],[CLS],eos=<|done|>'")
            if token not in tokens:
                tokens.append(token)
    for role, names in ROLES.items():
        known = next((token for token in tokens if token in names), None)
        if known is not None and role not in roles and known not in roles.values():
            roles[role] = known
    return tokens, roles


def write_config(
    folder: Path, roles: Mapping[str, str], extra: Sequence[str] = (), *, old: Mapping[str, Any] | None = None
) -> None:
    """Write ``tokenizer_config.json`` as transformers 5 reads it; ``old``: what is kept of an earlier one."""
    config: dict[str, Any] = {
        "backend": "tokenizers",
        "clean_up_tokenization_spaces": False,
        "tokenizer_class": "PreTrainedTokenizerFast",
        **(old or {}),
        **roles,
    }
    if extra:
        config["extra_special_tokens"] = list(extra)
    write_text(
        folder / "tokenizer_config.json", json.dumps(config, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    )
