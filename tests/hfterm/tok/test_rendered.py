import json
from pathlib import Path

import pytest

from hfterm.errors import HftermError
from hfterm.tok.rendered import render
from hfterm.tok.tokenizer import load
from support.tiny import facts_file, tiny_model


def test_conversations_are_as_transformers_makes_them(tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    folder = tiny_model(tmp_path / "tiny")
    theirs = AutoTokenizer.from_pretrained(folder)
    file = facts_file(tmp_path / "facts.jsonl")
    rows = list(render([str(file)], load(folder), ids=True, generation_prompt=True))
    assert len(rows) == 6
    for row, line in zip(rows, file.read_text().splitlines(), strict=True):
        fact = json.loads(line)
        said = [{"role": "user", "content": fact["question"]}, {"role": "assistant", "content": fact["answer"]}]
        assert row["text"] == theirs.apply_chat_template(said, tokenize=False, add_generation_prompt=True)
        assert row["ids"] == theirs.apply_chat_template(said, add_generation_prompt=True)["input_ids"]
        assert row["tokens"] == len(row["ids"])


def test_texts_columns_and_fields(tmp_path: Path) -> None:
    tokenizer = load(tiny_model(tmp_path / "tiny"))
    said = [{"role": "user", "content": "the lamp"}]
    (tmp_path / "a.jsonl").write_text(json.dumps({"said": said, "n": 1}) + "\n")
    (tmp_path / "a.txt").write_text("the lamp\n")
    [row] = render([str(tmp_path / "a.jsonl")], tokenizer, column="said", keep=True)
    [plain] = render([str(tmp_path / "a.txt")], tokenizer)
    assert row == {"said": said, "n": 1, **plain}
    assert plain["text"] == "<|user|>the lamp<|end|>\n"
    with pytest.raises(HftermError, match=r"cannot render .*record 1: no text and no conversation"):
        list(render([str(tmp_path / "a.jsonl")], tokenizer))
    tokenizer.path.joinpath("chat_template.jinja").unlink()
    with pytest.raises(HftermError, match="has no chat template"):
        list(render([str(tmp_path / "a.txt")], load(tokenizer.path)))


def test_a_records_tools_reach_the_template(tmp_path: Path) -> None:
    tokenizer = load(tiny_model(tmp_path / "tiny"))
    template = "{% for tool in tools or [] %}{{ tool.name }};{% endfor %}{{ messages[0].content }}"
    (tokenizer.path / "chat_template.jinja").write_text(template)
    tokenizer = load(tokenizer.path)
    said = [{"role": "user", "content": "the lamp"}]
    rows = [
        {"messages": said, "tools": [{"name": "light"}]},
        {"messages": said, "tools": '[{"name": "dim"}]'},
        {"question": "the lamp", "answer": "red"},
        {"messages": said, "tools": "hammer"},
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    bad: list[HftermError] = []
    found = render([str(tmp_path / "a.jsonl")], tokenizer, on_bad=bad.append)
    assert [row["text"] for row in found] == ["light;the lamp", "dim;the lamp", "the lamp"]
    assert "record 4: the field 'tools' is no JSON" in bad[0].message
