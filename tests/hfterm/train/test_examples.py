import pickle
from array import array
from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import HftermError
from hfterm.train.examples import IGNORE, BadExample, build
from hfterm.train.token_table import TokenTable
from support.tiny import tiny_model


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_model(tmp_path_factory.mktemp("tiny") / "model"))


@pytest.fixture
def fresh(tokenizer: Any) -> Any:
    """A tokenizer whose template a test may change."""
    import copy

    return copy.deepcopy(tokenizer)


def learned(tokenizer: Any, row: dict[str, Any], **options: Any) -> list[str]:
    """The stretches of text that are learned."""
    example = build([row], tokenizer, source="x", max_length=options.pop("max_length", 500), **options).first
    parts: list[list[int]] = [[]]
    for token, label in zip(example["input_ids"], example["labels"], strict=True):
        assert label in (token, IGNORE)
        if label == IGNORE:
            parts.append([])
        else:
            parts[-1].append(token)
    return [tokenizer.decode(part) for part in parts if part]


CONVERSATION = {
    "messages": [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Who?"},
        {"role": "assistant", "content": "Mara."},
        {"role": "user", "content": "Where?"},
        {"role": "assistant", "content": "At sea."},
    ]
}


def test_only_the_assistants_turns_are_learned(tokenizer: Any) -> None:
    assert learned(tokenizer, CONVERSATION) == ["Mara.<|end|>\n", "At sea.<|end|>\n"]


def test_all_tokens_on_request(tokenizer: Any) -> None:
    whole = tokenizer.apply_chat_template(CONVERSATION["messages"], tokenize=False)
    assert learned(tokenizer, CONVERSATION, assistant_only=False) == [whole]


@pytest.mark.parametrize(
    "row",
    [
        {"prompt": "Who?", "completion": "Mara."},
        {"instruction": "Who?", "output": "Mara."},
        {"instruction": "Who", "input": "keeps it?", "output": "Mara."},
        {"question": "Who?", "answer": "Mara."},
        {"conversations": [{"from": "human", "value": "Who?"}, {"from": "gpt", "value": "Mara."}]},
    ],
)
def test_every_shape(tokenizer: Any, row: dict[str, Any]) -> None:
    assert learned(tokenizer, row) == ["Mara.<|end|>\n"]


def test_plain_text_is_learned_to_its_end(tokenizer: Any) -> None:
    assert learned(tokenizer, {"text": "the red lamp"}) == ["the red lamp<|end|>"]


def test_without_a_template_a_completion_follows_its_prompt(fresh: Any) -> None:
    fresh.chat_template = None
    assert learned(fresh, {"prompt": "the red", "completion": " lamp"}) == [" lamp<|end|>"]
    with pytest.raises(BadExample, match=r"x: record 1: .*no chat template"):
        build([CONVERSATION], fresh, source="x", max_length=500)


def test_the_prompt_is_tokenized_as_it_will_be_asked(tokenizer: Any) -> None:
    example = build([CONVERSATION], tokenizer, source="x", max_length=500).first
    asked = tokenizer.apply_chat_template(CONVERSATION["messages"][:4], add_generation_prompt=True, tokenize=False)
    ids = tokenizer(asked, add_special_tokens=False)["input_ids"]
    assert example["input_ids"][: len(ids)] == ids
    assert example["labels"][len(ids) - 1] == IGNORE and example["labels"][len(ids)] != IGNORE


def test_a_template_that_rewrites_history_is_refused(fresh: Any) -> None:
    fresh.chat_template = "{% for m in messages %}{% if loop.last %}LAST {% endif %}<|{{ m['role'] }}|>{{ m['content'] }}<|end|>{% endfor %}"
    with pytest.raises(BadExample, match="differently in the whole conversation"):
        build([CONVERSATION], fresh, source="x", max_length=500)


def test_tokens_that_change_at_the_border_are_refused(fresh: Any) -> None:
    fresh.chat_template = None
    # "light" + "house" is one token of the whole, but the prompt alone ends inside it.
    whole = fresh("lighthouse")["input_ids"]
    assert len(whole) < len(fresh("lighth")["input_ids"]) + len(fresh("ouse")["input_ids"])
    with pytest.raises(BadExample, match="tokens change where the assistant's turn begins"):
        build([{"prompt": "lighth", "completion": "ouse"}], fresh, source="x", max_length=500)


def test_a_template_that_refuses(fresh: Any) -> None:
    fresh.chat_template = "{{ raise_exception('no system here') }}"
    with pytest.raises(BadExample, match="the chat template refuses it: no system here"):
        build([CONVERSATION], fresh, source="x", max_length=500)


def test_long_examples_are_cut_and_counted(tokenizer: Any) -> None:
    rows = [
        {"question": "Who?", "answer": "Mara " * 50},
        {"question": "Who? " * 50, "answer": "Mara"},
        {"question": "Who?", "answer": "I"},
    ]
    examples = build(rows, tokenizer, source="x", max_length=30)
    assert (examples.records, examples.truncated, examples.dropped, len(examples)) == (3, 1, 1, 2)
    made = examples.table.dataset()
    assert max(map(len, made["input_ids"])) == 30
    assert examples.tokens == sum(map(len, made["input_ids"]))
    assert examples.learned_tokens == sum(label != IGNORE for labels in made["labels"] for label in labels)


def test_nothing_left_is_an_error(tokenizer: Any) -> None:
    with pytest.raises(HftermError, match="all 1 records lose their answers at 4 tokens; raise --max-length"):
        build([{"question": "Who? " * 9, "answer": "Mara"}], tokenizer, source="x", max_length=4)
    with pytest.raises(HftermError, match="nothing to train on in x: it holds no records"):
        build([], tokenizer, source="x", max_length=4)


def test_bad_records_by_number_or_skipped(tokenizer: Any) -> None:
    good, bad = {"question": "Who?", "answer": "Mara."}, {"foo": 1}
    rows = [good] * 300 + [bad, {"messages": [{"role": "user", "content": "x"}]}, good]
    with pytest.raises(BadExample, match=r"x: record 301: no conversation in it: the record has the field 'foo'"):
        build(rows, tokenizer, source="x", max_length=50)
    examples = build(rows, tokenizer, source="x", max_length=50, skip_bad=True)
    assert (len(examples), examples.bad) == (301, 2)
    with pytest.raises(HftermError, match="no record of it can be used"):
        build([bad], tokenizer, source="x", max_length=50, skip_bad=True)


def test_a_user_only_conversation_has_nothing_to_learn(tokenizer: Any) -> None:
    with pytest.raises(BadExample, match="no assistant turn to learn"):
        build([{"messages": [{"role": "user", "content": "x"}]}], tokenizer, source="x", max_length=50)


def test_texts_beside_conversations_are_told_of(tokenizer: Any) -> None:
    chat, text = {"question": "Who?", "answer": "Mara."}, {"text": "Mara."}
    assert build([chat, CONVERSATION], tokenizer, source="x", max_length=50).mixed is None
    assert "x: record 2 is a text, the first one a conversation" in str(
        build([chat, text, chat, text], tokenizer, source="x", max_length=50).mixed
    )
    assert "x: record 3 is a conversation" in str(build([text, text, chat], tokenizer, source="x", max_length=50).mixed)


def test_many_tokens_go_to_a_file_without_a_name(isolated: Path) -> None:
    """What is mapped is the same, also in another process, and nothing is left of it."""
    rows = [(array("i", range(at, at + 5)), array("i", [-100] * 5)) for at in range(1000)]
    tables = TokenTable(), TokenTable(most=300)
    for table in tables:
        for row in rows:
            table.add(*row)
        assert len(table) == 1000
    inside, mapped = (table.dataset() for table in tables)
    assert inside[:] == mapped[:] and mapped[999]["input_ids"] == list(range(999, 1004))
    assert list((isolated / "hfterm" / "cache").iterdir()) == []
    if Path("/proc/self/fd").exists():
        assert pickle.loads(pickle.dumps(mapped))[7] == inside[7]
