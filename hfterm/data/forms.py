"""Records of the usual shapes turned into one: a chat, a prompt and its completion, a preference, a text."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hfterm.errors import HftermError
from hfterm.tok.messages import Message, shape, to_messages
from hfterm.tok.messages import to_text as plain_text

FORMS = ("chat", "prompt-completion", "preference", "text")
PROMPTS = ("prompt", "question", "instruction", "input")
# Fields that the shapes are made of; the others can be kept beside them.
_FIELDS = (
    ("messages", "conversations", "tools", "system", "text"),
    ("prompt", "completion", "chosen", "rejected"),
    ("instruction", "input", "context", "output", "response", "question", "answer"),
)
USED = frozenset(name for names in _FIELDS for name in names)
# Writes a conversation as a model's chat template does.
Render = Callable[[Sequence[Mapping[str, Any]]], str]

_TURN = "\n\nAssistant:"  # https://huggingface.co/datasets/Anthropic/hh-rlhf


def turned(record: Mapping[str, Any], to: str, *, render: Render | None = None, keep: bool = False) -> dict[str, Any]:
    """A record as one of ``FORMS``; with ``keep`` the fields that are no part of a shape stay beside it.

    Raises:
        HftermError: it cannot be turned into that.
    """
    if to == "chat":
        made = to_chat(record)
    elif to == "prompt-completion":
        made = to_prompt_completion(record)
    elif to == "preference":
        made = to_preference(record)
    else:
        made = to_text(record, render)
    if keep:
        made |= {name: value for name, value in record.items() if name not in USED and name not in made}
    return made


def to_chat(record: Mapping[str, Any]) -> dict[str, Any]:
    """``messages``, and ``tools`` where there are some.

    Raises:
        HftermError: there is no conversation in it.
    """
    tools = {"tools": record["tools"]} if record.get("tools") else {}
    return {"messages": to_messages(record), **tools}


def to_prompt_completion(record: Mapping[str, Any]) -> dict[str, Any]:
    """``prompt`` and ``completion``: lists of messages out of a chat (the last answer is learned), else texts.

    Raises:
        HftermError: there is no conversation in it, or it does not end in an answer.
    """
    messages = to_messages(record)
    if messages[-1].get("role") != "assistant":
        raise HftermError("its last message is not the assistant's, so there is no completion")
    if len(messages) == 1:
        raise HftermError("nothing comes before its answer, so there is no prompt")
    kind = shape(record)
    if kind == "prompt":
        prompt, completion = record["prompt"], record["completion"]
        if isinstance(prompt, list) or isinstance(completion, list):
            at = len(to_messages({"messages": prompt})) if isinstance(prompt, list) else 1
            return {"prompt": messages[:at], "completion": messages[at:]}
    elif kind in ("messages", "conversations"):
        tools = {"tools": record["tools"]} if record.get("tools") else {}
        return {"prompt": messages[:-1], "completion": messages[-1:], **tools}
    return {"prompt": messages[0]["content"], "completion": messages[1]["content"]}


def to_preference(record: Mapping[str, Any]) -> dict[str, Any]:
    """``prompt``, ``chosen`` and ``rejected``; a prompt that both answers begin with is taken off them.

    Texts stay texts and messages messages; a record with a field ``system`` becomes messages.

    Raises:
        HftermError: there is no such pair of answers in it, or no prompt.
    """
    for side in ("chosen", "rejected"):
        if record.get(side) is None:
            raise HftermError(f"no field {side!r} in it", "a preference has chosen and rejected, and mostly a prompt")
    chosen, rejected = record["chosen"], record["rejected"]
    name = next((one for one in PROMPTS if record.get(one) is not None), None)
    prompt = record[name] if name else None
    if isinstance(chosen, str) and isinstance(rejected, str):
        if prompt is None:
            return _of_transcripts(chosen, rejected)
        if isinstance(prompt, str) and "system" not in record:
            return {"prompt": prompt, "chosen": chosen, "rejected": rejected}
    return _of_messages(
        prompt if prompt is None else _messages(prompt, "user", name or "prompt"),
        _messages(chosen, "assistant", "chosen"),
        _messages(rejected, "assistant", "rejected"),
        record.get("system"),
    )


def _of_messages(
    prompt: list[Message] | None, chosen: list[Message], rejected: list[Message], system: object
) -> dict[str, Any]:
    shared = 0
    while shared < min(len(chosen), len(rejected)) and chosen[shared] == rejected[shared]:
        shared += 1
    whole = chosen[0]["role"] != "assistant"
    if whole or rejected[0]["role"] != "assistant":
        # The prompt stands in both answers; the last shared turn is theirs only when it is not all that they are.
        prompt, chosen, rejected = chosen[:shared], chosen[shared:], rejected[shared:]
    if not prompt:
        raise HftermError("chosen and rejected have no prompt in common, and there is no field 'prompt'")
    if not chosen or not rejected:
        raise HftermError("one of chosen and rejected is no answer of its own")
    if isinstance(system, str) and system and prompt[0]["role"] != "system":
        prompt = [{"role": "system", "content": system}, *prompt]
    return {"prompt": prompt, "chosen": chosen, "rejected": rejected}


def _of_transcripts(chosen: str, rejected: str) -> dict[str, Any]:
    """Of whole conversations as texts: what both share up to the last place where an assistant begins."""
    shared = 0
    for one, other in zip(chosen, rejected, strict=False):
        if one != other:
            break
        shared += 1
    at = chosen.rfind(_TURN, 0, shared)
    if at < 0:
        raise HftermError("there is no field 'prompt' in it", "a preference has prompt, chosen and rejected")
    at += len(_TURN)
    return {"prompt": chosen[:at], "chosen": chosen[at:], "rejected": rejected[at:]}


def _messages(value: Any, role: str, field: str) -> list[Message]:
    if isinstance(value, str):
        return [{"role": role, "content": value}]
    if not isinstance(value, list) or not value:
        raise HftermError(f"the field {field!r} is neither a text nor a list of messages")
    return to_messages({"messages": value})


def to_text(record: Mapping[str, Any], render: Render | None = None) -> dict[str, Any]:
    """``text``: the field of that name, else the conversation as ``render`` writes it.

    Raises:
        HftermError: there is neither, or nothing to write a conversation with.
    """
    if shape(record) == "text":
        return {"text": plain_text(record)}
    messages = to_messages(record)
    if render is not None:
        return {"text": render(messages)}
    if shape(record) == "prompt" and isinstance(record["prompt"], str) and isinstance(record["completion"], str):
        return {"text": record["prompt"] + record["completion"]}
    raise HftermError("a conversation has no plain text of its own", "add --tok MODEL: its chat template writes one")
