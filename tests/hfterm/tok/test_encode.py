import json
from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import HftermError, UsageError
from hfterm.tok.encode import decode, encode
from hfterm.tok.tokenizer import Tokenizer, load
from hfterm.tok.train import train
from support.tiny import tiny_model
from support.trained import GREETING, greeting_files, trained


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    return load(tiny_model(tmp_path_factory.mktemp("encode") / "tiny"))


@pytest.fixture
def bert(tmp_path: Path) -> Tokenizer:
    return load(trained(tmp_path / "bert", "wordpiece", vocab_size=300))


def lines(path: Path, rows: list[Any]) -> list[str]:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return [str(path)]


TEXTS = ["the lighthouse keeper", "", GREETING, "Grüße\t\x00 ​ an alle", "lamp " * 500]


def test_ids_are_those_of_the_library_and_come_back_as_text(tokenizer: Tokenizer, tmp_path: Path) -> None:
    source = lines(tmp_path / "a.jsonl", [{"text": text} for text in TEXTS])
    rows = list(encode(source, tokenizer))
    assert rows == [{"ids": tokenizer.encode(text)} for text in TEXTS]
    back = decode(lines(tmp_path / "ids.jsonl", rows), tokenizer)
    assert [row["text"] for row in back] == TEXTS


def test_ids_are_those_of_transformers(bert: Tokenizer, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    theirs = AutoTokenizer.from_pretrained(bert.path)
    rows = list(encode(lines(tmp_path / "a.jsonl", [{"text": t} for t in TEXTS]), bert, special=True, max_length=9))
    assert [row["ids"] for row in rows] == theirs(TEXTS, truncation=True, max_length=9)["input_ids"]


def test_offsets_find_the_tokens_in_the_text(tokenizer: Tokenizer, tmp_path: Path) -> None:
    text = "Grüße, the lamp"
    [row] = encode(lines(tmp_path / "a.txt", [text]), tokenizer, tokens=True, offsets=True)
    assert len(row["ids"]) == len(row["tokens"]) == len(row["offsets"])
    assert [tokenizer.raw.token_to_id(token) for token in row["tokens"]] == row["ids"]
    assert text[row["offsets"][-1][0] : row["offsets"][-1][1]].strip() == "lamp"


def test_tokens_alone_are_the_same(bert: Tokenizer, tmp_path: Path) -> None:
    source = lines(tmp_path / "a.txt", ["the lamp 😁"])
    [row] = encode(source, bert, tokens=True)
    assert row["tokens"] == ["the", "lamp", "[UNK]"]
    assert next(encode(source, bert, tokens=True, special=True))["tokens"] == ["[CLS]", *row["tokens"], "[SEP]"]


def test_conversations_go_through_the_template(tokenizer: Tokenizer, tmp_path: Path) -> None:
    said = [{"role": "user", "content": "the lamp"}]
    [row] = encode(lines(tmp_path / "a.jsonl", [{"messages": said}]), tokenizer, generation_prompt=True)
    text = "<|user|>the lamp<|end|>\n<|assistant|>"
    assert row["ids"] == tokenizer.encode(text)
    plain = lines(tmp_path / "a.txt", ["the lamp"])
    assert list(encode(plain, tokenizer, chat=True, generation_prompt=True)) == [row]
    assert list(encode(plain, tokenizer)) == [{"ids": tokenizer.encode("the lamp")}]
    back = decode(lines(tmp_path / "ids.jsonl", [row]), tokenizer, special=True)
    assert [r["text"] for r in back] == [text]


def test_a_records_own_fields_are_kept(tokenizer: Tokenizer, tmp_path: Path) -> None:
    [row] = encode(lines(tmp_path / "a.jsonl", [{"text": "the", "label": 3, "ids": "x"}]), tokenizer, keep=True)
    assert row == {"text": "the", "label": 3, "ids": tokenizer.encode("the")}
    [back] = decode(lines(tmp_path / "b.jsonl", [{"ids": row["ids"], "label": 3}]), tokenizer, keep=True)
    assert back == {"ids": row["ids"], "label": 3, "text": "the"}


def test_a_length_below_the_special_tokens_is_refused(bert: Tokenizer, tmp_path: Path) -> None:
    source = lines(tmp_path / "a.txt", ["the lamp"])
    with pytest.raises(UsageError, match="the special tokens alone are 2"):
        list(encode(source, bert, special=True, max_length=2))
    assert [len(row["ids"]) for row in encode(source, bert, special=True, max_length=3)] == [3]


def test_what_the_tokenizer_cannot_encode_is_no_traceback(tmp_path: Path) -> None:
    train("wordpiece", greeting_files(tmp_path), str(tmp_path / "tok"))
    data = json.loads((tmp_path / "tok" / "tokenizer.json").read_text())
    data["model"]["unk_token"] = "[GONE]"
    (tmp_path / "tok" / "tokenizer.json").write_text(json.dumps(data))
    with pytest.raises(HftermError, match=r"the tokenizer cannot encode a text: .*[Mm]issing .*from the vocabulary"):
        list(encode(lines(tmp_path / "a.txt", ["😁"]), load(tmp_path / "tok")))


@pytest.mark.parametrize("line", ["{ids}", "{spaced}", '{{"input_ids": {ids}}}', '{{"tokens": {ids}, "ids": null}}'])
def test_ids_are_taken_in_every_shape(line: str, tokenizer: Tokenizer, tmp_path: Path) -> None:
    ids = tokenizer.encode("the lamp")
    text = line.format(ids=json.dumps(ids), spaced=", ".join(map(str, ids)))
    for name in ("a.jsonl", "a.txt", "unknown"):
        assert [row["text"] for row in decode(lines(tmp_path / name, [text, ""]), tokenizer)] == ["the lamp"]


def test_ids_are_taken_of_tables(tokenizer: Tokenizer, tmp_path: Path) -> None:
    ids = tokenizer.encode("the lamp")
    (tmp_path / "a.csv").write_text(f'n,ids\n1,"{ids}"\n2,{ids[0]}\n')
    (tmp_path / "a.json").write_text(json.dumps([{"x": ids}]))
    assert [r["text"] for r in decode([str(tmp_path / "a.csv")], tokenizer)] == ["the lamp", "the"]
    assert [r["text"] for r in decode([str(tmp_path / "a.json")], tokenizer, column="x")] == ["the lamp"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("1 x", "record 2: 'x' is no token id"),
        ("99999", "record 2: no token has the id 99999; the vocabulary is 0 to"),
        ("[-100]", "record 2: no token has the id -100"),
        (f"[{2**40}]", "record 2: no token has the id"),
        ("[1.5]", "record 2: '1.5' is no token id"),
        ("[[1]]", r"record 2: '\[1\]' is no token id"),
        ("[true]", "record 2: 'True' is no token id"),
        ("[1", "record 2: not JSON"),
        ('{"ids": {}}', "record 2: the field 'ids' holds no list of ids"),
        ('{"idx": [1]}', "record 2: no column 'ids'; it has idx"),
        ("١٢", "is no token id"),
    ],
)
def test_what_is_no_id_is_named(line: str, says: str, tokenizer: Tokenizer, tmp_path: Path) -> None:
    source = lines(tmp_path / "ids.txt", ["1 2", line, "3"])
    with pytest.raises(HftermError, match=says):
        list(decode(source, tokenizer))
    bad: list[HftermError] = []
    assert len(list(decode(source, tokenizer, on_bad=bad.append))) == 2
    assert len(bad) == 1


def test_half_a_surrogate_pair_is_told_with_its_record(tokenizer: Tokenizer, tmp_path: Path) -> None:
    source = lines(tmp_path / "a.jsonl", ['{"text": "the"}', '{"text": "\\ud800"}', '{"text": "\\ud83d\\ude01 lamp"}'])
    with pytest.raises(HftermError, match="record 2: the text holds half of a surrogate pair"):
        list(encode(source, tokenizer))
    bad: list[HftermError] = []
    assert list(encode(source, tokenizer, on_bad=bad.append)) == [
        {"ids": tokenizer.encode(t)} for t in ("the", "😁 lamp")
    ]
    assert len(bad) == 1
