"""Records of the usual shapes as the rows that TRL's trainers take: pairs, judged answers, prompts.

A text is made a conversation where the tokenizer has a chat template, as in supervised fine-tuning; otherwise only
texts can be used.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from hfterm.data import checks, forms
from hfterm.errors import CheckFailedError, HftermError
from hfterm.output import Output
from hfterm.progress import Progress
from hfterm.records import BadRecord
from hfterm.tok.messages import shape, to_messages, tools_of
from hfterm.train import rows
from hfterm.train.data import DataFile
from hfterm.train.examples import LONGER
from hfterm.train.places import Place, Places
from hfterm.train.recipe import Recipe

Row = dict[str, Any]
# Fields that hold the right answer, for rewards that compare with it; the first is the one that a row gets.
ANSWERS = ("answer", "solution", "output", "response", "completion")
_CHUNK = 256
_TRUE, _FALSE = (True, 1, "true", "1", "yes"), (False, 0, "false", "0", "no")


@dataclass
class Rows:
    """Rows to train on; ``places`` is where each comes from, ``counts`` what was done."""

    rows: list[Row] = field(default_factory=list)
    places: Places = field(default_factory=Places)
    records: int = 0
    bad: int = 0
    truncated: int = 0
    dropped: int = 0
    tokens: int = 0

    def counts(self) -> dict[str, int]:
        """The numbers, without the rows."""
        names = ("records", "truncated", "dropped", "bad", "tokens")
        return {"examples": len(self.rows), **{name: getattr(self, name) for name in names}}


class Refuse(HftermError):
    """A row is too long to be used at all."""


@dataclass
class Reader:
    """Reads the records of a file as rows.

    Args:
        make: the rows of a record. fit: what is done with a row, given the lengths of the texts that
            :func:`texts` renders of it: its tokens, or None to drop it; it raises :class:`Refuse`, too.
    """

    recipe: Recipe
    tokenizer: Any
    out: Output
    progress: Progress
    make: Callable[[Mapping[str, Any]], list[Row]]
    fit: Callable[[Rows, Row, Sequence[int]], int | None]

    def read(self, data: DataFile) -> Rows:
        """The rows of a file, in order; warns when some are cut off or left out.

        Raises:
            BadRow: a record cannot be used. CheckFailedError: nothing is left. HftermError: a file cannot be read.
        """
        found, unreadable = Rows(), list[BadRecord]()
        with self.progress.task("reading records") as task:
            records = rows.read(data, self.recipe, task, unreadable)
            while chunk := list(islice(records, _CHUNK)):
                self._take(found, [(record, row) for record in chunk for row in self._made(found, record)])
        found.bad += len(unreadable)
        self._tell(found, data)
        return found

    def _made(self, found: Rows, record: Any) -> list[Row]:
        try:
            made = [as_form(row, self.tokenizer) for row in self.make(record)]
        except HftermError as exc:
            self._bad(found, record, exc)
            return []
        found.records += 1
        return made

    def _bad(self, found: Rows, record: Any, exc: HftermError) -> None:
        if not self.recipe.skip_bad:
            raise rows.BadRow(record.source, record.number, exc.message, exc.hint) from exc
        found.bad += 1

    def _take(self, found: Rows, made: Sequence[tuple[Any, Row]]) -> None:
        rendered = []
        for record, row in made:
            try:
                rendered.append((record, row, texts(row, self.tokenizer)))
            except HftermError as exc:
                self._bad(found, record, exc)
        flat = [text for _, _, several in rendered for text in several]
        special = bool(rendered) and isinstance(rendered[0][1]["prompt"], str)  # a chat template writes its own
        encoded = self.tokenizer(flat, add_special_tokens=special)["input_ids"] if flat else []
        lengths = map(len, encoded)
        for record, row, several in rendered:
            try:
                tokens = self.fit(found, row, [next(lengths) for _ in several])
            except Refuse as exc:
                self._bad(found, record, exc)
                continue
            if tokens is None:
                found.dropped += 1
                continue
            found.tokens += tokens
            found.rows.append(row)
            found.places.add(Place(record.source, record.number))

    def _tell(self, found: Rows, data: DataFile) -> None:
        limit = f"--max-length {getattr(self.recipe, 'max_length', None)} tokens"
        for count, what in (
            (found.bad, "records left out (--skip-bad)"),
            (found.truncated, f"of {len(found.rows)} examples cut off at {limit}"),
            (found.dropped, f"examples dropped: too long for {limit}"),
        ):
            if count:
                self.out.warn(f"{data.name}: {count} {what}")
        if found.rows:
            return
        if found.dropped:
            raise CheckFailedError(f"{data.empty}: all are too long", LONGER)
        what = "no record of it can be used" if found.bad else "it holds no records"
        raise CheckFailedError(f"{data.empty}: {what}")


def pairs(record: Mapping[str, Any]) -> list[Row]:
    """A prompt with a chosen and a rejected answer.

    Raises:
        HftermError: it is none.
    """
    checks.dpo(record)
    return [{**forms.to_preference(record), **_tools(record)}]


def judged(record: Mapping[str, Any]) -> list[Row]:
    """A prompt, a completion and whether it is good; of a preference both.

    Raises:
        HftermError: it is none.
    """
    if record.get("chosen") is not None and record.get("rejected") is not None:
        pair = pairs(record)[0]
        return [
            {**_tools(record), "prompt": pair["prompt"], "completion": pair[side], "label": side == "chosen"}
            for side in ("chosen", "rejected")
        ]
    if record.get("label") is None:
        raise HftermError("no field 'label' in it", "kto wants prompt, completion and label, or chosen and rejected")
    label = record["label"]
    word = label.strip().lower() if isinstance(label, str) else label
    if word not in _TRUE + _FALSE:
        raise HftermError(f"its label is {label!r}, not true or false")
    found = {**forms.to_prompt_completion(record), **_tools(record), "label": word in _TRUE}
    checks.kto(found)
    return [found]


def _tools(record: Mapping[str, Any]) -> Row:
    """What a model may call, as the JSON that TRL reads: a table would give each tool the fields of all."""
    tools = tools_of(record)
    return {"tools": json.dumps(tools)} if tools else {}


def prompts(record: Mapping[str, Any]) -> list[Row]:
    """A prompt that the model is to answer, with the record's other fields beside it; ``answer`` is the right one.

    Raises:
        HftermError: there is none.
    """
    kind = shape(record)
    found: Row
    used: set[str] = {"messages", "conversations", "system", "tools"}
    if record.get("prompt") is not None:
        prompt = record["prompt"]
        found = {"prompt": to_messages({"messages": prompt}) if isinstance(prompt, list) else prompt}
    elif kind in ("messages", "conversations"):
        messages = to_messages(record)
        found = {"prompt": messages}
        if messages[-1]["role"] == "assistant":
            found = {"prompt": messages[:-1], "answer": messages[-1]["content"]}
    elif kind is not None and kind != "text":
        messages = to_messages(record)
        found = {"prompt": messages[0]["content"]}
        used |= {"instruction", "input", "context", "question"}
    else:
        name = next((one for one in forms.PROMPTS if record.get(one) is not None), None)
        if name is None:
            raise HftermError("no prompt in it", "give it prompt, question, instruction or messages")
        found = {"prompt": record[name]}
        used.add(name)
    checks.grpo(found)
    if isinstance(system := record.get("system"), str) and system:
        asked = found["prompt"]
        asked = asked if isinstance(asked, list) else [{"role": "user", "content": asked}]
        found["prompt"] = [{"role": "system", "content": system}, *asked]
    found = {**{k: v for k, v in record.items() if k not in used}, **found}
    right = next((found[name] for name in ANSWERS if found.get(name) is not None), None)
    if right is not None and found.get("answer") is None:
        found["answer"] = right[-1]["content"] if isinstance(right, list) else right
    for name in ("completion", "completion_ids", "completions", "prompts"):
        found.pop(name, None)  # TRL has its own of that name
    return [found]


_SIDES = (("prompt", "user"), ("chosen", "assistant"), ("rejected", "assistant"), ("completion", "assistant"))


def as_form(row: Row, tokenizer: Any) -> Row:
    """The row as conversations where the tokenizer has a chat template, else as texts.

    Raises:
        HftermError: it is a conversation, and there is no template to write it with.
    """
    chat = bool(getattr(tokenizer, "chat_template", None))
    spoken = isinstance(row["prompt"], str) and _is_transcript(row["prompt"])
    for name, role in _SIDES:
        if name not in row:
            continue
        if chat and isinstance(row[name], str):
            text = row[name].strip() if spoken else row[name]
            row[name] = turns(row[name]) if name == "prompt" else [{"role": role, "content": text}]
        elif not chat and not isinstance(row[name], str):
            raise HftermError(
                "the model's tokenizer has no chat template, so a conversation has no form",
                "use an instruct model, or records with texts",
            )
    return row


# https://huggingface.co/datasets/Anthropic/hh-rlhf
_SPEAKER = re.compile(r"\n\n(Human|Assistant):")


def turns(prompt: str) -> list[dict[str, str]]:
    """A prompt as messages: the user's, or of a transcript (``Human:``, ``Assistant:``) each speaker's."""
    if not _is_transcript(prompt):
        return [{"role": "user", "content": prompt}]
    parts = _SPEAKER.split(prompt)
    said = zip(parts[1:-2:2], parts[2:-2:2], strict=True)
    return [{"role": "user" if who == "Human" else "assistant", "content": text.strip()} for who, text in said]


def _is_transcript(prompt: str) -> bool:
    parts = _SPEAKER.split(prompt)
    return len(parts) > 3 and not parts[0].strip() and parts[-2] == "Assistant" and not parts[-1].strip()


def texts(row: Row, tokenizer: Any) -> list[str]:
    """What the model reads of a row: the prompt, then the prompt with each of its answers.

    Raises:
        HftermError: the chat template refuses the conversation.
    """
    prompt = row["prompt"]
    answers = [row[name] for name, role in _SIDES if role == "assistant" and name in row]
    if isinstance(prompt, str):
        eos = tokenizer.eos_token  # TRL ends an answer with it
        return [prompt, *(prompt + answer + ("" if answer.endswith(eos) else eos) for answer in answers)]
    how = {"tokenize": False, "tools": json.loads(row["tools"]) if "tools" in row else None}
    try:
        return [
            tokenizer.apply_chat_template(prompt, add_generation_prompt=True, **how),
            *(tokenizer.apply_chat_template(prompt + answer, **how) for answer in answers),
        ]
    except Exception as exc:  # a template raises what it likes
        raise HftermError(f"the chat template refuses it: {exc}") from exc
