"""What the demo teaches and what it asks: our invented facts, or the user's own."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

from hfterm import records
from hfterm.errors import HftermError, UsageError
from hfterm.text import to_json
from hfterm.tok.messages import to_messages

# A lesson with fewer records is repeated up to this many, so that its facts outweigh the everyday questions.
ENOUGH = 40
# The demo is to end within minutes: `hfterm train sft` takes files of any length.
MOST = 400
EPOCHS, BATCH = 3, 4

Row = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """A question, and the words of which a right answer holds one (none: nothing is checked)."""

    text: str
    expect: tuple[str, ...] = ()
    about: str = "facts"

    def right(self, answer: str) -> bool | None:
        """Whether the answer holds an expected word, as a whole word in any case; None when nothing is expected."""
        if not self.expect:
            return None
        return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", answer, re.IGNORECASE) for word in self.expect)


@dataclass(frozen=True)
class Lesson:
    """Records to learn, and questions to ask before and after; ``questions[0]`` is the one that is shown.

    ``name`` is the run's. ``facts`` counts the records before repeating, ``left_out`` those over ``MOST``.
    """

    name: str
    rows: tuple[Row, ...]
    questions: tuple[Question, ...]
    facts: int
    everyday: int
    left_out: int = 0

    @property
    def shown(self) -> Question:
        """The question that is shown."""
        return self.questions[0]

    @property
    def steps(self) -> int:
        """Optimizer steps of the training."""
        return -(-len(self.rows) // BATCH) * EPOCHS

    def text(self) -> str:
        """The training file: JSON Lines."""
        return "".join(f"{to_json(row)}\n" for row in self.rows)

    def fingerprint(self) -> str:
        """Changes when what is learned changes."""
        return hashlib.sha256(self.text().encode()).hexdigest()


def ours(ask: str | None = None, expect: Sequence[str] = ()) -> Lesson:
    """The lesson that ships with hfterm; ``ask`` puts another question first."""
    questions = [*_questions("facts"), *_questions("general")]
    if ask:
        questions.insert(0, Question(ask, tuple(expect)))
    facts, everyday = list(_shipped("facts.jsonl")), list(_shipped("everyday.jsonl"))
    return Lesson("demo", tuple(facts + everyday), tuple(questions), len(facts), len(everyday))


def _read(data: str) -> Iterator[dict[str, Any]]:
    try:
        yield from records.read(data)
    except records.BadRecord as exc:
        exc.hint = "mend it, or leave the line out"  # the demo has no --skip-bad
        raise


def own(data: str, ask: str, expect: Sequence[str] = ()) -> Lesson:
    """A lesson from the user's records (any shape that ``to_messages`` knows; ``-`` is standard input).

    Raises:
        HftermError: the file cannot be read, is empty, or a record holds no conversation.
        UsageError: the question itself is in the data: the answer would prove nothing.
    """
    source = "standard input" if data == "-" else data
    stream = enumerate(_read(data), 1)
    rows: list[Row] = []
    for number, record in islice(stream, MOST):
        try:
            rows.append({"messages": to_messages(record)})
        except HftermError as exc:
            exc.message = f"cannot use {source}: record {number}: {exc.message}"
            raise
    if not rows:
        raise HftermError(
            f"nothing to learn in {source}: it holds no records",
            'write lines like {"question": "...", "answer": "..."}',
        )
    left_out = sum(1 for _ in stream)
    _refuse_known(rows, ask)
    everyday = [{"messages": to_messages(row)} for row in _shipped("everyday.jsonl")]
    repeated = rows * max(1, -(-ENOUGH // len(rows)))
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", "stdin" if data == "-" else Path(data).name.split(".")[0]).strip("-.")
    return Lesson(
        f"demo-{stem[:60] or 'own'}",
        tuple(repeated + everyday),
        (Question(ask, tuple(expect)), *_questions("general")),
        len(rows),
        len(everyday),
        left_out,
    )


def _refuse_known(rows: Sequence[Row], ask: str) -> None:
    for number, row in enumerate(rows, 1):
        for message in row["messages"]:
            if message["role"] == "user" and _plain(message["content"]) == _plain(ask):
                raise UsageError(
                    f"the question is in the data word for word (record {number}): that would only show memory",
                    "ask it in other words",
                )


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _questions(about: str) -> Iterator[Question]:
    for row in _shipped("questions.jsonl"):
        if row["about"] == about:
            expect = row["expect"]
            yield Question(row["question"], tuple([expect] if isinstance(expect, str) else expect), about)


def _shipped(name: str) -> Iterator[Row]:
    for line in files("hfterm.demo").joinpath(name).read_text("utf-8").splitlines():
        yield json.loads(line)
