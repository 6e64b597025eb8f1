import json
from typing import Any

import pytest

from hfterm.errors import HftermError
from hfterm.tok.messages import shape, to_messages, to_text, tools_of

ASKED = [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Mara."}]


@pytest.mark.parametrize(
    ("kind", "record"),
    [
        ("messages", {"messages": ASKED}),
        ("prompt", {"prompt": "Who?", "completion": "Mara."}),
        ("prompt", {"prompt": ASKED[:1], "completion": ASKED[1:]}),
        ("prompt", {"prompt": ASKED[:1], "completion": "Mara."}),
        ("instruction", {"instruction": "Who?", "output": "Mara."}),
        ("instruction", {"instruction": "Who?", "input": "", "output": "Mara."}),
        ("instruction", {"instruction": "Who?", "context": None, "response": "Mara."}),
        ("question", {"question": "Who?", "answer": "Mara."}),
        ("conversations", {"conversations": [{"from": "human", "value": "Who?"}, {"from": "gpt", "value": "Mara."}]}),
        ("conversations", {"conversations": ASKED}),
    ],
)
def test_every_shape_is_one_conversation(kind: str, record: dict[str, Any]) -> None:
    assert shape(record) == kind
    assert to_messages(record) == ASKED


def test_an_instruction_stands_above_its_input() -> None:
    record = {"instruction": "Translate.", "input": "Haus", "output": "house"}
    assert to_messages(record)[0]["content"] == "Translate.\n\nHaus"


def test_parts_of_text_are_joined_and_other_fields_kept() -> None:
    record = {
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "name": "x"}
        ]
    }
    assert to_messages(record) == [{"role": "user", "content": "ab", "name": "x"}]


def test_a_number_from_a_table_is_text() -> None:
    assert to_messages({"question": "How many?", "answer": 217})[1]["content"] == "217"


def test_a_tool_call_needs_no_content() -> None:
    call = [{"type": "function", "function": {"name": "f", "arguments": {}}}]
    assert to_messages({"messages": [{"role": "assistant", "content": None, "tool_calls": call}]})[0]["content"] == ""


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ({"title": "x", "body": "y"}, "fields 'title', 'body'"),
        ({}, "no fields"),
        ({"prompt": "only"}, "field 'prompt'"),
        ({"messages": "hello"}, "'messages' is a text"),
        ({"messages": []}, "'messages' is an empty list"),
        ({"messages": ["hello"]}, "message 1 of 'messages' is a text"),
        ({"messages": [{"content": "x"}]}, "has no role"),
        ({"messages": [{"role": "user", "content": 3}]}, "has a number as content"),
        ({"messages": [{"role": "user", "content": [{"type": "image", "url": "x"}]}]}, "no text"),
        ({"conversations": [{"from": "alien", "value": "x"}]}, "from 'alien'"),
        ({"question": {"a": 1}, "answer": "x"}, "'question' is an object"),
        ({"question": True, "answer": "x"}, "'question' is a yes/no"),
    ],
)
def test_what_fits_nothing_says_what_it_has(record: dict[str, Any], says: str) -> None:
    with pytest.raises(HftermError, match=r".") as caught:
        to_messages(record)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_many_fields_are_not_all_named() -> None:
    with pytest.raises(HftermError, match="and 2 more"):
        to_messages({f"f{i}": i for i in range(10)})


def test_plain_text() -> None:
    assert shape({"text": "x"}) == "text"
    assert to_text({"text": "x"}) == "x"
    assert to_text({"body": "x"}, "body") == "x"
    with pytest.raises(HftermError, match="no field 'text'"):
        to_text({"body": "x"})


def test_tools_are_lists_of_objects_or_their_json() -> None:
    tools = [{"type": "function", "function": {"name": "f"}}]
    assert tools_of({"tools": tools}) == tools_of({"tools": json.dumps(tools)}) == tools
    assert tools_of({"tools": []}) == []
    for nothing in ({}, {"tools": None}, {"tools": ""}):
        assert tools_of(nothing) is None
    for wrong, says in [
        ("hammer", "is no JSON"),
        ({"name": "f"}, "is an object, not a list"),
        (["f"], "is a list, not"),
    ]:
        with pytest.raises(HftermError, match=f"the field 'tools' {says}"):
            tools_of({"tools": wrong})
