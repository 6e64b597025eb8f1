import json
from pathlib import Path
from typing import Any

import pytest

from hfterm.train.recipes import from_dict
from hfterm.train.schema import sources
from support.tiny import facts_file


def problems(method: str, model: str, data: Any, **more: Any) -> list[str]:
    return [message for _, message, _ in sources.look(from_dict(method, {"model": model, "data": data, **more}))]


@pytest.fixture
def folder(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a model's config and data, and the current one."""
    monkeypatch.chdir(isolated)
    model = isolated / "model"
    model.mkdir()
    (model / "config.json").write_text(json.dumps({"model_type": "llama", "architectures": ["LlamaForCausalLM"]}))
    (model / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    facts_file(isolated / "facts.jsonl")
    return isolated


def test_what_is_there_and_fits_is_no_problem(folder: Path) -> None:
    assert problems("sft", "./model", "facts.jsonl", eval_data="facts.jsonl") == []
    assert problems("sft", "./model", ["facts.jsonl", "*.jsonl"], columns={"prompt": "question", "completion": "answer"}) == []  # fmt: skip
    assert problems("sft", "org/model", "org/data@main") == []  # of the Hub
    assert problems("sft", "org/model", "-") == []


def test_what_is_missing_or_does_not_fit_is_said(folder: Path) -> None:
    (folder / "empty.jsonl").touch()
    (folder / "torn.jsonl").write_text('{"text": "x"}\n{"tex')
    (folder / "other.jsonl").write_text('{"question": "q", "answer": "a"}\n{"a": 1}\n')
    (folder / "none").mkdir()
    for method, model, data, words in (
        ("sft", "./gone", "facts.jsonl", "model: no such file or folder: './gone'"),
        ("sft", "run:gone", "facts.jsonl", "model: no run named 'gone'"),
        ("sft", "./none", "facts.jsonl", "model: "),
        ("sft", "./model", "gone.jsonl", "data: no such file"),
        ("sft", "./model", "gone*.jsonl", "data: no file matches"),
        ("sft", "./model", "empty.jsonl", "data: empty.jsonl is empty"),
        ("sft", "./model", "torn.jsonl", "line 2"),
        ("sft", "./model", "other.jsonl", "data: other.jsonl: row 2 cannot be used for sft"),
        ("dpo", "./model", "facts.jsonl", "row 1 cannot be used for dpo"),
        ("kto", "./model", "facts.jsonl", "row 1 cannot be used for kto"),
    ):
        found = problems(method, model, data)
        assert len(found) == 1 and words in found[0], (found, words)
    assert problems("sft", "./model", "other.jsonl", skip_bad=True) == []
    assert "no column 'quest'" in problems("sft", "./model", "facts.jsonl", columns={"prompt": "quest"})[0]
    assert problems("sft", "./model", "facts.jsonl", device="gpu")[0].startswith("device: no such device 'gpu'")
    assert len(problems("sft", "./gone", ["gone.jsonl", "facts.jsonl"], eval_data="gone2.jsonl", device="x")) == 4


def jsonl(path: Path, *rows: Any) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path.name


@pytest.mark.parametrize(
    ("method", "good", "bad", "words"),
    [
        ("clm", {"text": "a"}, {"body": "a"}, "row 2 cannot be used for clm: no text in it: the record has 'body'"),
        ("clm", {"input_ids": [1, 2]}, {"input_ids": ["a"]}, "row 2 cannot be used for clm: no text in it"),
        ("mlm", {"text": "a"}, {"input_ids": [1, 2]}, "row 2 cannot be used for mlm: it has token ids, no text"),
        ("seq2seq", {"source": "a", "target": "b"}, {"source": "a"}, "row 2 cannot be used for seq2seq: no target"),
        ("classify", {"text": "a", "label": 1}, {"text": "a"}, "row 2 cannot be used for classify: no label in it"),
        ("classify", {"text": "a", "label": 1}, {"text": "a", "label": [2]}, "some labels are lists and some are not"),
        ("classify", {"text": "a", "label": 1}, {"text": "b", "label": 1}, "rows.jsonl has only the label '1'"),
        ("tag", {"tokens": ["a", "b"], "tags": ["O", "X"]}, {"tokens": ["a"], "tags": []}, "1 words and 0 tags"),
        ("tag", {"tokens": ["a"], "tags": ["O"]}, {"tokens": ["a"], "tags": ["O"]}, "has only the label 'O'"),
        ("kto", {"prompt": "a", "completion": "b", "label": True}, {"prompt": "a", "completion": "c", "label": True},
         "all 2 answers have the label true"),
        ("image", {"image": "a.png", "label": "x"}, {"image": "gone.png", "label": "y"}, "'gone.png' is not there"),
    ],
)  # fmt: skip
def test_rows_of_every_method_are_looked_at(
    folder: Path, method: str, good: dict[str, Any], bad: dict[str, Any], words: str
) -> None:
    if method == "image":
        pytest.importorskip("PIL.Image").new("RGB", (4, 4)).save(folder / "a.png")
    name = jsonl(folder / "rows.jsonl", good, bad)
    [found] = problems(method, "org/model", name)
    assert found.startswith("data: ") and words in found


def test_labels_that_only_the_evaluation_has(folder: Path) -> None:
    train = jsonl(folder / "train.jsonl", *({"text": "a", "label": one} for one in ("good", "bad")))
    fair = jsonl(folder / "fair.jsonl", {"text": "a", "label": "bad"})
    odd = jsonl(folder / "odd.jsonl", {"text": "a", "label": "great"})
    assert problems("classify", "./model", train, eval_data=[fair, f"other={fair}"]) == []
    assert problems("classify", "./model", train, eval_data=[fair, odd]) == [
        "data: odd.jsonl has the label 'great', which the data that is trained on has not"
    ]
    # A model that is not here may know more labels than the data.
    assert problems("classify", "org/model", train, eval_data=odd) == []


def test_folders_of_images_and_sounds_are_opened(folder: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    for label in ("cat", "dog"):
        (folder / "pets" / label).mkdir(parents=True)
        image.new("RGB", (4, 4)).save(folder / "pets" / label / "a.png")
    assert problems("image", "org/model", "pets") == []
    (folder / "pets" / "dog" / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n torn")
    [found] = problems("image", "org/model", "pets")
    assert "row 3 cannot be used for image" in found and "b.png" in found
    assert problems("image", "org/model", "pets", skip_bad=True) == []
    assert "cannot be used for audio" in problems("audio", "org/model", "pets")[0]


def test_tables_are_looked_at_too(folder: Path) -> None:
    table, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    parquet.write_table(table.table({"text": ["a", None]}), folder / "t.parquet")
    assert "row 2 cannot be used for clm" in problems("clm", "org/model", "t.parquet")[0]
    parquet.write_table(table.table({"text": ["a"]}).slice(1), folder / "none.parquet")
    assert problems("clm", "org/model", "none.parquet") == ["data: none.parquet holds no records"]
