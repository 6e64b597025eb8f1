"""Conversations in the shapes that data sets come in, as one shape: a list of ``{"role", "content"}``."""

import json
from collections.abc import Mapping
from typing import Any

from hfterm.errors import HftermError

Message = dict[str, Any]

SHAPES = "messages, prompt/completion, instruction[/input]/output, question/answer or conversations (from/value)"
# ShareGPT's names, and those people write in its place.
SPEAKERS = {
    "human": "user",
    "user": "user",
    "prompter": "user",
    "gpt": "assistant",
    "assistant": "assistant",
    "model": "assistant",
    "bot": "assistant",
    "chatgpt": "assistant",
    "system": "system",
    "tool": "tool",
    "function": "tool",
}
# A record without any of these holds no conversation.
_TELLING = frozenset(("messages", "conversations", "prompt", "instruction", "question"))


def shape(record: Mapping[str, Any]) -> str | None:
    """A record's shape by its telling field: messages, conversations, prompt, instruction, question, text; or None."""
    if record.keys().isdisjoint(_TELLING):
        return "text" if record.get("text") is not None else None

    def has(*names: str) -> bool:
        return all(record.get(name) is not None for name in names)

    if has("messages"):
        return "messages"
    if has("conversations"):
        return "conversations"
    if has("prompt", "completion"):
        return "prompt"
    if has("instruction") and (has("output") or has("response")):
        return "instruction"
    if has("question", "answer"):
        return "question"
    return "text" if has("text") else None


def to_messages(record: Mapping[str, Any]) -> list[Message]:
    """The conversation of a record, in any of ``SHAPES``; content is text.

    Raises:
        HftermError: the record has none of the shapes; the message names the fields it has.
    """
    kind = shape(record)
    if kind in ("messages", "conversations"):
        return _checked(record[kind], kind)
    if kind == "prompt":
        return [*_side(record["prompt"], "user", "prompt"), *_side(record["completion"], "assistant", "completion")]
    if kind == "instruction":
        # Alpaca's input and Dolly's context are the text that the instruction is about.
        about = record.get("input") or record.get("context")
        asked = _text(record["instruction"], "instruction") + (f"\n\n{_text(about, 'input')}" if about else "")
        answer = record["output"] if record.get("output") is not None else record["response"]
        return [{"role": "user", "content": asked}, {"role": "assistant", "content": _text(answer, "output")}]
    if kind == "question":
        return [
            {"role": "user", "content": _text(record["question"], "question")},
            {"role": "assistant", "content": _text(record["answer"], "answer")},
        ]
    raise HftermError(f"no conversation in it: the record has {_fields(record)}", f"give it {SHAPES}")


def tools_of(record: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """What the model may call in a record's conversation: its ``tools``, a list of JSON schemas or the JSON of one.

    Raises:
        HftermError: the field is something else.
    """
    tools = record.get("tools")
    if isinstance(tools, str) and tools.strip():
        try:
            tools = json.loads(tools)
        except ValueError as exc:
            raise HftermError(f"the field 'tools' is no JSON ({exc})") from exc
    if tools is None or tools == "":
        return None
    if not isinstance(tools, list) or not all(isinstance(tool, Mapping) for tool in tools):
        raise HftermError(f"the field 'tools' is {_kind(tools)}, not a list of objects")
    return [dict(tool) for tool in tools]


def to_text(record: Mapping[str, Any], field: str = "text") -> str:
    """The plain text of a record, for language modelling.

    Raises:
        HftermError: it has no such field, or the field is no text.
    """
    if record.get(field) is None:
        raise HftermError(f"no field {field!r} in it: the record has {_fields(record)}")
    return _text(record[field], field)


def _fields(record: Mapping[str, Any]) -> str:
    names = [repr(str(name)) for name in record]
    if not names:
        return "no fields"
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return f"the field{'s' if len(names) > 1 else ''} {', '.join(names[:8])}{more}"


def _text(value: Any, field: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)  # a CSV or JSON answer like 42
    raise HftermError(f"the field {field!r} is {_kind(value)}, not text")


def _side(value: Any, role: str, field: str) -> list[Message]:
    if isinstance(value, list):
        return _checked(value, field)
    return [{"role": role, "content": _text(value, field)}]


def _checked(value: Any, field: str) -> list[Message]:
    if not isinstance(value, list) or not value:
        raise HftermError(f"the field {field!r} is {_kind(value)}, not a list of messages")
    messages = []
    for number, item in enumerate(value, 1):
        where = f"message {number} of {field!r}"
        if not isinstance(item, Mapping):
            raise HftermError(f"{where} is {_kind(item)}, not an object with role and content")
        messages.append(_message(item, where))
    return messages


def _message(item: Mapping[str, Any], where: str) -> Message:
    if "from" in item and "role" not in item:
        role = SPEAKERS.get(str(item["from"]).lower())
        if role is None:
            raise HftermError(f"{where} is from {item['from']!r}", f"write one of {', '.join(SPEAKERS)}")
        content, rest = item.get("value"), {}
    else:
        role, content = item.get("role"), item.get("content")
        rest = {k: v for k, v in item.items() if k not in ("role", "content")}
    if not isinstance(role, str) or not role:
        raise HftermError(f"{where} has no role", "write user, assistant or system")
    if isinstance(content, list):
        content = _joined(content, where)
    if content is None and rest.get("tool_calls"):
        content = ""
    if not isinstance(content, str):
        raise HftermError(f"{where} has {_kind(content)} as content, not text")
    return {"role": role, "content": content, **rest}


def _joined(parts: list[Any], where: str) -> str:
    """The text of content given in parts, as multimodal data sets do."""
    texts = []
    for part in parts:
        text = part.get("text") if isinstance(part, Mapping) else part
        if not isinstance(text, str):
            raise HftermError(f"{where} has content that is no text (an image or sound?)")
        texts.append(text)
    return "".join(texts)


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", bool: "a yes/no", int: "a number", float: "a number", str: "a text"}
    if value is None:
        return "nothing"
    return (
        f"an empty {names[type(value)].split()[-1]}"
        if value in ([], {}, "")
        else names.get(type(value), type(value).__name__)
    )
