"""Records of the usual shapes as rows for preferences, judged answers and prompts."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from hfterm.errors import HftermError
from hfterm.train import preferences
from hfterm.train.preferences import as_form, judged, pairs, prompts

CHAT = SimpleNamespace(chat_template="{{ messages }}")
PLAIN = SimpleNamespace(chat_template=None)


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def assistant(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}


def test_pairs_of_every_shape_become_one() -> None:
    one = {"prompt": [user("q")], "chosen": [assistant("a")], "rejected": [assistant("b")]}
    shapes: list[dict[str, Any]] = [
        {"prompt": "q", "chosen": "a", "rejected": "b"},
        {"question": "q", "chosen": "a", "rejected": "b"},
        {"chosen": [user("q"), assistant("a")], "rejected": [user("q"), assistant("b")]},
        {"chosen": "\n\nHuman: q\n\nAssistant: a", "rejected": "\n\nHuman: q\n\nAssistant: b"},
    ]
    for record in shapes:
        assert [as_form(row, CHAT) for row in pairs(record)] == [one]
    with pytest.raises(HftermError, match="chosen and rejected are the same"):
        pairs({"prompt": "q", "chosen": "a", "rejected": "a"})


def test_judged_answers_of_every_shape() -> None:
    good = {"prompt": "q", "completion": "a", "label": True}
    for label in (True, 1, "true", "1"):
        assert judged({"prompt": "q", "completion": "a", "label": label}) == [good]
    assert judged({"question": "q", "answer": "a", "label": False}) == [{**good, "label": False}]
    assert judged({"messages": [user("q"), assistant("a")], "label": True}) == [
        {"prompt": [user("q")], "completion": [assistant("a")], "label": True}
    ]
    assert [row["label"] for row in judged({"prompt": "q", "chosen": "a", "rejected": "b"})] == [True, False]
    for record, why in (
        ({"prompt": "q", "completion": "a"}, "no field 'label'"),
        ({"prompt": "q", "completion": "a", "label": 0.7}, "not true or false"),
        ({"prompt": "q", "completion": " ", "label": True}, "is blank"),
    ):
        with pytest.raises(HftermError, match=why):
            judged(record)


def test_prompts_of_every_shape_keep_the_answer() -> None:
    assert prompts({"question": "q", "answer": "a", "level": 3}) == [{"prompt": "q", "answer": "a", "level": 3}]
    assert prompts({"prompt": "q", "solution": "42"}) == [{"prompt": "q", "solution": "42", "answer": "42"}]
    assert prompts({"prompt": "q", "completion": "a"}) == [{"prompt": "q", "answer": "a"}]
    assert prompts({"instruction": "do", "input": "x", "output": "y"}) == [
        {"prompt": "do\n\nx", "output": "y", "answer": "y"}
    ]
    assert prompts({"messages": [user("q"), assistant("a")]}) == [{"prompt": [user("q")], "answer": "a"}]
    assert prompts({"messages": [user("q")]}) == [{"prompt": [user("q")]}]
    assert prompts({"prompt": "q", "system": "s"})[0]["prompt"][0] == {"role": "system", "content": "s"}
    for record, why in (
        ({"prompt": ""}, "is blank"),
        ({"text": "a"}, "no prompt in it"),
        ({"prompt": [user("q"), assistant("a")]}, "ends in an answer"),
        ({"prompt": 7}, "not text"),
    ):
        with pytest.raises(HftermError, match=why):
            prompts(record)


def test_space_around_an_answer_stays_but_in_transcripts() -> None:
    row = as_form({"prompt": "def f():", "chosen": "    return 1\n", "rejected": "pass"}, CHAT)
    assert row["chosen"] == [assistant("    return 1\n")]


def test_tools_go_with_the_rows_as_json() -> None:
    tools = [{"type": "function", "function": {"name": "lamp", "parameters": {}}}]
    row = pairs({"prompt": "q", "chosen": "a", "rejected": "b", "tools": tools})[0]
    assert json.loads(row["tools"]) == tools
    found = judged({"messages": [user("q"), assistant("a")], "label": True, "tools": json.dumps(tools)})[0]
    assert json.loads(found["tools"]) == tools
    seen: list[Any] = []

    def apply_chat_template(messages: list[Any], **how: Any) -> str:
        seen.append(how["tools"])
        return "text"

    preferences.texts(as_form(row, CHAT), SimpleNamespace(apply_chat_template=apply_chat_template))
    assert seen == [tools] * 3


def test_a_conversation_needs_a_template() -> None:
    with pytest.raises(HftermError, match="no chat template"):
        as_form({"prompt": [user("q")]}, PLAIN)
    assert as_form({"prompt": "q", "completion": "a"}, PLAIN) == {"prompt": "q", "completion": "a"}


def test_a_text_is_ended_as_trl_ends_it() -> None:
    tokenizer = SimpleNamespace(chat_template=None, eos_token="</s>")
    assert preferences.texts({"prompt": "q", "chosen": "a", "rejected": "b</s>"}, tokenizer) == [
        "q",
        "qa</s>",
        "qb</s>",
    ]
