"""Records to token ids and labels: which tokens are learned, and which are only read.

Labels follow the Trainer's convention: a token's own id where it is learned, ``IGNORE`` elsewhere; the
model shifts them by one.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from hfterm.errors import HftermError, one_line
from hfterm.tok.messages import shape, to_messages, to_text

IGNORE = -100
CHUNK = 256


class BadExample(HftermError):
    """One record cannot be used; ``number`` counts from 1."""

    def __init__(self, source: str, number: int, why: str, hint: str | None) -> None:
        super().__init__(f"{source}: record {number}: {why}", hint)
        self.number = number


@dataclass
class Examples:
    """Tokenized examples, and what was done to get them. Indexing gives one as lists.

    ``numbers``: the record of each, from 1; empty when that is not known.
    """

    ids: list["array[int]"] = field(default_factory=list)
    labels: list["array[int]"] = field(default_factory=list)
    numbers: "array[int]" = field(default_factory=lambda: array("q"))
    records: int = 0
    truncated: int = 0
    dropped: int = 0
    bad: int = 0
    tokens: int = 0
    learned_tokens: int = 0

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: int) -> dict[str, list[int]]:
        return {"input_ids": self.ids[index].tolist(), "labels": self.labels[index].tolist()}

    def counts(self) -> dict[str, int]:
        """The numbers, without the tokens."""
        names = ("records", "truncated", "dropped", "bad", "tokens", "learned_tokens")
        return {"examples": len(self), **{name: getattr(self, name) for name in names}}

    def add(self, ids: Sequence[int], learned: Sequence[tuple[int, int]], max_length: int) -> None:
        """Take one example; ``learned`` holds half-open spans of token positions."""
        self.records += 1
        labels = array("q", [IGNORE]) * len(ids)
        for start, end in learned:
            labels[start:end] = array("q", ids[start:end])
        cut = len(ids) > max_length
        kept = labels[:max_length]
        # The first position predicts nothing before it: a label there teaches nothing.
        count = sum(label != IGNORE for label in kept[1:])
        if not count:
            self.dropped += 1
            return
        self.truncated += cut
        self.ids.append(array("q", ids[:max_length]))
        self.labels.append(kept)
        self.tokens += len(kept)
        self.learned_tokens += count


def build(
    rows: Iterable[Mapping[str, Any]],
    tokenizer: Any,
    *,
    source: str,
    max_length: int,
    assistant_only: bool = True,
    skip_bad: bool = False,
) -> Examples:
    """Tokenize records of any shape that :func:`hfterm.tok.messages.to_messages` knows, or plain ``text``.

    Raises:
        BadExample: a record cannot be used (with ``skip_bad`` it is counted and left out).
        HftermError: there is no record, or nothing to learn in any.
    """
    examples = Examples()
    numbered = enumerate(rows, 1)
    while chunk := list(islice(numbered, CHUNK)):
        plans: list[tuple[int, _Plan]] = []
        for number, row in chunk:
            try:
                plans.append((number, _plan(row, tokenizer, assistant_only)))
            except HftermError as exc:
                if not skip_bad:
                    raise BadExample(source, number, exc.message, exc.hint) from exc
                examples.bad += 1
        texts = [text for _, plan in plans for text in plan.texts]
        encoded = iter(tokenizer(texts, add_special_tokens=False)["input_ids"] if texts else ())
        for number, plan in plans:
            try:
                before = len(examples)
                examples.add(*plan.spans([next(encoded) for _ in plan.texts]), max_length)
                examples.numbers.extend([number] * (len(examples) - before))
            except HftermError as exc:
                if not skip_bad:
                    raise BadExample(source, number, exc.message, exc.hint) from exc
                examples.bad += 1
    if not examples.records:
        what = "no record of it can be used" if examples.bad else "it holds no records"
        raise HftermError(f"nothing to train on in {source}: {what}")
    if not len(examples):
        raise HftermError(
            f"nothing to learn in {source}: all {examples.records} records lose their answers at {max_length} tokens",
            "raise --max-length",
        )
    return examples


@dataclass
class _Plan:
    """Texts to tokenize for one record: the whole, then for each learned turn what is before it and up to its end."""

    texts: list[str]
    bos: list[int] = field(default_factory=list)
    eos: list[int] = field(default_factory=list)
    all_learned: bool = False

    def spans(self, encoded: Sequence[Sequence[int]]) -> tuple[list[int], list[tuple[int, int]]]:
        """Token ids and learned spans. What is before a turn must be tokenized alike alone and in the whole."""
        ids = [*self.bos, *encoded[0]]
        ids += self.eos if not self.eos or ids[-1:] != self.eos else []
        if self.all_learned:
            return ids, [(0, len(ids))]
        spans, at = [], len(self.bos)
        for before, upto in _pairs(encoded[1:]):
            if list(encoded[0][: len(before)]) != list(before) or list(encoded[0][: len(upto)]) != list(upto):
                raise HftermError(
                    "its tokens change where the assistant's turn begins, so that turn cannot be told apart exactly",
                    "learn all tokens with --no-assistant-only-loss",
                )
            spans.append((at + len(before), at + len(upto)))
        if self.eos and spans:
            spans[-1] = (spans[-1][0], len(ids))
        return ids, spans


def _pairs(items: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    return zip(items[::2], items[1::2], strict=True)


def _plan(row: Mapping[str, Any], tokenizer: Any, assistant_only: bool) -> _Plan:
    kind = shape(row)
    bos = [tokenizer.bos_token_id] if _adds_bos(tokenizer) else []
    eos = [tokenizer.eos_token_id] if tokenizer.eos_token_id is not None else []
    if kind == "text":
        return _Plan([to_text(row)], bos, eos, all_learned=True)
    messages = to_messages(row)
    if not getattr(tokenizer, "chat_template", None):
        if kind != "prompt" or len(messages) != 2:
            raise HftermError(
                "the model's tokenizer has no chat template, so a conversation has no form",
                "use an instruct model, or records with text or prompt/completion",
            )
        prompt, whole = messages[0]["content"], messages[0]["content"] + messages[1]["content"]
        return _Plan([whole, prompt, whole], bos, eos, all_learned=not assistant_only)
    return _chat_plan(messages, tokenizer, row.get("tools"), assistant_only)


def _chat_plan(messages: list[dict[str, Any]], tokenizer: Any, tools: Any, assistant_only: bool) -> _Plan:
    def render(upto: int, *, prompt: bool = False) -> str:
        try:
            text: str = tokenizer.apply_chat_template(
                messages[:upto],
                tools=tools if isinstance(tools, list) and tools else None,
                tokenize=False,
                add_generation_prompt=prompt,
            )
        except Exception as exc:  # templates raise what they like
            raise HftermError(f"the chat template refuses it: {one_line(exc)}") from exc
        return text

    whole = render(len(messages))
    if not assistant_only:
        return _Plan([whole], all_learned=True)
    texts = [whole]
    for at, message in enumerate(messages):
        if message["role"] != "assistant":
            continue
        before, upto = render(at, prompt=True) if at else "", render(at + 1)
        if not (whole.startswith(upto) and upto.startswith(before)):
            raise HftermError(
                f"the chat template writes message {at + 1} differently in the whole conversation, "
                "so the assistant's turns cannot be told apart",
                "give one turn a record, or learn all tokens with --no-assistant-only-loss",
            )
        texts += [before, upto]
    if len(texts) == 1:
        raise HftermError("it has no assistant turn to learn", "give it one, or add --no-assistant-only-loss")
    return _Plan(texts)


def _adds_bos(tokenizer: Any) -> bool:
    bos = tokenizer.bos_token_id
    return bos is not None and tokenizer("a")["input_ids"][:1] == [bos]
