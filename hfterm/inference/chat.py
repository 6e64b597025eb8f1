"""Answers, word by word: greedy by default, so that scripts repeat; sampled when a temperature is given."""

import inspect
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hfterm.errors import UsageError
from hfterm.inference.load import Loaded
from hfterm.inference.prefix import Prefix
from hfterm.inference.sampling import MAX_NEW_TOKENS, Sampling

# Ids of an unfinished character decode to this.
_REPLACEMENT = "\ufffd"


class Answer(Iterator[str]):
    """The pieces of an answer; what it cost is known once they are through (or at any moment before).

    ``stop`` is ``end`` (the model ended it), ``length`` (``max_new_tokens`` or the context is full),
    ``stopped`` (:meth:`cancel`), or None while it is under way. ``completion_tokens`` includes the end token,
    as transformers counts.
    """

    def __init__(self, pieces: Iterator[str], prompt_tokens: int) -> None:
        self._pieces = pieces
        self.prompt_tokens, self.completion_tokens = prompt_tokens, 0
        self.text = ""
        self.stop: str | None = None
        self.seconds = 0.0
        self.cancelled = False

    def cancel(self) -> None:
        """End it before the next token; from any thread."""
        self.cancelled = True

    def __next__(self) -> str:
        began = time.perf_counter()
        try:
            piece = next(self._pieces)
        finally:
            self.seconds += time.perf_counter() - began
        self.text += piece
        return piece

    def read(self) -> str:
        """The whole answer."""
        for _ in self:
            pass
        return self.text

    @property
    def tokens_per_second(self) -> float | None:
        """Tokens generated a second of work, reading the prompt included."""
        return round(self.completion_tokens / self.seconds, 2) if self.seconds > 0 else None


def stream(
    loaded: Loaded,
    messages: Sequence[Mapping[str, Any]],
    *,
    max_new_tokens: int = MAX_NEW_TOKENS,
    temperature: float = 0.0,
    top_p: float = 1.0,
    seed: int | None = None,
    prefix: Prefix | None = None,
) -> Answer:
    """Begin to answer a conversation; pieces come as they are generated, each whole UTF-8.

    ``temperature`` 0 takes the likeliest token always; ``seed`` makes a sampled answer repeatable. ``prefix``
    remembers what was read from one answer to the next.

    Raises:
        UsageError: a number out of range, or the conversation does not fit the model.
    """
    Sampling(max_new_tokens, temperature, top_p, seed)
    ids = encode(loaded, messages)
    room = context_length(loaded) - len(ids)
    if room < 1:
        raise UsageError(
            f"the conversation has {len(ids)} tokens, the model takes {context_length(loaded)}", "shorten it"
        )
    answer = Answer(iter(()), len(ids))
    tokens = _generate(loaded, ids, min(max_new_tokens, room), temperature, top_p, seed, answer, prefix or Prefix())
    answer._pieces = _decode(loaded.tokenizer, tokens)
    return answer


def encode(loaded: Loaded, messages: Sequence[Mapping[str, Any]]) -> list[int]:
    """The conversation's token ids, up to where the answer begins.

    What looks like a control token inside a message stays plain text. A model without a chat template
    reads the messages' text, a line each.

    Raises:
        UsageError: the template refuses the conversation.
    """
    tokenizer = loaded.tokenizer
    if not tokenizer.chat_template:
        text = "\n".join(str(m["content"]) for m in messages)
        return list(tokenizer(text)["input_ids"])
    from jinja2 import TemplateError

    try:
        return list(
            tokenizer.apply_chat_template(
                [dict(m) for m in messages],
                add_generation_prompt=True,
                tokenize=True,
                return_dict=False,
                sanitize_control_tokens=True,
            )
        )
    except TemplateError as exc:
        raise UsageError(f"the model's chat template refuses the conversation: {exc.message}") from exc


def context_length(loaded: Loaded) -> int:
    """How many tokens the model takes, prompt and answer together."""
    config = loaded.model.config
    for name in ("max_position_embeddings", "n_positions", "n_ctx"):
        value = getattr(config, name, None)
        if isinstance(value, int) and value > 0:
            return value
    return 1 << 30


def end_tokens(loaded: Loaded) -> set[int]:
    """The ids that end an answer: those of generation_config.json, and the tokenizer's end."""
    found = getattr(loaded.model.generation_config, "eos_token_id", None)
    ends = set(found if isinstance(found, list) else [found])
    ends.add(loaded.tokenizer.eos_token_id)
    return {i for i in ends if isinstance(i, int)}


def _generate(
    loaded: Loaded,
    ids: list[int],
    limit: int,
    temperature: float,
    top_p: float,
    seed: int | None,
    answer: Answer,
    prefix: Prefix,
) -> Iterator[int]:
    import torch

    model, ends = loaded.model, end_tokens(loaded)
    generator = torch.Generator(device=loaded.device)
    generator.manual_seed(seed) if seed is not None else generator.seed()
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    # Only the last position's scores are wanted: a long prompt times the vocabulary is gigabytes.
    extra = {"logits_to_keep": 1} if "logits_to_keep" in inspect.signature(base.forward).parameters else {}
    cache, known = prefix.take(ids)
    new, read = ids[known:], ids[:known]
    try:
        for _ in range(limit):
            if answer.cancelled:
                answer.stop = "stopped"
                return
            with torch.inference_mode():
                inputs = torch.tensor([new], device=loaded.device)
                result = model(input_ids=inputs, past_key_values=cache, use_cache=True, **extra)
                token = _choose(result.logits[0, -1], temperature, top_p, generator)
            cache = result.past_key_values
            read += new
            answer.completion_tokens += 1
            if token in ends:
                answer.stop = "end"
                return
            yield token
            new = [token]
        answer.stop = "length"
    except Exception:
        cache = None  # it may be half-written, and memory may have run out
        raise
    finally:
        prefix.keep(read, cache)


def _choose(scores: Any, temperature: float, top_p: float, generator: Any) -> int:
    """One token id from a position's scores: the likeliest, or drawn from the likeliest ``top_p`` of the mass."""
    import torch

    if temperature == 0:
        return int(scores.argmax())
    chances = torch.softmax(scores.float() / temperature, dim=-1)
    if top_p < 1:
        chances, order = chances.sort(descending=True)
        # Keep each token whose predecessors hold less than top_p: the first is always kept.
        chances[chances.cumsum(-1) - chances >= top_p] = 0
        return int(order[torch.multinomial(chances, 1, generator=generator)])
    return int(torch.multinomial(chances, 1, generator=generator))


def _decode(tokenizer: Any, tokens: Iterator[int]) -> Iterator[str]:
    """Text as it becomes certain.

    A token may be part of a character, and its text may depend on the token before; so decode from the
    last piece's beginning, and hold back what ends in an unfinished character.
    """

    def text(ids: list[int]) -> str:
        return str(tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False))

    before: list[int] = []
    fresh: list[int] = []
    for token in tokens:
        fresh.append(token)
        known, now = text(before), text(before + fresh)
        if len(now) > len(known) and not now.endswith(_REPLACEMENT):
            yield now[len(known) :]
            before, fresh = fresh, []
    if fresh and (rest := text(before + fresh)[len(text(before)) :]):
        yield rest
