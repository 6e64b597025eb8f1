"""Chunks of rows through functions, in this process."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from hfterm.data.python.calls import Answer, Caller, Chunk, Job, Place
from hfterm.data.python.named import Named

WHERE = Named(__file__, "test_calls", "function")
LINES = [b'{"id": %d}' % n for n in range(6)]
PLACES = [Place("a.jsonl", "line", 10, 4), Place("b.jsonl", "line", 1, 2)]


def call(function: Callable[[Any], Any], kind: Any = "map", lines: list[bytes] = LINES, **how: Any) -> Answer:
    return Caller(Job(WHERE, kind, **how), function)(Chunk(lines, PLACES))


def ids(answer: Answer) -> list[int]:
    return [json.loads(line)["id"] for line in answer.data.splitlines()]


def odd(record: dict[str, Any]) -> bool:
    return bool(record["id"] % 2)


def odds(batch: dict[str, list[Any]]) -> list[bool]:
    return [n % 2 == 1 for n in batch["id"]]


def test_rows_are_kept_byte_for_byte() -> None:
    one = call(odd, "filter")
    assert one.data == b'{"id": 1}\n{"id": 3}\n{"id": 5}\n' and one.kept == [1, 3, 5] and not one.failure
    assert call(odds, "filter", batched=True, batch_size=4)[:2] == one[:2]
    assert call(lambda record: None, "filter").data == b""


def test_batches_have_their_size() -> None:
    seen: list[int] = []
    call(lambda batch: seen.append(len(batch["id"])), batched=True, batch_size=4)
    assert seen == [4, 2]


def test_a_change_of_the_record_counts_only_when_returned() -> None:
    def change(record: dict[str, Any]) -> dict[str, Any]:
        del record["id"]
        return {"id": 7}

    assert set(ids(call(change))) == {7}
    assert call(lambda record: record.update(x=1)).data.splitlines() == LINES


def test_a_failure_names_the_line_of_the_code_and_the_row() -> None:
    def fails(record: dict[str, Any]) -> None:
        if record["id"] == 4:
            raise LookupError("it is\nnot there")

    failure = call(fails).failure
    assert failure is not None and failure.exit_code == 1 and "LookupError" in failure.trace
    assert failure.message.startswith("test_calls.py:") and "LookupError: it is not there" in failure.message
    assert "(at line 1 of b.jsonl)" in failure.message
    assert len(call(fails).data.splitlines()) == 4  # what came before is not lost
    batch = call(lambda batch: fails({"id": batch["id"][-1] - 1}), batched=True).failure
    assert batch is not None and "(at line 10 of a.jsonl to line 2 of b.jsonl)" in batch.message


def test_rows_that_fail_are_left_out_one_by_one() -> None:
    def fails(batch: dict[str, list[Any]]) -> dict[str, list[Any]]:
        return {"third": [1 // (n - 2) for n in batch["id"]]}

    answer = call(fails, batched=True, skip=True)
    assert ids(answer) == [0, 1, 3, 4, 5]
    ((source, number, why, line),) = answer.bad
    assert (source, number, line) == ("a.jsonl", 12, LINES[2]) and "ZeroDivisionError" in why


def test_leaving_the_interpreter_is_a_failure_and_no_end() -> None:
    failure = call(lambda record: exit(3)).failure
    assert failure is not None and "SystemExit: 3" in failure.message


def test_memory_that_runs_out_is_never_skipped() -> None:
    def fails(record: dict[str, Any]) -> None:
        raise MemoryError

    failure = call(fails, skip=True).failure
    assert failure is not None and failure.exit_code == 8 and "--num-proc" in (failure.hint or "")


@pytest.mark.parametrize(
    ("line", "why"), [(b"{", "is not JSON"), (b"[1]", "is not a JSON object"), (b"{\xff", "UTF-8")]
)
def test_lines_that_cannot_be_read(line: bytes, why: str) -> None:
    lines = [*LINES[:2], line, *LINES[3:]]
    failure = call(odd, "filter", lines).failure
    assert failure is not None and "cannot read a.jsonl: line 12" in failure.message and why in failure.message
    answer = call(odd, "filter", lines, skip=True)
    assert ids(answer) == [1, 3, 5] and answer.bad[0][:2] == ("a.jsonl", 12)
