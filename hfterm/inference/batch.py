"""Answers to many conversations at once: several times quicker than one by one."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from hfterm.errors import UsageError
from hfterm.inference.chat import context_length, encode, end_tokens
from hfterm.inference.load import Loaded

BATCH = 32


def answer_all(
    loaded: Loaded, conversations: Sequence[Sequence[Mapping[str, Any]]], *, max_new_tokens: int, batch: int = BATCH
) -> Iterator[str]:
    """Yield the greedy answer to each conversation, in order; ``batch`` of them are computed together.

    Raises:
        UsageError: a conversation does not fit the model.
    """
    pending = iter(conversations)
    while chunk := list(islice(pending, batch)):
        yield from _answer(loaded, [encode(loaded, c) for c in chunk], max_new_tokens)


def _answer(loaded: Loaded, prompts: list[list[int]], max_new_tokens: int) -> list[str]:
    import torch

    ends, width = sorted(end_tokens(loaded)), max(map(len, prompts))
    if width >= context_length(loaded):
        raise UsageError(f"a conversation has {width} tokens, the model takes {context_length(loaded)}", "shorten it")
    pad = loaded.tokenizer.pad_token_id
    pad = pad if pad is not None else ends[0] if ends else 0
    # Padding goes to the left: every answer then begins at the same column.
    ids = torch.tensor([[pad] * (width - len(p)) + p for p in prompts], device=loaded.device)
    mask = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for p in prompts], device=loaded.device)
    with torch.inference_mode():
        out = loaded.model.generate(
            input_ids=ids,
            attention_mask=mask,
            max_new_tokens=min(max_new_tokens, context_length(loaded) - width),
            do_sample=False,
            temperature=None,
            top_p=None,
            top_k=None,
            eos_token_id=ends or None,
            pad_token_id=pad,
        )
    return [
        str(loaded.tokenizer.decode(row, skip_special_tokens=True, clean_up_tokenization_spaces=False))
        for row in out[:, width:].tolist()
    ]
