"""Our rendering against transformers' own, on templates in the style of real models."""

from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import HftermError
from hfterm.tok.template import render
from hfterm.tok.tokenizer import load
from support.tiny import tiny_model

SMOLLM2 = (
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\n"
    "You are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n' }}{% endif %}"
    "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
# Whitespace control, loop controls, namespaces, macros, string methods: what larger models' templates use.
BUSY = """{%- macro tool(t) -%}
{{ t.function.name }}({{ t.function.arguments | tojson }})
{%- endmacro -%}
{% set ns = namespace(found=false, n=0) %}
{% for m in messages %}
    {% if m.role == 'system' %}
        {% set ns.found = true %}
        {% continue %}
    {% endif %}
    {%- set ns.n = ns.n + 1 -%}
[{{ ns.n }}:{{ m['role'] | upper }}] {{ m.content.strip() }}
    {% if m.tool_calls is defined %}{% for t in m.tool_calls %}{{ tool(t) }}{% endfor %}{% endif %}
    {% if m.reasoning_content is defined %}<think>{{ m.reasoning_content }}</think>{% endif %}
    {% if ns.n >= 4 %}{% break %}{% endif %}
{% endfor %}
{{ bos_token }}|{{ eos_token }}|{{ dict(a=1) | tojson }}|{{ ns.found }}
{% if add_generation_prompt %}ASSISTANT:{% endif %}"""
GENERATION = (
    "{% for m in messages %}{{ m.role }}: {% if m.role == 'assistant' %}"
    "{% generation %}{{ m.content }}{{ eos_token }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}\n{% endfor %}"
)
TOJSON = "{{ messages | tojson(indent=2) }}{{ '<a href=\"x\">&' | tojson }}"
DEFAULTED = "{{ (documents or []) | length }}{{ tools is none }}{{ custom | default('no') }}{% for m in messages[::-1] %}{{ loop.index0 }}{{ m.content }}{% endfor %}"

CHATS: list[list[dict[str, Any]]] = [
    [{"role": "user", "content": "What is 2 + 2?"}],
    [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": " <b>Grüße</b> & 日本 😀 \n"},
        {"role": "assistant", "content": "Ja."},
    ],
    [
        {"role": "user", "content": "call it"},
        {
            "role": "assistant",
            "content": "",
            "reasoning": "hm",
            "tool_calls": [{"type": "function", "function": {"name": "f", "arguments": {"x": [1, 2.5, None, "é"]}}}],
        },
        {"role": "tool", "content": "4"},
        {"role": "user", "content": "and?"},
        {"role": "assistant", "content": "done", "thinking": "yes"},
    ],
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("tok") / "tiny")


@pytest.mark.parametrize("prompt", [False, True])
@pytest.mark.parametrize("chat", CHATS)
@pytest.mark.parametrize("template", [SMOLLM2, BUSY, GENERATION, TOJSON, DEFAULTED])
def test_equals_transformers(folder: Path, template: str, chat: list[dict[str, Any]], prompt: bool) -> None:
    from transformers import AutoTokenizer

    theirs = AutoTokenizer.from_pretrained(folder)
    theirs.bos_token = "<|system|>"
    expected = theirs.apply_chat_template(chat, chat_template=template, tokenize=False, add_generation_prompt=prompt)
    special = {"bos_token": "<|system|>", **load(folder).special}
    assert render(template, chat, add_generation_prompt=prompt, variables=special) == expected


def test_the_tokenizers_own_template_and_ids_equal_transformers(folder: Path) -> None:
    from transformers import AutoTokenizer

    theirs, ours = AutoTokenizer.from_pretrained(folder), load(folder)
    for chat in CHATS[:2]:
        expected = theirs.apply_chat_template(chat, tokenize=True, return_dict=False)
        assert ours.encode(ours.render(chat)) == expected


TOOLS = [{"type": "function", "function": {"name": "f", "description": "é <b>", "parameters": {"type": "object"}}}]
WITH_TOOLS = (
    "{% if tools %}{% for tool in tools %}{{ tool | tojson }}\n{% endfor %}{% endif %}"
    "{{ tools is none }}{% for m in messages %}{{ m.content }}{% endfor %}"
)


@pytest.mark.parametrize("tools", [None, [], TOOLS])
def test_tools_reach_the_template_as_transformers_gives_them(folder: Path, tools: list[dict[str, Any]] | None) -> None:
    from transformers import AutoTokenizer

    theirs = AutoTokenizer.from_pretrained(folder)
    theirs.chat_template = {"default": "{{ messages[0].content }}", "tool_use": WITH_TOOLS}
    theirs.save_pretrained(folder.parent / "named")
    ours = load(folder.parent / "named")
    expected = theirs.apply_chat_template(CHATS[0], tools=tools, tokenize=False)
    assert ours.render(CHATS[0], tools=tools) == expected
    theirs.chat_template = WITH_TOOLS
    theirs.save_pretrained(folder.parent / "one")
    expected = theirs.apply_chat_template(CHATS[0], tools=tools, tokenize=False)
    assert load(folder.parent / "one").render(CHATS[0], tools=tools) == expected
    assert ("name" in expected) == (tools == TOOLS)


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("{% for m in messages %}", "is broken"),
        ("{{ raise_exception('no system here') }}", "refuses the conversation: no system here"),
        ("{{ messages[0].content + 1 }}", "fails on the conversation"),
        ("{% set ns = namespace() %}{% set ns.__class__ = 1 %}", "refuses"),
        ("{% set ns = namespace(_x=1) %}", "refuses"),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "refuses"),
        ("{{ messages.append(1) }}", "refuses"),
        ("{{ 1 / 0 }}", "fails"),
    ],
)
def test_a_bad_template_is_one_clear_line(template: str, says: str) -> None:
    with pytest.raises(HftermError) as caught:
        render(template, CHATS[0])
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
