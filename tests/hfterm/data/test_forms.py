"""Records of the usual shapes, turned and checked."""

import json
from pathlib import Path
from typing import Any

import pytest

from hfterm.data import checks, engine, forms, source, turn
from hfterm.errors import HftermError

U, A = {"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}
S, B = {"role": "system", "content": "s"}, {"role": "assistant", "content": "b"}
HH = "\n\nHuman: q\n\nAssistant:"


@pytest.mark.parametrize(
    ("record", "to", "want"),
    [
        ({"messages": [U, A], "tools": [{"x": 1}]}, "chat", {"messages": [U, A], "tools": [{"x": 1}]}),
        (
            {"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]},
            "chat",
            {"messages": [U, A]},
        ),
        ({"prompt": "q", "completion": "a"}, "chat", {"messages": [U, A]}),
        ({"question": "q", "answer": "a", "chosen": None}, "chat", {"messages": [U, A]}),
        ({"messages": [S, U, A, U, B]}, "prompt-completion", {"prompt": [S, U, A, U], "completion": [B]}),
        ({"instruction": "q", "input": "", "output": "a"}, "prompt-completion", {"prompt": "q", "completion": "a"}),
        ({"prompt": [S, U], "completion": [A]}, "prompt-completion", {"prompt": [S, U], "completion": [A]}),
        ({"prompt": "q", "completion": [A]}, "prompt-completion", {"prompt": [U], "completion": [A]}),
        (
            {"prompt": "q", "chosen": "a", "rejected": "b"},
            "preference",
            {"prompt": "q", "chosen": "a", "rejected": "b"},
        ),
        (
            {"chosen": [S, U, A], "rejected": [S, U, B]},
            "preference",
            {"prompt": [S, U], "chosen": [A], "rejected": [B]},
        ),
        (
            {"prompt": "q", "chosen": [U, A], "rejected": [U, B]},
            "preference",
            {"prompt": [U], "chosen": [A], "rejected": [B]},
        ),
        (
            {"system": "s", "question": "q", "chosen": "a", "rejected": "b"},
            "preference",
            {"prompt": [S, U], "chosen": [A], "rejected": [B]},
        ),
        (
            {"prompt": [U], "chosen": [A], "rejected": [B]},
            "preference",
            {"prompt": [U], "chosen": [A], "rejected": [B]},
        ),
        (
            {"chosen": f"{HH} a same", "rejected": f"{HH} another"},
            "preference",
            {"prompt": HH, "chosen": " a same", "rejected": " another"},
        ),
        ({"text": "t"}, "text", {"text": "t"}),
        ({"prompt": "q", "completion": "a"}, "text", {"text": "qa"}),
    ],
)
def test_shapes_are_turned(record: dict[str, Any], to: str, want: dict[str, Any]) -> None:
    assert forms.turned(record, to) == want
    assert forms.turned({**record, "id": 7}, to, keep=True) == {**want, "id": 7}


def test_what_is_turned_can_be_turned_and_trained_on_again() -> None:
    chat = forms.turned({"messages": [S, U, A]}, "prompt-completion")
    assert forms.turned(chat, "chat") == {"messages": [S, U, A]}
    checks.sft(chat)
    pair = forms.turned({"chosen": [U, A], "rejected": [U, B]}, "preference")
    assert forms.turned(pair, "preference") == pair
    checks.dpo(pair)


@pytest.mark.parametrize(
    ("record", "to", "words"),
    [
        ({"nope": 1}, "chat", "the field 'nope'"),
        ({"text": "t"}, "prompt-completion", "no conversation"),
        ({"messages": [A, U]}, "prompt-completion", "last message"),
        ({"messages": [A]}, "prompt-completion", "nothing comes before"),
        ({"chosen": "a"}, "preference", "no field 'rejected'"),
        ({"chosen": "a", "rejected": "b"}, "preference", "no field 'prompt'"),
        ({"chosen": [U, A], "rejected": [S, U, B]}, "preference", "no prompt in common"),
        ({"chosen": [U, A], "rejected": [U, A]}, "preference", "no answer of its own"),
        ({"prompt": "q", "chosen": 3, "rejected": "b"}, "preference", "neither a text"),
        ({"messages": [U, A]}, "text", "no plain text"),
    ],
)
def test_what_cannot_be_turned_says_why(record: dict[str, Any], to: str, words: str) -> None:
    with pytest.raises(HftermError, match=words):
        forms.turned(record, to)


GOOD: dict[str, list[dict[str, Any]]] = {
    "sft": [{"text": "t"}, {"messages": [U, A]}, {"question": "q", "answer": 42}],
    "dpo": [{"prompt": "q", "chosen": "a", "rejected": "b"}, {"chosen": [U, A], "rejected": [U, B]}],
    "reward": [{"prompt": "q", "chosen": "a", "rejected": "b"}],
    "kto": [{"prompt": "q", "completion": "a", "label": False}, {"prompt": [U], "completion": [A], "label": True}],
    "grpo": [{"prompt": "q", "answer": 3}, {"prompt": [S, U]}],
    "rloo": [{"prompt": "q"}],
    "distill": [{"prompt": [S, U]}],
    "clm": [{"text": "t"}, {"content": "t"}, {"input_ids": [1, 2]}],
    "mlm": [{"document": "t"}],
    "classify": [{"text": "t", "label": 0}, {"sentence": "t", "label": 1}, {"text": "t", "labels": [0, 2]}],
    "tag": [{"tokens": ["a", "b"], "ner_tags": [0, 1]}, {"words": ["a"], "tags": ["O"]}],
    "seq2seq": [
        {"source": "a", "target": "b"},
        {"translation": {"en": "a", "de": "b"}},
        {"document": "a", "summary": "b"},
    ],
}
BAD: dict[str, list[tuple[dict[str, Any], str]]] = {
    "sft": [
        ({"text": " "}, "blank"),
        ({"messages": [U]}, "no assistant turn"),
        ({"messages": []}, "empty list"),
        ({"messages": [U, {"role": "robot", "content": "x"}]}, "'robot'"),
        ({"messages": [U, {"role": "assistant", "content": ""}]}, "says nothing"),
    ],
    "dpo": [({"prompt": "q", "chosen": "a", "rejected": "a"}, "the same"), ({"prompt": "q"}, "no field 'chosen'")],
    "reward": [({"chosen": "a", "rejected": "b"}, "no field 'prompt'")],
    "kto": [({"prompt": "q", "completion": "a", "label": 1}, "not true or false"), ({"prompt": "q"}, "'completion'")],
    "grpo": [({"prompt": [U, A]}, "ends in an answer"), ({"question": "q"}, "no field 'prompt'")],
    "rloo": [({"prompt": [U, A]}, "ends in an answer")],
    "distill": [({"prompt": " "}, "blank")],
    "clm": [({"text": " "}, "blank"), ({"input_ids": ["a"]}, "none of the fields text"), ({"text": 3}, "not text")],
    "mlm": [({"input_ids": [1, 2]}, "none of the fields text")],
    "classify": [
        ({"text": "t", "label": "x"}, "the first one was a number"),
        ({"text": "t"}, "none of the fields label"),
    ],
    "tag": [({"tokens": ["a", "b"], "tags": [1]}, "2 tokens and 1 tags"), ({"tokens": "a", "tags": [1]}, "no list")],
    "seq2seq": [({"source": "a"}, "no text and its target"), ({"translation": {"en": "a"}}, "fewer than two")],
}


@pytest.mark.parametrize("kind", list(checks.KINDS))
def test_a_finding_for_each_bad_row_with_its_line(tmp_path: Path, kind: str) -> None:
    rows = [*GOOD[kind], *(record for record, _ in BAD[kind])]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n[1]\n")
    look = checks.Checked(engine.connect(threads=1), source.sources([str(path)]), kind)
    found = list(look.findings())
    first = len(GOOD[kind]) + 1
    assert [one.row for one in found] == [*range(first, len(rows) + 1), len(rows) + 2]
    for one, (_, words) in zip(found, BAD[kind], strict=False):
        assert words in one.problem
    assert found[-1].problem == "it is not a JSON object"
    assert (look.rows, look.found) == (len(rows) + 1, len(found))


def test_tables_are_turned_alike(tmp_path: Path) -> None:
    """Columns that a row lacks are null in a table, and count as not there."""
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in [{"question": "q", "answer": "a"}, {"messages": [U, A]}]))
    con = engine.connect(threads=1)
    want = b"".join(turn.turned(con, source.sources([str(path)]), "chat").lines())
    from hfterm.data.rows import whole

    whole(con, source.sources([str(path)])).save(tmp_path / "rows.parquet")
    assert b"".join(turn.turned(con, source.sources([str(tmp_path / "rows.parquet")]), "chat").lines()) == want
    saved = turn.turned(con, source.sources([str(path)]), "chat")
    saved.save(tmp_path / "chats.parquet")
    assert b"".join(whole(con, source.sources([str(tmp_path / "chats.parquet")])).lines()) == want
