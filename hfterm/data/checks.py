"""Whether records can be trained on, for each kind of training: one finding a row, in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from hfterm.data import forms
from hfterm.data.lines import OnBad
from hfterm.data.records import batches
from hfterm.data.source import Source
from hfterm.errors import HftermError
from hfterm.tok.messages import Message, shape, to_messages, to_text

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
PAIRS = (
    ("source", "target"),
    ("input", "target"),
    ("input_text", "target_text"),
    ("input", "output"),
    ("document", "summary"),
    ("article", "highlights"),
    ("dialogue", "summary"),
    ("text", "summary"),
    ("text", "target"),
    ("question", "answer"),
)
TEXTS = ("text", "sentence", "sentence1", "premise", "question1", "content")
LABELS = ("label", "labels", "class", "category")
TAGS = ("tags", "ner_tags", "pos_tags", "chunk_tags", "labels")

Value = Mapping[str, Any]


class Finding(NamedTuple):
    """What is wrong with one row (numbered from 1; of JSON Lines its line)."""

    source: str
    row: int
    problem: str


class Checked:
    """Sources looked through for one kind of training; ``rows`` and ``found`` count as :meth:`findings` goes."""

    def __init__(
        self,
        con: Any,
        sources: Sequence[Source],
        kind: str,
        *,
        on_bad: OnBad | None = None,
        all_text: bool = False,
    ) -> None:
        self.con, self.sources, self.kind = con, sources, kind
        self.on_bad, self.all_text = on_bad, all_text
        self.rows = self.found = 0

    def findings(self) -> Iterator[Finding]:
        """The rows that cannot be used, as they come; those that cannot be read only where ``on_bad`` is not told.

        Raises:
            HftermError: a source cannot be read at all.
        """
        check = KINDS[self.kind]()
        for record in chain.from_iterable(batches(self.con, self.sources, all_text=self.all_text)):
            if record.why is not None and self.on_bad is not None:
                self.on_bad(record.source, record.number, record.why, record.text)
                continue
            self.rows += 1
            try:
                if record.why is not None:
                    raise HftermError(f"it {record.why}")
                check(record.value)
            except HftermError as exc:
                self.found += 1
                yield Finding(record.source, record.number, exc.message)


def sft(value: Value) -> None:
    """A text, or a conversation with an answer to learn.

    Raises:
        HftermError: it is none.
    """
    if shape(value) == "text":
        _there(to_text(value), "text")
        return
    messages = to_messages(value)
    _roles(messages)
    answers = [one for one in messages if one["role"] == "assistant"]
    if not answers:
        raise HftermError("it has no assistant turn to learn")
    if not any(one["content"].strip() or one.get("tool_calls") for one in answers):
        raise HftermError("its assistant says nothing")


def dpo(value: Value) -> None:
    """A prompt with two answers that differ.

    Raises:
        HftermError: it is none.
    """
    found = forms.to_preference(value)
    for name in ("prompt", "chosen", "rejected"):
        _there(found[name], name)
    if found["chosen"] == found["rejected"]:
        raise HftermError("chosen and rejected are the same")


def kto(value: Value) -> None:
    """A prompt, a completion and whether it is good.

    Raises:
        HftermError: it is none.
    """
    for name in ("prompt", "completion"):
        _there(_field(value, name), name)
    label = _field(value, "label")
    if not isinstance(label, bool):
        raise HftermError(f"its label is {label!r}, not true or false")


def grpo(value: Value) -> None:
    """A prompt that the model is to answer.

    Raises:
        HftermError: it is none.
    """
    prompt = _field(value, "prompt")
    _there(prompt, "prompt")
    if isinstance(prompt, list) and to_messages({"messages": prompt})[-1]["role"] == "assistant":
        raise HftermError("its prompt ends in an answer")


class Classify:
    """A text and its label (or labels), of one kind in all rows."""

    def __init__(self) -> None:
        self.kind: type | None = None

    def __call__(self, value: Value) -> None:
        """Check one row.

        Raises:
            HftermError: it cannot be used.
        """
        _there(_any(value, TEXTS), "text")
        label = _any(value, LABELS)
        for one in label if isinstance(label, list) else [label]:
            if not isinstance(one, str | int | float) or one == "":
                raise HftermError(f"its label is {one!r}, not a name or a number")
            kind = str if isinstance(one, str) else int
            self.kind = self.kind or kind
            if kind is not self.kind:
                words = {str: "a name", int: "a number"}
                raise HftermError(f"its label {one!r} is {words[kind]}; the first one was {words[self.kind]}")


def tag(value: Value) -> None:
    """Words, and a tag for each.

    Raises:
        HftermError: it is none.
    """
    tokens, tags = _any(value, ("tokens", "words")), _any(value, TAGS)
    if not isinstance(tokens, list) or not all(isinstance(one, str) for one in tokens) or not tokens:
        raise HftermError("its tokens are no list of texts")
    if not isinstance(tags, list) or not all(isinstance(one, str | int) for one in tags):
        raise HftermError("its tags are no list of names or numbers")
    if len(tokens) != len(tags):
        raise HftermError(f"it has {len(tokens)} tokens and {len(tags)} tags")


def seq2seq(value: Value) -> None:
    """A text and what to make of it.

    Raises:
        HftermError: it is none.
    """
    pair = value.get("translation")
    if isinstance(pair, Mapping):
        texts = [text for text in pair.values() if isinstance(text, str) and text.strip()]
        if len(texts) < 2:
            raise HftermError("its translation has fewer than two texts")
        return
    names = next((both for both in PAIRS if all(value.get(name) is not None for name in both)), None)
    if names is None:
        known = ", ".join("/".join(both) for both in PAIRS)
        raise HftermError(f"no text and its target in it (one of {known}, or translation)")
    for name in names:
        _there(value[name], name)
        if not isinstance(value[name], str):
            raise HftermError(f"the field {name!r} is not text")


def text(value: Value) -> None:
    """A text to read on in, or the token ids of one.

    Raises:
        HftermError: it is none.
    """
    for name in ("input_ids", "tokens"):
        ids = value.get(name)
        if isinstance(ids, list) and ids and all(type(one) is int and one >= 0 for one in ids):
            return
    masked_text(value)


def masked_text(value: Value) -> None:
    """A text to read, of which words can be hidden.

    Raises:
        HftermError: it is none.
    """
    _there(_any(value, ("text", "content", "document")), "text")


def _roles(messages: Sequence[Message]) -> None:
    for number, message in enumerate(messages, 1):
        if message["role"] not in ROLES:
            raise HftermError(f"message {number} is of role {message['role']!r}, not one of {', '.join(ROLES)}")


def _field(value: Value, name: str) -> Any:
    if value.get(name) is None:
        raise HftermError(f"no field {name!r} in it")
    return value[name]


def _any(value: Value, names: Sequence[str]) -> Any:
    found = next((name for name in names if value.get(name) is not None), None)
    if found is None:
        raise HftermError(f"none of the fields {', '.join(names)} in it")
    return value[found]


def _there(value: Any, name: str) -> None:
    """Check that a text says something, or that a list of messages does."""
    if isinstance(value, list):
        messages = to_messages({"messages": value})
        _roles(messages)
        if not any(one["content"].strip() or one.get("tool_calls") for one in messages):
            raise HftermError(f"the field {name!r} says nothing")
    elif not isinstance(value, str):
        raise HftermError(f"the field {name!r} is not text")
    elif not value.strip():
        raise HftermError(f"the field {name!r} is blank")


# For each kind of training what makes a check of rows.
KINDS: dict[str, Callable[[], Callable[[Value], None]]] = {
    "sft": lambda: sft,
    "dpo": lambda: dpo,
    "reward": lambda: dpo,
    "kto": lambda: kto,
    "grpo": lambda: grpo,
    "rloo": lambda: grpo,
    "distill": lambda: grpo,
    "clm": lambda: text,
    "mlm": lambda: masked_text,
    "seq2seq": lambda: seq2seq,
    "classify": Classify,
    "tag": lambda: tag,
}
