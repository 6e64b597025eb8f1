"""Records to token ids and labels: which tokens are learned, and which are only read.

Labels follow the Trainer's convention: a token's own id where it is learned, ``IGNORE`` elsewhere; the
model shifts them by one.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from hfterm.errors import CheckFailedError, HftermError, one_line
from hfterm.tok.messages import shape, to_messages, to_text, tools_of
from hfterm.train.places import Place, Places
from hfterm.train.spans import Encoded, Encoder
from hfterm.train.token_table import TokenTable

IGNORE = -100
CHUNK = 256
# What to do where all records are too long.
LONGER = "raise --max-length as far as the model reads, or shorten the records"


class BadExample(CheckFailedError):
    """One record cannot be used; ``number`` counts from 1."""

    def __init__(self, source: str, number: int, why: str, hint: str | None) -> None:
        super().__init__(f"{source}: record {number}: {why}", hint)
        self.number = number


@dataclass
class Examples:
    """Tokenized examples, and what was done to get them. ``first`` is the first of them, as lists.

    ``places``: where each comes from. ``mixed``: where texts and conversations stand beside each other, in words.
    """

    table: TokenTable = field(default_factory=TokenTable)
    places: Places = field(default_factory=Places)
    first: dict[str, list[int]] = field(default_factory=dict)
    records: int = 0
    truncated: int = 0
    dropped: int = 0
    bad: int = 0
    tokens: int = 0
    learned_tokens: int = 0
    mixed: str | None = None

    def __len__(self) -> int:
        return len(self.table)

    def counts(self) -> dict[str, int]:
        """The numbers, without the tokens."""
        names = ("records", "truncated", "dropped", "bad", "tokens", "learned_tokens")
        return {"examples": len(self), **{name: getattr(self, name) for name in names}}

    def add(self, ids: "array[int]", learned: Sequence[tuple[int, int]], max_length: int) -> bool:
        """Take one example, if there is something to learn in it; ``learned`` holds half-open spans of positions."""
        self.records += 1
        cut, ids = len(ids) > max_length, ids[:max_length]
        labels = array("i", [IGNORE]) * len(ids)
        # The first position predicts nothing before it: a label there teaches nothing.
        count = 0
        for start, end in learned:
            end = min(end, max_length)
            if start < end:
                labels[start:end] = ids[start:end]
                count += end - max(start, 1)
        if count <= 0:
            self.dropped += 1
            return False
        self.truncated += cut
        self.table.add(ids, labels)
        self.tokens += len(ids)
        self.learned_tokens += count
        if not self.first:
            self.first = {"input_ids": ids.tolist(), "labels": labels.tolist()}
        return True


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
    examples, encoder = Examples(), Encoder(tokenizer)
    numbered = enumerate(rows, 1)
    began: bool | None = None

    def place(number: int, row: Mapping[str, Any]) -> Place:
        # A row of several files knows its own.
        return Place(getattr(row, "source", source), getattr(row, "number", number))

    def refuse(number: int, row: Mapping[str, Any], exc: HftermError) -> None:
        if not skip_bad:
            raise BadExample(*place(number, row), exc.message, exc.hint) from exc
        examples.bad += 1

    while chunk := list(islice(numbered, CHUNK)):
        plans: list[tuple[int, Mapping[str, Any], _Plan]] = []
        for number, row in chunk:
            try:
                plans.append((number, row, _plan(row, tokenizer, assistant_only)))
            except HftermError as exc:
                refuse(number, row, exc)
                continue
            is_text = shape(row) == "text"
            began = is_text if began is None else began
            if is_text is not began and examples.mixed is None:
                whose = "{}: record {}".format(*place(number, row))
                kinds = ("a text", "a conversation") if is_text else ("a conversation", "a text")
                examples.mixed = f"{whose} is {kinds[0]}, the first one {kinds[1]}: of texts every token is learned"
        for (number, row, plan), encoded in zip(plans, encoder.encode([p.text for *_, p in plans]), strict=True):
            try:
                if examples.add(*plan.spans(encoded, encoder), max_length):
                    examples.places.add(place(number, row))
            except HftermError as exc:
                refuse(number, row, exc)
    if not examples.records:
        what = "no record of it can be used" if examples.bad else "it holds no records"
        raise CheckFailedError(f"nothing to train on in {source}: {what}")
    if not len(examples):
        raise CheckFailedError(
            f"nothing to learn in {source}: all {examples.records} records lose their answers at {max_length} tokens",
            LONGER,
        )
    return examples


@dataclass
class _Plan:
    """The text of one record, and for each learned turn where it begins and ends; None: all of it is learned.

    ``plain``: the text is not written by a chat template, which has its own special tokens.
    """

    text: str
    turns: list[tuple[int, int]] | None = None
    plain: bool = False

    def spans(self, encoded: Encoded, encoder: Encoder) -> tuple["array[int]", list[tuple[int, int]]]:
        """Token ids and learned spans. What is before a turn must be tokenized alike alone and in the whole."""
        bos, eos = (encoder.bos, encoder.eos) if self.plain else ([], [])
        ids = array("i", [*bos, *encoded.ids])
        if eos and ids[-1:].tolist() != eos:
            ids.extend(eos)
        if self.turns is None:
            return ids, [(0, len(ids))]
        spans, first = [], len(bos)
        for before, upto in self.turns:
            start, end = encoded.at(before), encoded.at(upto)
            if start is None or end is None:
                raise HftermError(
                    "its tokens change where the assistant's turn begins, so that turn cannot be told apart exactly",
                    "learn all tokens with --no-assistant-only-loss",
                )
            spans.append((first + start, first + end))
        if eos and spans:
            spans[-1] = (spans[-1][0], len(ids))
        return ids, spans


def _plan(row: Mapping[str, Any], tokenizer: Any, assistant_only: bool) -> _Plan:
    kind = shape(row)
    if kind == "text":
        return _Plan(to_text(row), plain=True)
    messages = to_messages(row)
    if not getattr(tokenizer, "chat_template", None):
        if kind != "prompt" or len(messages) != 2:
            raise HftermError(
                "the model's tokenizer has no chat template, so a conversation has no form",
                "choose one with --chat-template, or use an instruct model, or records with text or prompt/completion",
            )
        prompt, answer = messages[0]["content"], messages[1]["content"]
        turns = [(len(prompt), len(prompt) + len(answer))] if assistant_only else None
        return _Plan(prompt + answer, turns, plain=True)
    return _chat_plan(messages, tokenizer, tools_of(row), assistant_only)


def _chat_plan(messages: list[dict[str, Any]], tokenizer: Any, tools: Any, assistant_only: bool) -> _Plan:
    def render(upto: int, *, prompt: bool = False) -> str:
        try:
            text: str = tokenizer.apply_chat_template(
                messages[:upto], tools=tools or None, tokenize=False, add_generation_prompt=prompt
            )
        except Exception as exc:  # templates raise what they like
            raise HftermError(f"the chat template refuses it: {one_line(exc)}") from exc
        return text

    whole = render(len(messages))
    if not assistant_only:
        return _Plan(whole)
    turns = []
    for at, message in enumerate(messages):
        if message["role"] != "assistant":
            continue
        before, upto = render(at, prompt=True) if at else "", whole if at + 1 == len(messages) else render(at + 1)
        if not (whole.startswith(upto) and upto.startswith(before)):
            raise HftermError(
                f"the chat template writes message {at + 1} differently in the whole conversation, "
                "so the assistant's turns cannot be told apart",
                "give one turn a record, or learn all tokens with --no-assistant-only-loss",
            )
        turns.append((len(before), len(upto)))
    if not turns:
        raise HftermError("it has no assistant turn to learn", "give it one, or add --no-assistant-only-loss")
    return _Plan(whole, turns)
