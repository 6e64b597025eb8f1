import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import HftermError, NotFoundError, PartlyDoneError
from hfterm.tok import texts
from hfterm.tok.count import count
from hfterm.tok.tokenizer import Tokenizer, load
from support.tiny import facts_file, tiny_model


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    return load(tiny_model(tmp_path_factory.mktemp("tok") / "tiny"))


def write(path: Path, rows: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def test_a_text_file_counts_line_by_line(tokenizer: Tokenizer, tmp_path: Path) -> None:
    lines = ["the lighthouse keeper", "", "Grüße 😀 an alle"]
    (tmp_path / "a.txt").write_text("\n".join(lines) + "\n")
    sizes = [len(tokenizer.encode(line)) for line in lines]
    [row] = count([str(tmp_path / "a.txt")], tokenizer)
    assert row == {
        "source": str(tmp_path / "a.txt"),
        "records": 3,
        "tokens": sum(sizes),
        "characters": sum(map(len, lines)),
        "min": 0,
        "mean": round(sum(sizes) / 3, 2),
        "max": max(sizes),
    }


def test_conversations_count_as_the_template_writes_them(tokenizer: Tokenizer, tmp_path: Path) -> None:
    [row] = count([str(facts_file(tmp_path / "facts.jsonl"))], tokenizer)
    records = [json.loads(line) for line in (tmp_path / "facts.jsonl").read_text().splitlines()]
    texts = [
        tokenizer.render([{"role": "user", "content": r["question"]}, {"role": "assistant", "content": r["answer"]}])
        for r in records
    ]
    assert (row["records"], row["tokens"]) == (6, sum(len(tokenizer.encode(t)) for t in texts))


def test_a_column_counts_instead(tokenizer: Tokenizer, tmp_path: Path) -> None:
    rows = [{"question": "who", "answer": "Mara", "n": 12, "chat": [{"role": "user", "content": "the lamp"}]}]
    source = write(tmp_path / "a.jsonl", rows)
    for column, text in [("answer", "Mara"), ("n", "12"), ("chat", tokenizer.render(rows[0]["chat"]))]:
        [row] = count([source], tokenizer, column=column)
        assert row["tokens"] == len(tokenizer.encode(text))


def test_several_sources_end_with_a_total(tokenizer: Tokenizer, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("the\nthe keeper\n")
    (tmp_path / "b.txt").write_text("")
    (tmp_path / "c.csv").write_text("text,other\nthe lamp,1\n")
    names = [str(tmp_path / n) for n in ("a.txt", "b.txt", "c.csv")]
    rows = list(count(names, tokenizer))
    assert [r["source"] for r in rows] == [*names, "total"]
    assert rows[1] == {**rows[1], "records": 0, "tokens": 0, "min": None, "mean": None, "max": None}
    assert rows[3]["tokens"] == rows[0]["tokens"] + rows[2]["tokens"]
    assert rows[3]["records"] == 3
    assert rows[3]["min"] == min(rows[0]["min"], rows[2]["min"])


def test_each_gives_one_record_a_text(tokenizer: Tokenizer, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("the\nthe keeper\n")
    rows = list(count([str(tmp_path / "a.txt")], tokenizer, each=True))
    assert [(r["record"], r["characters"]) for r in rows] == [(1, 3), (2, 10)]
    assert [r["tokens"] for r in rows] == tokenizer.lengths(["the", "the keeper"])


def test_special_tokens_go_around_plain_texts_only(tmp_path: Path) -> None:
    folder = tiny_model(tmp_path / "tiny")
    data = json.loads((folder / "tokenizer.json").read_text())
    end = next(t["id"] for t in data["added_tokens"] if t["content"] == "<|end|>")
    data["post_processor"] = {
        "type": "TemplateProcessing",
        "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "<|end|>", "type_id": 0}}],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
        "special_tokens": {"<|end|>": {"id": "<|end|>", "ids": [end], "tokens": ["<|end|>"]}},
    }
    (folder / "tokenizer.json").write_text(json.dumps(data))
    tokenizer = load(folder)
    source = write(tmp_path / "a.jsonl", [{"text": "the"}, {"question": "the", "answer": "the"}, {"text": "the"}])
    plain = [r["tokens"] for r in count([source], tokenizer, each=True)]
    special = [r["tokens"] for r in count([source], tokenizer, each=True, special=True)]
    assert special == [plain[0] + 1, plain[1], plain[2] + 1]


def test_batches_change_nothing(tokenizer: Tokenizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("".join(f"the keeper {i}\n" for i in range(50)))
    [whole] = count([str(tmp_path / "a.txt")], tokenizer)
    for records, characters in [(1, 10), (7, 10_000), (10_000, 30)]:
        monkeypatch.setattr(texts, "BATCH_RECORDS", records)
        monkeypatch.setattr(texts, "BATCH_CHARACTERS", characters)
        assert list(count([str(tmp_path / "a.txt")], tokenizer)) == [whole]


def test_memory_stays_bounded(tokenizer: Tokenizer, tmp_path: Path) -> None:
    line = "the lighthouse keeper of Brindle " * 30 + "\n"
    with (tmp_path / "big.txt").open("w") as stream:
        for _ in range(20_000):  # 20 MB
            stream.write(line)
    tracemalloc.start()
    try:
        [row] = count([str(tmp_path / "big.txt")], tokenizer)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert row["records"] == 20_000
    assert peak < 8 * 2**20


def test_an_unusable_record_is_named(tokenizer: Tokenizer, tmp_path: Path) -> None:
    source = write(tmp_path / "a.jsonl", [{"text": "fine"}, {"title": "x"}])
    with pytest.raises(HftermError, match=r"record 2: no text and no conversation .* --column from title"):
        list(count([source], tokenizer))
    with pytest.raises(HftermError, match="record 1: no column 'nope'; it has text"):
        list(count([source], tokenizer, column="nope"))


def test_one_source_of_several_may_fail(tokenizer: Tokenizer, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("the\n")
    rows = []
    with pytest.raises(PartlyDoneError, match=r"1 of 2 not counted: no such file: .*gone.txt") as caught:
        for row in count([str(tmp_path / "gone.txt"), str(tmp_path / "a.txt")], tokenizer):
            rows.append(row)
    assert [r["records"] for r in rows] == [1, 1]
    assert len(caught.value.failed) == 1
    with pytest.raises(NotFoundError):
        list(count([str(tmp_path / "gone.txt")], tokenizer))
